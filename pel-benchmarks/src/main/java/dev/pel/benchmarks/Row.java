package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table: one figure of pel, what it is divided by, and the goal.
 *
 * @param id names it on the command line
 * @param title says what is measured
 * @param scenario the id of the scenario
 * @param peer which pel
 * @param metric the figure
 * @param reference what the figure is divided by
 * @param goal the least ratio where more is better, else the most; null without a goal
 */
record Row(
        String id,
        String title,
        String scenario,
        String peer,
        Metric metric,
        Reference reference,
        @Nullable Double goal) {

    /** What a figure is divided by. */
    sealed interface Reference {}

    /**
     * The best of some peers.
     *
     * @param scenario where they were measured
     * @param peers their names
     */
    record Best(String scenario, List<String> peers) implements Reference {}

    /**
     * A number that is known beforehand.
     *
     * @param name what it is
     * @param value the number; 1 for a figure that is held against its goal as it is
     */
    record Known(String name, double value) implements Reference {}

    /**
     * What the results say about a row.
     *
     * @param figure pel's figure, the median of the rounds
     * @param reference what it is divided by, with its figure
     * @param ratios figure by reference, round by round
     */
    record Finding(double figure, String reference, List<Double> ratios) {}

    /** Evaluates the row; empty when pel or its reference was not measured. */
    Optional<Finding> in(Results results) {
        return results.find(scenario, peer, metric).flatMap(own -> {
            if (reference instanceof Known known) {
                Series constant = new Series("", known.name(), "", "", List.of(known.value()));
                return Optional.of(new Finding(own.median(), known.name(), own.ratios(constant)));
            }
            Best best = (Best) reference;
            Comparator<Series> order = Comparator.comparingDouble(Series::median);
            return best.peers().stream()
                    .flatMap(one -> results.find(best.scenario(), one, metric).stream())
                    .min(metric.moreIsBetter ? order.reversed() : order)
                    .map(other -> new Finding(
                            own.median(),
                            "%s: %s".formatted(other.peer(), Report.number(other.median(), metric)),
                            own.ratios(other)));
        });
    }

    /** Whether it takes figures from a scenario. */
    boolean needs(Scenario one) {
        return one.id().equals(scenario)
                || (reference instanceof Best best && one.id().equals(best.scenario()));
    }

    boolean isMetBy(double ratio) {
        return goal == null || (metric.moreIsBetter ? ratio >= goal : ratio <= goal);
    }
}
