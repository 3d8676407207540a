package dev.pel.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A row of the table: one figure of pel, what it is held against, and the goal.
 *
 * @param id names it on the command line
 * @param title says what is measured
 * @param figure the figure of pel
 * @param unit of the figure
 * @param goal what is promised
 * @param reference what the figure is divided by
 */
record Row(String id, String title, Figure figure, String unit, Goal goal, Reference reference) {
    /** The metric that JMH calls primary. */
    static final String SCORE = "score";

    /**
     * What was measured of one peer.
     *
     * @param measurement the id of the measurement
     * @param peer the peer
     * @param metric {@link #SCORE} or the name of a secondary metric
     */
    record Figure(String measurement, String peer, String metric) {}

    /**
     * What is promised of the ratio.
     *
     * @param direction whether more is better, or less
     * @param bound the limit
     */
    record Goal(Direction direction, double bound) {
        boolean isMetBy(double ratio) {
            return direction == Direction.AT_LEAST ? ratio >= bound : ratio <= bound;
        }

        @Override
        public String toString() {
            return (direction == Direction.AT_LEAST ? "≥ " : "≤ ") + number(bound);
        }
    }

    /** Which way is better. */
    enum Direction {
        AT_LEAST,
        AT_MOST
    }

    /** What a figure is divided by. */
    sealed interface Reference {}

    /**
     * The best of some peers.
     *
     * @param measurement where they were measured
     * @param metric what is compared
     * @param chosenBy the metric that tells which one is best
     * @param candidates the peers
     */
    record Best(String measurement, String metric, String chosenBy, List<String> candidates) implements Reference {}

    /**
     * A number that is known beforehand.
     *
     * @param name what it is
     * @param value the number; 1 for a figure that is held against its goal as it is
     */
    record Known(String name, double value) implements Reference {}

    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value).replace(',', ' ');
        }
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
