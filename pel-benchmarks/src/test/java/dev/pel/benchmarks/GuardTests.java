package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.pel.ThreadKind;
import dev.pel.benchmarks.Guard.Verdict;
import dev.pel.benchmarks.Results.Series;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTests {
    private static final Rounds ROUNDS = new Rounds(1, JmhHere.ONCE, JmhHere::run);
    private static final Map<String, Double> RECORD = Map.of("next", 2.0, "post", 5.0, "bytes", 72.0);

    private static List<String> failures(Map<String, Double> measured) {
        return lines(measured, true);
    }

    private static List<String> reports(Map<String, Double> measured) {
        return lines(measured, false);
    }

    private static List<String> lines(Map<String, Double> measured, boolean failed) {
        return Guard.verdicts(RECORD, measured).stream()
                .filter(verdict -> verdict.failed() == failed)
                .map(Verdict::line)
                .toList();
    }

    @Test
    void acceptsWhatIsAsRecorded() {
        assertThat(failures(RECORD)).isEmpty();
        assertThat(reports(RECORD)).hasSize(3).noneMatch(line -> line.contains("reported only"));
    }

    @Test
    void reportsARateOfSevenTenthsAndDoesNotFail() {
        Map<String, Double> slower = Map.of("next", 1.4, "post", 3.5, "bytes", 72.0);

        assertThat(failures(slower)).isEmpty();
        assertThat(reports(slower))
                .anyMatch(line -> line.startsWith("next: 0.70 of the record") && line.endsWith("reported only"))
                .anyMatch(line -> line.startsWith("post: 0.70 of the record") && line.endsWith("reported only"));
    }

    @Test
    void refusesARateBelowHalfOfTheRecord() {
        assertThat(failures(Map.of("next", 1.0, "post", 2.5))).isEmpty();
        assertThat(failures(Map.of("next", 0.99, "post", 5.0)))
                .singleElement()
                .asString()
                .startsWith("next");
        assertThat(failures(Map.of("next", 2.0, "post", 2.4)))
                .singleElement()
                .asString()
                .startsWith("post");
    }

    @Test
    void refusesEightBytesMore() {
        assertThat(failures(Map.of("bytes", 80.0))).singleElement().asString().startsWith("bytes");
        assertThat(reports(Map.of("bytes", 80.0))).isEmpty();
    }

    @Test
    void acceptsFewerBytesAndWhatIsSharedByManyCalls() {
        assertThat(failures(Map.of("bytes", 64.0))).isEmpty();
        assertThat(failures(Map.of("bytes", 72.4))).isEmpty();
    }

    @Test
    void refusesWhatIsNoNumber() {
        assertThat(failures(Map.of("next", Double.NaN, "bytes", Double.NaN))).hasSize(2);
    }

    @Test
    void refusesToGoWithoutARecord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Guard.verdicts(Map.of(), Map.of("next", 2.0)))
                .withMessageContaining("next");
    }

    @Test
    void comparesTheBestRoundsOfAllBouts() {
        Guard guard = new Guard(ROUNDS, Peers.PEL_CORE);

        guard.add(bout(8, 1, 4, 2, 60, 150));
        Map<String, Double> reached = guard.add(bout(2, 4, 3, 1, 50, 140));

        assertThat(reached).isEqualTo(Map.of("next", 2.0, "post", 3.0, "bytes", 50.0));
    }

    @Test
    void measuresTwiceWhenAllIsAsRecorded() throws Exception {
        AtomicInteger bouts = new AtomicInteger();

        Guard.measureAgainst(RECORD, () -> {
            bouts.incrementAndGet();
            return RECORD;
        });

        assertThat(bouts).hasValue(2);
    }

    @Test
    void measuresOnUntilNothingFails() throws Exception {
        AtomicInteger bouts = new AtomicInteger();

        Map<String, Double> ratios = Guard.measureAgainst(
                RECORD, () -> bouts.incrementAndGet() < 3 ? Map.of("next", 0.9, "post", 5.0, "bytes", 72.0) : RECORD);

        assertThat(ratios).isEqualTo(RECORD);
        assertThat(bouts).hasValue(3);
    }

    @Test
    void givesUpAfterFourBouts() throws Exception {
        AtomicInteger bouts = new AtomicInteger();

        Map<String, Double> ratios = Guard.measureAgainst(RECORD, () -> Map.of("next", 0.1 * bouts.incrementAndGet()));

        assertThat(ratios).containsOnly(entry("next", 0.4));
    }

    @Test
    void theRecordOfTheRepositoryHasAllThatIsGuarded() throws IOException {
        assertThat(Guard.read(Path.of("guard.properties"))).containsOnlyKeys("next", "post", "bytes");
    }

    @Test
    void readsWhatItHasRecorded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("guard.properties");

        Guard.write(file, RECORD);

        assertThat(Guard.read(file)).isEqualTo(RECORD);
    }

    @Test
    @Tag("thorough")
    void plantedSlowDownAndPlantedAllocationFailAgainstTheRecordOfTheSoundOne() throws Exception {
        Map<String, Double> sound = new Guard(ROUNDS, Peers.PEL).measure();
        assertThat(sound).containsOnlyKeys("next", "post", "bytes");

        Map<String, Double> planted = new Guard(ROUNDS, Burning.class.getName()).measure();

        assertThat(Guard.verdicts(sound, sound)).hasSize(3).noneMatch(Verdict::failed);
        assertThat(Guard.verdicts(sound, planted)).hasSize(3).allMatch(Verdict::failed);
    }

    private static List<Series> bout(
            double next, double nextOfJdk, double post, double postOfJdk, double bytes, double bytesOfJdk) {
        return List.of(
                series("next64", Peers.PEL_CORE, Metric.RATE, next),
                series("next64", "jdk", Metric.RATE, nextOfJdk / 1.5, nextOfJdk),
                series("post", Peers.PEL_CORE, Metric.RATE, post, post + 2),
                series("post", "jdk", Metric.RATE, postOfJdk),
                series("next64", Peers.PEL_CORE, Metric.ALLOCATED, bytes),
                series("next64", "jdk", Metric.ALLOCATED, bytesOfJdk));
    }

    private static Series series(String scenario, String peer, Metric metric, Double... rounds) {
        return new Series(scenario, peer, metric.key, "17", List.of(rounds));
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
