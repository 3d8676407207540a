package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pel.ThreadKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
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
