package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.pel.ThreadKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTests {
    private static final Map<String, Double> RECORD = Map.of("next", 2.0, "post", 5.0, "allocation", 2.0);

    @Test
    void acceptsWhatIsAsRecorded() {
        assertThat(Guard.fallen(RECORD, RECORD)).isEmpty();
    }

    @Test
    void acceptsFourFifthsOfTheRecord() {
        assertThat(Guard.fallen(RECORD, Map.of("next", 1.6, "post", 4.0, "allocation", 1.6)))
                .isEmpty();
    }

    @Test
    void refusesLess() {
        assertThat(Guard.fallen(RECORD, Map.of("next", 1.59, "post", 5.0, "allocation", 2.0)))
                .singleElement()
                .asString()
                .startsWith("next");
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThat(Guard.fallen(RECORD, Map.of("next", Double.NaN))).hasSize(1);
    }

    @Test
    void refusesToGoWithoutARecord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Guard.fallen(Map.of(), Map.of("next", 2.0)))
                .withMessageContaining("next");
    }

    @Test
    void comparesTheBestRoundsOfAllBouts() {
        Guard guard = new Guard(new Rounds(ScenarioTests.ONCE, null), Peers.PEL_CORE);

        guard.add(bout(8, 1, 4, 2, 60, 150));
        Map<String, Double> ratios = guard.add(bout(2, 4, 3, 1, 50, 140));

        assertThat(ratios).isEqualTo(Map.of("next", 2.0, "post", 3.0, "allocation", 2.8));
    }

    @Test
    void measuresTwiceWhenAllIsAsRecorded() {
        AtomicInteger bouts = new AtomicInteger();

        Guard.measureAgainst(RECORD, () -> {
            bouts.incrementAndGet();
            return RECORD;
        });

        assertThat(bouts).hasValue(2);
    }

    @Test
    void measuresOnUntilTheRecordIsReached() {
        AtomicInteger bouts = new AtomicInteger();

        Map<String, Double> ratios = Guard.measureAgainst(
                RECORD,
                () -> bouts.incrementAndGet() < 3 ? Map.of("next", 1.0, "post", 5.0, "allocation", 2.0) : RECORD);

        assertThat(ratios).isEqualTo(RECORD);
        assertThat(bouts).hasValue(3);
    }

    @Test
    void givesUpAfterFourBouts() {
        AtomicInteger bouts = new AtomicInteger();

        Map<String, Double> ratios = Guard.measureAgainst(RECORD, () -> Map.of("next", 0.1 * bouts.incrementAndGet()));

        assertThat(ratios).containsOnly(entry("next", 0.4));
    }

    @Test
    void theRecordOfTheRepositoryHasAllThatIsGuarded() throws IOException {
        assertThat(Guard.read(Path.of("guard.properties"))).containsOnlyKeys("next", "post", "allocation");
    }

    @Test
    void readsWhatItHasRecorded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("guard.properties");

        Guard.write(file, RECORD);

        assertThat(Guard.read(file)).isEqualTo(RECORD);
    }

    @Test
    @Tag("thorough")
    void aPlantedSlowDownFallsBehindTheRecordOfTheSoundOne() {
        Map<String, Double> sound = new Guard(new Rounds(ScenarioTests.ONCE, null), Peers.PEL).measure();
        assertThat(sound).containsOnlyKeys("next", "post", "allocation");

        Map<String, Double> planted =
                new Guard(new Rounds(ScenarioTests.ONCE, null), Burning.class.getName()).measure();

        assertThat(Guard.fallen(sound, sound)).isEmpty();
        assertThat(Guard.fallen(sound, planted)).hasSize(3);
    }

    private static List<Results.Series> bout(
            double next, double nextOfJdk, double post, double postOfJdk, double bytes, double bytesOfJdk) {
        return List.of(
                series("next", Peers.PEL_CORE, Row.SCORE, next),
                series("next", "jdk", Row.SCORE, nextOfJdk / 1.5, nextOfJdk),
                series("post", Peers.PEL_CORE, Row.SCORE, post, post + 2),
                series("post", "jdk", Row.SCORE, postOfJdk),
                series("next", Peers.PEL_CORE, Catalogue.ALLOCATED, bytes),
                series("next", "jdk", Catalogue.ALLOCATED, bytesOfJdk));
    }

    private static Results.Series series(String measurement, String peer, String metric, Double... rounds) {
        return new Results.Series(measurement, peer, metric, "17", List.of(rounds));
    }

    /** pel, whose every operation and task burns time and memory. */
    static final class Burning extends PelPeer {
        private final Burn burn = Burn.of(50_000);
        private volatile byte[] waste = {};

        Burning(Load load) {
            super(PelPeer.shipped(load, ThreadKind.PLATFORM));
        }

        @Override
        public void next(Job job) {
            super.next(new Job() {
                @Override
                public Integer call() {
                    burn.run();
                    waste = new byte[20_000];
                    return job.call();
                }

                @Override
                public void accept(Integer value) {
                    job.accept(value);
                }
            });
        }

        @Override
        public void post(Post post) {
            super.post(Post.of(() -> {
                burn.run();
                post.run();
            }));
        }
    }
}
