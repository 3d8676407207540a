package dev.pel.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs a measurement in rounds: in each round every peer once, in a JVM of its own. So what disturbs the machine for a minute
 * disturbs all peers, and the ratios of a round stay meaningful.
 */
final class Rounds {
    private static final int JAVA_THAT_WARNS_OF_UNSAFE = 23;

    private final Form form;
    private final @Nullable Path newerJava;
    private final List<String> failures = new ArrayList<>();

    /**
     * How thoroughly is measured.
     *
     * @param name says so in the results
     * @param rounds how many rounds
     * @param forks 1, or 0 for tests: in this very JVM
     * @param warmups how many iterations at most to warm up
     * @param measurements how many iterations at most that count
     * @param millis how long an iteration of a timed benchmark takes; 0 for as long as the benchmark says
     */
    record Form(String name, int rounds, int forks, int warmups, int measurements, int millis) {
        static final Form FULL = new Form("full", 5, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, 0);
        static final Form SHORT = new Form("short", 3, 1, 2, 2, 500);

        boolean isFull() {
            return name.equals(FULL.name) && rounds >= FULL.rounds;
        }

        Form withRounds(int number) {
            return new Form(name, number, forks, warmups, measurements, millis);
        }
    }

    /**
     * For one run.
     *
     * @param form how thoroughly
     * @param newerJava the home of another JDK, for what this one cannot run
     */
    Rounds(Form form, @Nullable Path newerJava) {
        // what others measure on this machine at the same time disturbs all peers alike, and is no error
        System.setProperty("jmh.ignoreLock", "true");
        this.form = form;
        this.newerJava = newerJava;
    }

    List<String> failures() {
        return failures;
    }

    /**
     * Runs all rounds of a measurement.
     *
     * @param measurement what
     * @param chosen which of its peers; empty for all
     * @return the figures
     */
    List<Results.Series> run(Measurement measurement, List<String> chosen) {
        Path home = Runtime.version().feature() < measurement.java() ? newerJava : null;
        int version = home == null ? Runtime.version().feature() : version(home);
        String jvm = home == null ? null : home.resolve("bin").resolve("java").toString();
        List<String> peers = new ArrayList<>(measurement.peers(version));
        if (!chosen.isEmpty()) {
            peers.retainAll(chosen);
        }
        Map<String, Map<String, List<Double>>> figures = new LinkedHashMap<>();
        for (int round = 1; round <= form.rounds(); round++) {
            for (String peer : peers) {
                System.err.printf("%s, round %d of %d: %s%n", measurement.id(), round, form.rounds(), peer);
                once(measurement, peer, jvm, version)
                        .forEach((metric, value) -> figures.computeIfAbsent(peer, any -> new LinkedHashMap<>())
                                .computeIfAbsent(metric, any -> new ArrayList<>())
                                .add(value));
            }
            Collections.rotate(peers, 1); // nobody always comes first
        }
        String java = Integer.toString(version);
        List<Results.Series> series = new ArrayList<>();
        figures.forEach((peer, metrics) -> metrics.forEach((metric, values) -> {
            if (values.size() == form.rounds()) { // else rounds of the same number would not belong together
                series.add(new Results.Series(measurement.id(), peer, metric, java, values));
            }
        }));
        return series;
    }

    private static int version(Path home) {
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("%s is not the home of a JDK".formatted(home), e);
        }
        return Runtime.Version.parse(release.getProperty("JAVA_VERSION").replace("\"", ""))
                .feature();
    }

    private Map<String, Double> once(Measurement measurement, String peer, @Nullable String jvm, int version) {
        try {
            return figures(new Runner(options(measurement, peer, jvm, version).build()).run());
        } catch (RunnerException e) {
            failures.add("%s of %s: %s".formatted(measurement.id(), peer, messages(e)));
            return Map.of();
        }
    }

    private static String[] jvmArguments(int version) {
        String soon = "-Djmh.shutdownTimeout=1"; // seconds for the threads of a peer that has failed
        return version < JAVA_THAT_WARNS_OF_UNSAFE
                ? new String[] {soon}
                : new String[] {soon, "--sun-misc-unsafe-memory-access=allow"}; // for JMH itself, and Netty
    }

    private ChainedOptionsBuilder options(Measurement measurement, String peer, @Nullable String jvm, int version) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^%s\\.%s$"
                        .formatted(measurement.benchmark().getName().replace(".", "\\."), measurement.method()))
                .param("peer", peer)
                .addProfiler(GCProfiler.class)
                .forks(form.forks())
                .jvmArgsPrepend(jvmArguments(version))
                .verbosity(VerboseMode.SILENT)
                .warmupIterations(Math.min(form.warmups(), measurement.warmupIterations()))
                .measurementIterations(Math.min(form.measurements(), measurement.measurementIterations()))
                .shouldFailOnError(true);
        measurement.parameters().forEach(options::param);
        if (jvm != null) {
            options.jvm(jvm);
        }
        if (form.millis() > 0 && measurement.isTimed()) {
            options.warmupTime(TimeValue.milliseconds(form.millis()))
                    .measurementTime(TimeValue.milliseconds(form.millis()));
        }
        return options;
    }

    /** JMH hides what happened among causes and suppressed exceptions. */
    private static String messages(Throwable failure) {
        return Stream.concat(Stream.ofNullable(failure.getCause()), Stream.of(failure.getSuppressed()))
                .map(Rounds::messages)
                .collect(Collectors.joining("; ", failure + "; ", ""));
    }

    /** The medians of the iterations: JMH itself adds up what a benchmark counts, iteration by iteration. */
    private static Map<String, Double> figures(Collection<RunResult> results) {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        for (BenchmarkResult fork : results.iterator().next().getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                add(figures, Row.SCORE, iteration.getPrimaryResult());
                iteration.getSecondaryResults().forEach((metric, result) -> add(figures, metric, result));
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        figures.forEach((metric, values) -> medians.put(metric, Results.median(values)));
        return medians;
    }

    private static void add(Map<String, List<Double>> figures, String metric, Result<?> result) {
        if (!metric.startsWith("gc.") || metric.equals(Catalogue.ALLOCATED)) {
            figures.computeIfAbsent(metric, any -> new ArrayList<>()).add(result.getScore());
        }
    }
}
