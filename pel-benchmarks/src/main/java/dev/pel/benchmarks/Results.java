package dev.pel.benchmarks;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;
import reactor.core.publisher.Mono;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run has measured. Kept as JSON; every table is made from it.
 *
 * @param machine where it was measured, with what versions
 * @param form {@code full} or {@code short}
 * @param series the figures
 */
record Results(Map<String, String> machine, String form, List<Series> series) {
    static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * The figures of one metric of one peer, one per round. Rounds of the same number were run one after the other.
     *
     * @param scenario the id of the scenario
     * @param peer the peer
     * @param metric the key of the metric
     * @param java the feature version of the Java that ran it
     * @param rounds the figures
     */
    record Series(String scenario, String peer, String metric, String java, List<Double> rounds) {
        double median() {
            return Results.median(rounds);
        }

        boolean is(String ofScenario, String ofPeer, Metric ofMetric) {
            return scenario.equals(ofScenario) && peer.equals(ofPeer) && metric.equals(ofMetric.key);
        }

        /** This by the other, round by round; by its only figure when it has one. */
        List<Double> ratios(Series other) {
            List<Double> others = other.rounds();
            return IntStream.range(0, others.size() == 1 ? rounds.size() : Math.min(rounds.size(), others.size()))
                    .mapToObj(round -> rounds.get(round) / others.get(round % others.size()))
                    .toList();
        }
    }

    Optional<Series> find(String scenario, String peer, Metric metric) {
        return series.stream().filter(one -> one.is(scenario, peer, metric)).findFirst();
    }

    /**
     * The results of several runs as those of one.
     *
     * @param parts at least one, measured on the same machine in the same form; where two have the same figure, the later counts
     * @throws IllegalArgumentException when they do not belong together
     */
    static Results joined(List<Results> parts) {
        Results last = parts.get(parts.size() - 1);
        Map<List<String>, Series> series = new LinkedHashMap<>();
        for (Results part : parts) {
            if (!part.machine().equals(last.machine()) || !part.form().equals(last.form())) {
                throw new IllegalArgumentException(
                        "Parts must be of one machine, day and form, but %s, %s and %s, %s differ"
                                .formatted(part.machine(), part.form(), last.machine(), last.form()));
            }
            part.series().forEach(one -> series.put(List.of(one.scenario(), one.peer(), one.metric()), one));
        }
        return new Results(last.machine(), last.form(), List.copyOf(series.values()));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    static Results read(Path file) throws IOException {
        return JSON.readValue(Files.readString(file), Results.class);
    }

    /** Writes them, into a directory that need not exist yet: they have taken an hour. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }

    /** This machine, and {@link #versions()}. */
    static Map<String, String> here() throws IOException {
        Map<String, String> here = new LinkedHashMap<>();
        here.put(
                "processor",
                "%s, %d cores".formatted(processor(), Runtime.getRuntime().availableProcessors()));
        here.put("system", property("os.name") + " " + property("os.version") + " (" + property("os.arch") + ")");
        here.put("Java", property("java.vm.name") + " " + Runtime.version());
        here.put("day", LocalDate.now(ZoneOffset.UTC).toString());
        here.putAll(versions());
        return here;
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    private static String processor() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        Stream<String> lines = Files.isReadable(file) ? Files.readAllLines(file).stream() : Stream.empty();
        return lines.filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** The versions of the libraries that are measured. */
    static Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("Spring", String.valueOf(SpringVersion.getVersion()));
        versions.put("Spring Boot", SpringBootVersion.getVersion());
        versions.put("JMH", org.openjdk.jmh.util.Version.getPlainVersion());
        Map.of("Reactor", Mono.class, "Netty", DefaultEventExecutor.class, "Vert.x", Vertx.class)
                .forEach((name, type) ->
                        versions.put(name, String.valueOf(type.getPackage().getImplementationVersion())));
        return versions;
    }
}
