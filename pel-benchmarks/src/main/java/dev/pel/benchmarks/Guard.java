package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
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
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** How many rounds a bout has: each peer comes first once. */
    static final int ROUNDS = 2;

    /** What JMH is told: a bout takes some 50 seconds. */
    static final List<String> OPTIONS = List.of("-wi", "3", "-i", "2", "-w", "1s", "-r", "1s");

    private static final int LEAST_BOUTS = 2;
    private static final int MOST_BOUTS = 4;
    private static final int RECORDS = 3;
    private static final String BYTES = "bytes";
    private static final String JDK = "jdk";

    private final Rounds rounds;
    private final String pel;
    private final List<Series> known = new ArrayList<>();

    /**
     * For one run.
     *
     * @param rounds runs the benchmarks
     * @param pel the name of the peer that is guarded
     */
    Guard(Rounds rounds, String pel) {
        this.rounds = rounds;
        this.pel = pel;
    }

    /** Measures once more, and says what the best rounds have reached so far, by the name of the figure. */
    Map<String, Double> measure() throws IOException, InterruptedException {
        List<Contender> contenders = Stream.of(pel, JDK).map(Contender::here).toList();
        List<Series> measured = new ArrayList<>(rounds.run(Catalogue.scenario("next64"), contenders));
        measured.addAll(rounds.run(Catalogue.scenario("post"), contenders));
        if (!rounds.failures().isEmpty()) {
            throw new IllegalStateException("Not measured: " + rounds.failures());
        }
        return add(measured);
    }

    /** Adds what was measured to what is known, and says what has been reached so far. */
    Map<String, Double> add(List<Series> measured) {
        known.addAll(measured);
        Map<String, Double> reached = new LinkedHashMap<>();
        for (String scenario : List.of("next64", "post")) {
            double own = figures(scenario, pel, Metric.RATE).max().orElseThrow();
            double ofJdk = figures(scenario, JDK, Metric.RATE).max().orElseThrow();
            reached.put(scenario.replace("64", ""), own / ofJdk);
        }
        reached.put(BYTES, figures("next64", pel, Metric.ALLOCATED).min().orElseThrow());
        return reached;
    }

    private DoubleStream figures(String scenario, String peer, Metric metric) {
        return known.stream()
                .filter(one -> one.is(scenario, peer, metric))
                .flatMap(one -> one.rounds().stream())
                .mapToDouble(Double::doubleValue);
    }

    /**
     * Measures until nothing fails, but neither too little nor for ever.
     *
     * @param recorded the figures of the record, by name
     * @param bout measures once more, and says what has been reached so far
     * @return what was reached in the end
     */
    static Map<String, Double> measureAgainst(Map<String, Double> recorded, Callable<Map<String, Double>> bout)
            throws Exception {
        Map<String, Double> reached = Map.of();
        for (int bouts = 1; bouts <= MOST_BOUTS; bouts++) {
            reached = bout.call();
            if (bouts >= LEAST_BOUTS && verdicts(recorded, reached).stream().noneMatch(Verdict::failed)) {
                break;
            }
        }
        return reached;
    }

    /**
     * Measures what is to be recorded: the least of several rates and the most bytes, each as a check would have found it that had
     * no reason to go on, so that the noise of another day is not called a slow-down.
     *
     * @param guards makes a new one for each
     * @return the figures, by name
     */
    static Map<String, Double> record(Supplier<Guard> guards) throws Exception {
        Map<String, Double> worst = new LinkedHashMap<>();
        for (int i = 0; i < RECORDS; i++) {
            Guard guard = guards.get();
            guard.measure(); // two bouts, as LEAST_BOUTS has it
            Map<String, Double> reached = guard.measure();
            System.err.println("Reached: " + reached);
            reached.forEach((name, figure) -> worst.merge(name, figure, name.equals(BYTES) ? Math::max : Math::min));
        }
        return worst;
    }

    /**
     * What the guard says of a figure.
     *
     * @param failed whether it certainly has become worse
     * @param line says it
     */
    record Verdict(boolean failed, String line) {}

    /**
     * Decides.
     *
     * @param recorded the figures of the record, by name
     * @param measured those of now
     * @return a verdict of each figure
     * @throws IllegalArgumentException when a figure that was measured is not in the record
     */
    static List<Verdict> verdicts(Map<String, Double> recorded, Map<String, Double> measured) {
        return measured.entrySet().stream()
                .map(entry -> verdict(entry.getKey(), recorded.get(entry.getKey()), entry.getValue()))
                .toList();
    }

    private static Verdict verdict(String name, @Nullable Double before, double now) {
        if (before == null) {
            throw new IllegalArgumentException("There is no record of '%s'".formatted(name));
        }
        boolean bytes = name.equals(BYTES);
        double part = now / before;
        boolean well = bytes ? part <= MOST_BYTES : part >= LEAST_RATE; // neither when it is no number
        boolean worse = bytes ? part > 1 : part < 1;
        String limit = bytes ? ", at most " + MOST_BYTES : ", at least " + LEAST_RATE;
        return new Verdict(
                !well,
                String.format(
                        Locale.ROOT,
                        "%s: %.2f of the record (%.3f %s, recorded %.3f)%s",
                        name,
                        part,
                        now,
                        bytes ? "per next" : "× the JDK",
                        before,
                        well ? worse ? ", reported only" : "" : limit));
    }

    static Map<String, Double> read(Path record) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(record)) {
            properties.load(reader);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, name -> Double.valueOf(properties.getProperty(name))));
    }

    static void write(Path record, Map<String, Double> figures) throws IOException {
        Map<String, String> here = Results.here();
        String head = """
                # next, post: the best round of pel by the best of the JDK, measured side by side; bytes: allocated per next.
                # .ci/run fails when a rate falls below %s of this, or the bytes are more than %s of this; the rest it reports.
                # Written by: java -jar pel-benchmarks/target/benchmarks.jar guard --record
                # %s, %s, %s
                """.formatted(LEAST_RATE, MOST_BYTES, here.get("processor"), here.get("Java"), here.get("day"));
        Files.writeString(
                record,
                figures.entrySet().stream()
                        .map(entry -> String.format(Locale.ROOT, "%s=%.3f%n", entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining("", head, "")));
    }
}
