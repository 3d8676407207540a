package dev.pel.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Compares speed and allocation of pel with what is on record, and fails only on what is certain: more bytes per {@code next}, which
 * are exact, or a rate below half of the record, which no busy machine explains. The rest it reports. A rate is that of pel by that
 * of the JDK in the same run, because the times of different machines, or days, are not comparable.
 *
 * <p>What a peer has reached is its best round. Whatever else happens on a machine can only slow a program down, and two
 * processors that exchange memory slowly for a minute may slow down one peer more than the other; a defect is in all rounds.
 */
final class Guard {
    /** The part of a recorded rate below which the guard fails; anything from there on is only reported. */
    static final double LEAST_RATE = 0.5;

    /** How many times the recorded bytes are too many: an object grows by eight bytes at least, a tenth of what a call has. */
    static final double MOST_BYTES = 1.05;

    static final String BYTES = "bytes";

    /** Of a bout, in which each peer comes first once. */
    static final Rounds.Form FORM = new Rounds.Form("guard", 2, 1, 3, 2, 1_000);

    private static final int LEAST_BOUTS = 2;

    /** Of some 50 seconds each. */
    private static final int MOST_BOUTS = 4;

    private static final int RECORDS = 3;

    private static final String JDK = "jdk";

    private final Rounds rounds;
    private final List<Figure> figures;
    private final String pel;
    private final List<Results.Series> known = new ArrayList<>();

    /**
     * A figure that is guarded.
     *
     * @param name its key in the record
     * @param measurement where it comes from
     * @param metric which of its metrics
     */
    private record Figure(String name, Measurement measurement, String metric) {
        /** Bytes are pel's own, and less is better; the others are rates by that of the JDK. */
        boolean isBytes() {
            return name.equals(BYTES);
        }
    }

    /**
     * For one run.
     *
     * @param rounds runs the benchmarks
     * @param pel the name of the peer that is guarded
     */
    Guard(Rounds rounds, String pel) {
        this.rounds = rounds;
        this.pel = pel;
        List<String> peers = List.of(pel, JDK);
        Measurement next = new Measurement("next", NextBenchmark.class, "chains", Map.of("threads", "64"), peers);
        Measurement post = new Measurement("post", PostBenchmark.class, "twoProducers", Map.of(), peers);
        this.figures = List.of(
                new Figure("next", next, Row.SCORE),
                new Figure("post", post, Row.SCORE),
                new Figure(BYTES, next, Catalogue.ALLOCATED));
    }

    /**
     * Measures what is to be recorded: the least of several rates and the most bytes, each as a check would have found it that had
     * no reason to go on, so that the noise of another day is not called a slow-down.
     *
     * @param guards makes a new one for each
     * @return the figures, by name
     */
    static Map<String, Double> record(Supplier<Guard> guards) {
        Map<String, Double> worst = new LinkedHashMap<>();
        for (int i = 0; i < RECORDS; i++) {
            Guard guard = guards.get();
            Map<String, Double> reached = Map.of();
            for (int bout = 1; bout <= LEAST_BOUTS; bout++) {
                reached = guard.measure();
            }
            System.err.println("Reached: " + reached);
            reached.forEach((name, figure) -> worst.merge(name, figure, name.equals(BYTES) ? Math::max : Math::min));
        }
        return worst;
    }

    /**
     * Measures until nothing fails, but neither too little nor for ever.
     *
     * @param recorded the figures of the record, by name
     * @param bout measures once more, and says what has been reached so far
     * @return what was reached in the end
     */
    static Map<String, Double> measureAgainst(Map<String, Double> recorded, Supplier<Map<String, Double>> bout) {
        Map<String, Double> reached = Map.of();
        for (int bouts = 1; bouts <= MOST_BOUTS; bouts++) {
            reached = bout.get();
            if (bouts >= LEAST_BOUTS && failures(recorded, reached).isEmpty()) {
                break;
            }
        }
        return reached;
    }

    /**
     * Measures once more.
     *
     * @return the figures of the best rounds so far, by name
     */
    Map<String, Double> measure() {
        List<Results.Series> measured = new ArrayList<>();
        for (Measurement measurement :
                figures.stream().map(Figure::measurement).distinct().toList()) {
            measured.addAll(rounds.run(measurement, List.of()));
        }
        if (!rounds.failures().isEmpty()) {
            throw new IllegalStateException("Not measured: " + rounds.failures());
        }
        return add(measured);
    }

    /** Adds what was measured to what is known, and says what has been reached so far. */
    Map<String, Double> add(List<Results.Series> measured) {
        known.addAll(measured);
        Map<String, Double> reached = new LinkedHashMap<>();
        for (Figure figure : figures) {
            double own = best(figure, rounds(figure, pel));
            reached.put(figure.name(), figure.isBytes() ? own : own / best(figure, rounds(figure, JDK)));
        }
        return reached;
    }

    private Stream<Double> rounds(Figure figure, String peer) {
        return known.stream()
                .filter(one -> one.measurement().equals(figure.measurement().id())
                        && one.peer().equals(peer)
                        && one.metric().equals(figure.metric()))
                .flatMap(one -> one.rounds().stream());
    }

    private static double best(Figure figure, Stream<Double> rounds) {
        Comparator<Double> less = Comparator.naturalOrder();
        return rounds.max(figure.isBytes() ? less.reversed() : less).orElseThrow();
    }

    /**
     * Decides.
     *
     * @param recorded the figures of the record, by name
     * @param measured those of now
     * @return what certainly has become worse; empty when nothing has
     * @throws IllegalArgumentException when a figure that was measured is not in the record
     */
    static List<String> failures(Map<String, Double> recorded, Map<String, Double> measured) {
        return lines(recorded, measured, true);
    }

    /**
     * What was measured and is no reason to fail.
     *
     * @param recorded the figures of the record, by name
     * @param measured those of now
     * @return a line for each figure that is not among the {@linkplain #failures failures}
     * @throws IllegalArgumentException when a figure that was measured is not in the record
     */
    static List<String> reports(Map<String, Double> recorded, Map<String, Double> measured) {
        return lines(recorded, measured, false);
    }

    private static List<String> lines(Map<String, Double> recorded, Map<String, Double> measured, boolean failed) {
        List<String> lines = new ArrayList<>();
        measured.forEach((name, now) -> {
            Double before = recorded.get(name);
            if (before == null) {
                throw new IllegalArgumentException("There is no record of '%s'".formatted(name));
            }
            boolean bytes = name.equals(BYTES);
            double part = now / before;
            boolean well = bytes ? part <= MOST_BYTES : part >= LEAST_RATE; // neither when it is no number
            if (well != failed) {
                boolean worse = bytes ? part > 1 : part < 1;
                lines.add(String.format(
                        Locale.ROOT,
                        "%s: %.2f of the record (%s, recorded %s)%s",
                        name,
                        part,
                        bytes ? number(now) + " per next" : number(now) + " × the JDK",
                        number(before),
                        failed ? limit(bytes) : worse ? ", reported only" : ""));
            }
        });
        return lines;
    }

    private static String limit(boolean bytes) {
        return bytes ? ", at most " + MOST_BYTES : ", at least " + LEAST_RATE;
    }

    static Map<String, Double> read(Path record) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(record)) {
            properties.load(reader);
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String name : properties.stringPropertyNames()) {
            figures.put(name, Double.valueOf(properties.getProperty(name)));
        }
        return figures;
    }

    static void write(Path record, Map<String, Double> figures) throws IOException {
        Results.Machine machine = Machines.here();
        StringBuilder text = new StringBuilder(
                """
                # next, post: the best round of pel by the best of the JDK, measured side by side; bytes: allocated per next.
                # .ci/run fails when a rate falls below %s of this, or the bytes are more than %s of this; the rest it reports.
                # Written by: java -jar pel-benchmarks/target/benchmarks.jar guard --record
                # %d cores, %s, %s
                """.formatted(LEAST_RATE, MOST_BYTES, machine.cores(), machine.java(), machine.date()));
        figures.forEach((name, figure) ->
                text.append(name).append('=').append(number(figure)).append('\n'));
        Files.writeString(record, text);
    }

    private static String number(double figure) {
        return String.format(Locale.ROOT, "%.3f", figure);
    }
}
