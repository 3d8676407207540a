package dev.pel.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;

/**
 * Fails when pel has become slower, or hungrier, against the JDK than it was when that was recorded. Ratios of the same run
 * are compared, because the times of different machines, or days, are not comparable.
 */
final class Guard {
    /** How much of a recorded ratio must still be there. */
    static final double TOLERANCE = 0.8;

    static final Rounds.Form FORM = new Rounds.Form("guard", 5, 1, 3, 2, 1_000);

    private static final String JDK = "jdk";

    private final Rounds rounds;
    private final List<Figure> figures;
    private final String pel;
    private final Map<String, List<Double>> ratios = new LinkedHashMap<>();

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
     * Measures once more.
     *
     * @return the medians of all ratios that were measured so far, by name; more is better
     */
    Map<String, Double> measure() {
        List<Results.Series> series = new ArrayList<>();
        for (Measurement measurement :
                figures.stream().map(Figure::measurement).distinct().toList()) {
            series.addAll(rounds.run(measurement, List.of()));
        }
        if (!rounds.failures().isEmpty()) {
            throw new IllegalStateException("Not measured: " + rounds.failures());
        }
        Results results = new Results(Machines.here(), FORM.name(), series);
        Map<String, Double> medians = new LinkedHashMap<>();
        for (Figure figure : figures) {
            List<Double> known = ratios.computeIfAbsent(figure.name(), any -> new ArrayList<>());
            known.addAll(ratios(figure, results));
            medians.put(figure.name(), Results.median(known));
        }
        return medians;
    }

    /**
     * What is put on record: what three of four rounds have reached, so that the noise of another machine is not called a
     * slow-down.
     *
     * @return the lower quartile of all ratios that were measured so far, by name
     */
    Map<String, Double> lowerQuartiles() {
        Map<String, Double> quartiles = new LinkedHashMap<>();
        ratios.forEach((name, known) ->
                quartiles.put(name, known.stream().sorted().toList().get(known.size() / 4)));
        return quartiles;
    }

    private List<Double> ratios(Figure figure, Results results) {
        List<Double> own = rounds(figure, pel, results);
        List<Double> jdk = rounds(figure, JDK, results);
        return IntStream.range(0, own.size())
                .mapToObj(i -> figure.lessIsBetter() ? jdk.get(i) / own.get(i) : own.get(i) / jdk.get(i))
                .toList();
    }

    private static List<Double> rounds(Figure figure, String peer, Results results) {
        return results.find(figure.measurement().id(), peer, figure.metric())
                .orElseThrow()
                .rounds();
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
                # pel by JDK, measured side by side: how many times better pel is, in three of four rounds. .ci/run fails when the
                # median of its rounds falls below %s of this.
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
