package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.benchmarks.Results.Series;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario of the report runs once with every peer, with less to do, in this very JVM. */
class ScenarioTests {
    /** JMH's options, by the id of the scenario. */
    private static final Map<String, String> LESS = Map.ofEntries(
            Map.entry("burst", "-p calls=5000"),
            Map.entry("backToBack", "-p paced=20"),
            Map.entry("paced", "-p paced=20"),
            Map.entry("sleeps", "-p calls=128 -p millis=2"),
            Map.entry("manySleeps", "-p threads=100 -p calls=200 -p millis=2"),
            Map.entry("timers", "-p pending=2000 -p warming=100"),
            Map.entry("fire1000", "-p pending=1000 -p warming=100"),
            Map.entry("fire100000", "-p pending=10000 -p warming=100"),
            Map.entry("fire1000000", "-p pending=20000 -p warming=100"),
            Map.entry("lateness", "-p timers=2000 -p window=50"),
            Map.entry("drift", "-p ticks=50"),
            Map.entry("keys", "-p order=inTurn -p keys=100 -p calls=5000"),
            Map.entry("keysSkewed", "-p order=skewed -p keys=100 -p calls=5000"),
            Map.entry("stream", "-p items=2000"),
            Map.entry("heap", "-p calls=5000"),
            Map.entry("mixed", "-p millis=100"));

    static Stream<Scenario> scenarios() {
        return Catalogue.scenarios().stream()
                .filter(one -> one.peers().stream().anyMatch(Peers::runsHere))
                .map(one -> new Scenario(
                        one.id(), one.benchmark(), LESS.getOrDefault(one.id(), one.options()), one.peers()));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyPeerDeliversEverything(Scenario scenario) throws Exception {
        Rounds rounds = new Rounds(1, JmhHere.ONCE, JmhHere::run);
        List<String> peers = scenario.peers().stream().filter(Peers::runsHere).toList();

        List<Series> series =
                rounds.run(scenario, peers.stream().map(Contender::here).toList());

        assertThat(rounds.failures()).isEmpty();
        Results results = new Results(Map.of(), "once", series);
        assertThat(Catalogue.rows())
                .filteredOn(row -> row.scenario().equals(scenario.id()))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(peers)
                        .allSatisfy(peer -> assertThat(results.find(scenario.id(), peer, row.metric()))
                                .hasValueSatisfying(
                                        found -> assertThat(found.rounds()).hasSize(1))));
    }
}
