package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every benchmark of the report runs once with every peer, with less to do, in this very JVM. */
class ScenarioTests {
    static final Rounds.Form ONCE = new Rounds.Form("once", 1, 0, 0, 1, 1);

    private static final Map<String, Map<String, String>> LESS = Map.ofEntries(
            Map.entry("burst", Map.of("calls", "5000")),
            Map.entry("backToBack", Map.of("paced", "20")),
            Map.entry("paced", Map.of("paced", "20")),
            Map.entry("sleeps", Map.of("calls", "128", "millis", "2")),
            Map.entry("manySleeps", Map.of("threads", "100", "calls", "200", "millis", "2")),
            Map.entry("timers", Map.of("pending", "2000", "warming", "100")),
            Map.entry("fire1000", Map.of("warming", "100")),
            Map.entry("fire100000", Map.of("pending", "10000", "warming", "100")),
            Map.entry("fire1000000", Map.of("pending", "20000", "warming", "100")),
            Map.entry("heap", Map.of("calls", "5000")),
            Map.entry("mixed", Map.of("millis", "100")));

    static Stream<Measurement> measurements() {
        return Catalogue.measurements().stream()
                .filter(measurement -> Runtime.version().feature() >= measurement.java())
                .map(ScenarioTests::less);
    }

    private static Measurement less(Measurement measurement) {
        Map<String, String> parameters = new HashMap<>(measurement.parameters());
        parameters.putAll(LESS.getOrDefault(measurement.id(), Map.of()));
        return new Measurement(
                measurement.id(),
                measurement.benchmark(),
                measurement.method(),
                parameters,
                measurement.peers(),
                measurement.java());
    }

    @ParameterizedTest
    @MethodSource("measurements")
    void everyPeerDeliversEverything(Measurement measurement) {
        Rounds rounds = new Rounds(ONCE, null);

        List<Results.Series> series = rounds.run(measurement, List.of());

        assertThat(rounds.failures()).isEmpty();
        List<String> peers = measurement.peers(Runtime.version().feature());
        assertThat(peers).isNotEmpty();
        Results results = new Results(Machines.here(), ONCE.name(), series);
        for (Row row : Catalogue.rows()) {
            if (row.figure().measurement().equals(measurement.id())) {
                for (String peer : peers) {
                    assertThat(results.find(measurement.id(), peer, row.figure().metric()))
                            .as("%s of %s", row.figure().metric(), peer)
                            .hasValueSatisfying(
                                    found -> assertThat(found.rounds()).hasSize(1));
                }
            }
        }
    }
}
