package dev.pel.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run has measured. Kept as JSON; every table and chart is made from it.
 *
 * @param machine where it was measured
 * @param form {@code full} or {@code short}
 * @param series the figures
 */
record Results(Machine machine, String form, List<Series> series) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * The figures of one metric of one peer, one per round. Rounds of the same number were run one after the other.
     *
     * @param measurement the id of the measurement
     * @param peer the peer
     * @param metric {@link Row#SCORE} or the name of a secondary metric
     * @param java the version of the Java that ran it
     * @param rounds the figures
     */
    record Series(String measurement, String peer, String metric, String java, List<Double> rounds) {
        double median() {
            return Results.median(rounds);
        }
    }

    /**
     * The machine and the versions.
     *
     * @param cores how many processors the JVM saw
     * @param processor its name, where the system tells
     * @param system name and release
     * @param java version and virtual machine
     * @param date the day of the run
     * @param versions of the peers, by name
     */
    record Machine(
            int cores, String processor, String system, String java, String date, Map<String, String> versions) {}

    Optional<Series> find(String measurement, String peer, String metric) {
        return series.stream()
                .filter(one -> one.measurement().equals(measurement)
                        && one.peer().equals(peer)
                        && one.metric().equals(metric))
                .findFirst();
    }

    /**
     * The results of several runs as those of one.
     *
     * @param parts at least one, measured on the same machine in the same form; where two have the same figure, the later counts
     * @throws IllegalArgumentException when they do not belong together
     */
    static Results joined(List<Results> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("There must be at least one part");
        }
        Results last = parts.get(parts.size() - 1);
        Map<List<String>, Series> series = new LinkedHashMap<>();
        for (Results part : parts) {
            if (!part.machine().equals(last.machine()) || !part.form().equals(last.form())) {
                throw new IllegalArgumentException(
                        "Parts must be of one machine, day and form, but %s, %s and %s, %s differ"
                                .formatted(part.machine(), part.form(), last.machine(), last.form()));
            }
            part.series().forEach(one -> series.put(List.of(one.measurement(), one.peer(), one.metric()), one));
        }
        return new Results(last.machine(), last.form(), List.copyOf(series.values()));
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1
                ? sorted[middle]
                : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }

    static Results read(Path file) throws IOException {
        return JSON.readValue(Files.readString(file), Results.class);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
