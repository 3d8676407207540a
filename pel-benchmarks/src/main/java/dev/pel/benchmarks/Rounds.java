package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Runs a scenario in rounds: in each round every contender once, in a JVM of its own. So what disturbs the machine for a minute
 * disturbs all of them, and the ratios of a round stay meaningful.
 */
final class Rounds {
    private final int rounds;
    private final List<String> options;
    private final Jmh jmh;
    private final List<String> failures = new ArrayList<>();

    /**
     * For one run.
     *
     * @param rounds how many rounds
     * @param options of JMH, for all scenarios
     * @param jmh runs one contender once
     */
    Rounds(int rounds, List<String> options, Jmh jmh) {
        this.rounds = rounds;
        this.options = options;
        this.jmh = jmh;
    }

    List<String> failures() {
        return failures;
    }

    /**
     * Runs all rounds of a scenario. What fails once is told in {@link #failures()}, is not run again, and has no figures.
     *
     * @param scenario what
     * @param contenders who
     * @return the figures
     */
    List<Series> run(Scenario scenario, List<Contender> contenders) throws IOException, InterruptedException {
        Map<List<String>, Series> series = new LinkedHashMap<>();
        List<Contender> turns = new ArrayList<>(contenders);
        for (int round = 1; round <= rounds; round++) {
            for (Contender one : List.copyOf(turns)) {
                System.err.printf("%s, round %d of %d: %s%n", scenario.id(), round, rounds, one.name());
                try {
                    add(series, scenario, one, jmh.run(one, arguments(scenario, one.peer())));
                } catch (Jmh.Failed e) {
                    failures.add("%s of %s: %s".formatted(scenario.id(), one.name(), e.getMessage()));
                    turns.remove(one);
                    series.values().removeIf(known -> known.peer().equals(one.name()));
                }
            }
            Collections.rotate(turns, 1); // nobody always comes first
        }
        return List.copyOf(series.values());
    }

    private List<String> arguments(Scenario scenario, String peer) {
        List<String> arguments = new ArrayList<>(List.of("\\." + scenario.benchmark() + "$", "-p", "peer=" + peer));
        // the profiler counts bytes; the time-out, in seconds, is for the threads of a peer that has failed
        Collections.addAll(
                arguments, "-prof gc -f 1 -foe true -v SILENT -jvmArgsPrepend -Djmh.shutdownTimeout=1".split(" "));
        if (!scenario.options().isEmpty()) {
            Collections.addAll(arguments, scenario.options().split(" "));
        }
        arguments.addAll(options);
        return arguments;
    }

    /** Adds the medians of the iterations: JMH itself adds up what a benchmark counts, iteration by iteration. */
    private static void add(Map<List<String>, Series> series, Scenario scenario, Contender one, JsonNode result) {
        String java = Integer.toString(
                Runtime.Version.parse(result.path("jdkVersion").asString()).feature());
        for (String metric : Metric.keys()) {
            JsonNode found = metric.equals("score")
                    ? result.get("primaryMetric")
                    : result.get("secondaryMetrics").get(metric);
            if (found != null) {
                List<Double> iterations = found.get("rawData")
                        .get(0)
                        .valueStream()
                        .map(JsonNode::asDouble)
                        .toList();
                series.computeIfAbsent(
                                List.of(one.name(), metric),
                                any -> new Series(scenario.id(), one.name(), metric, java, new ArrayList<>()))
                        .rounds()
                        .add(Results.median(iterations));
            }
        }
    }
}
