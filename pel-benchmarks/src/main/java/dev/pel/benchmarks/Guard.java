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
 * Fails when pel has become slower, or hungrier, against the JDK than it was when that was recorded. Ratios of the same run
 * are compared, because the times of different machines, or days, are not comparable.
 *
 * <p>What a peer has reached is its best round. Whatever else happens on a machine can only slow a program down, and two
 * processors that exchange memory slowly for a minute may slow down one peer more than the other; a defect is in all rounds.
 */
final class Guard {
    /** How much of a recorded ratio must still be there. */
    static final double TOLERANCE = 0.8;

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
     * @param lessIsBetter whether the ratio is turned round, so that more is better in all of them
     */
    private record Figure(String name, Measurement measurement, String metric, boolean lessIsBetter) {}

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
                new Figure("next", next, Row.SCORE, false),
                new Figure("post", post, Row.SCORE, false),
                new Figure("allocation", next, Catalogue.ALLOCATED, true));
    }

    /**
     * Measures what is to be recorded: the least of several ratios, each as a check would have found it that had no reason to go
     * on, so that the noise of another day is not called a slow-down.
     *
     * @param guards makes a new one for each
     * @return the ratios, by name
     */
    static Map<String, Double> record(Supplier<Guard> guards) {
        Map<String, Double> least = new LinkedHashMap<>();
        for (int i = 0; i < RECORDS; i++) {
            Guard guard = guards.get();
            Map<String, Double> ratios = Map.of();
            for (int bout = 1; bout <= LEAST_BOUTS; bout++) {
                ratios = guard.measure();
            }
            System.err.println("Reached: " + ratios);
            ratios.forEach((name, ratio) -> least.merge(name, ratio, Math::min));
        }
        return least;
    }

    /**
     * Measures until what is on record is reached, but neither too little nor for ever.
     *
     * @param recorded the ratios of the record, by name
     * @param bout measures once more, and says what has been reached so far
     * @return what was reached in the end
     */
    static Map<String, Double> measureAgainst(Map<String, Double> recorded, Supplier<Map<String, Double>> bout) {
        Map<String, Double> ratios = Map.of();
        for (int bouts = 1; bouts <= MOST_BOUTS; bouts++) {
            ratios = bout.get();
            if (bouts >= LEAST_BOUTS && fallen(recorded, ratios).isEmpty()) {
                break;
            }
        }
        return ratios;
    }

    /**
     * Measures once more.
     *
     * @return the ratios of the best rounds so far, by name; more is better
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
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (Figure figure : figures) {
            double own = best(figure, rounds(figure, pel));
            double jdk = best(figure, rounds(figure, JDK));
            ratios.put(figure.name(), figure.lessIsBetter() ? jdk / own : own / jdk);
        }
        return ratios;
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
        return rounds.max(figure.lessIsBetter() ? less.reversed() : less).orElseThrow();
    }

    /**
     * Decides.
     *
     * @param recorded the ratios of the record, by name
     * @param measured the ratios of now
     * @return what has fallen too low; empty when all is well
     * @throws IllegalArgumentException when a ratio that was measured is not in the record
     */
    static List<String> fallen(Map<String, Double> recorded, Map<String, Double> measured) {
        List<String> fallen = new ArrayList<>();
        measured.forEach((name, ratio) -> {
            Double before = recorded.get(name);
            if (before == null) {
                throw new IllegalArgumentException("There is no record of '%s'".formatted(name));
            }
            if (!(ratio >= TOLERANCE * before)) { // also when it is no number
                fallen.add("%s: %s × the JDK, recorded %s, least %s"
                        .formatted(name, number(ratio), number(before), number(TOLERANCE * before)));
            }
        });
        return fallen;
    }

    static Map<String, Double> read(Path record) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(record)) {
            properties.load(reader);
        }
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (String name : properties.stringPropertyNames()) {
            ratios.put(name, Double.valueOf(properties.getProperty(name)));
        }
        return ratios;
    }

    static void write(Path record, Map<String, Double> ratios) throws IOException {
        Results.Machine machine = Machines.here();
        StringBuilder text =
                new StringBuilder("""
                # pel by JDK, measured side by side: how many times better the best round of pel is than the best of the JDK.
                # .ci/run fails when that falls below %s of this.
                # Written by: java -jar pel-benchmarks/target/benchmarks.jar guard --record
                # %d cores, %s, %s
                """.formatted(TOLERANCE, machine.cores(), machine.java(), machine.date()));
        ratios.forEach((name, ratio) ->
                text.append(name).append('=').append(number(ratio)).append('\n'));
        Files.writeString(record, text);
    }

    private static String number(double ratio) {
        return String.format(Locale.ROOT, "%.3f", ratio);
    }
}
