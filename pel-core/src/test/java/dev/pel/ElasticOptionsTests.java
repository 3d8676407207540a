package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The options of lanes whose threads come and go: a wrong value is refused with its name, the rule and what was given. */
class ElasticOptionsTests {
    private static EventLoopOptions passive(UnaryOperator<LaneOptions> change) {
        return EventLoopOptions.defaults().withPassive(change);
    }

    private static void refused(UnaryOperator<ElasticOptions> change, String message) {
        assertThatThrownBy(() -> passive(lane -> lane.withElastic(change)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage(message);
    }

    private static void refusedThreads(int min, int max, String message) {
        assertThatThrownBy(() -> passive(lane -> lane.withThreads(min, max)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage(message);
    }

    @Test
    void laneHasAFixedNumberOfThreadsByDefault() {
        LaneOptions lane = EventLoopOptions.defaults().passive();
        assertThat(lane.minThreads()).isEqualTo(lane.threads()).isEqualTo(64);
        assertThat(lane.isElastic()).isFalse();
        assertThat(lane.withThreads(2, 3).isElastic()).isTrue();
        assertThat(lane.withElastic(elastic -> elastic.withRecycleAfter(1)).isElastic())
                .isTrue();
        assertThat(lane.withElastic(elastic -> elastic.withHungAfter(Duration.ofSeconds(1)))
                        .isElastic())
                .isTrue();
        assertThat(passive(other -> other.withThreads(3)).passive().minThreads())
                .isEqualTo(3);
    }

    @Test
    void fixedLaneKnowsNothingOfThreadsThatComeAndGo() {
        LoopRun run = new ManualMachine().running();
        assertThat(run.pool(Lane.PASSIVE).threads()).isExactlyInstanceOf(ThreadCount.class);
        assertThat(run.pool(Lane.PASSIVE).lookAtThreads()).isZero();
    }

    @Test
    void defaultsAreWhatTheDocumentationSays() {
        ElasticOptions elastic = EventLoopOptions.defaults().passive().elastic();
        assertThat(elastic.growAfter()).isEqualTo(Duration.ofMillis(10));
        assertThat(elastic.keepAlive()).isEqualTo(Duration.ofSeconds(60));
        assertThat(elastic.recycleAfter()).isZero();
        assertThat(elastic.hungAfter()).isZero();
        assertThat(elastic.maxHung()).isEqualTo(16);
    }

    @Test
    void changesOfALaneKeepItsThreads() {
        LaneOptions lane = passive(before -> before.withThreads(2, 8)
                        .withElastic(elastic -> elastic.withMaxHung(4))
                        .withCapacity(100)
                        .withWaterMarks(70, 30)
                        .withKind(ThreadKind.PLATFORM))
                .passive();
        assertThat(lane.minThreads()).isEqualTo(2);
        assertThat(lane.threads()).isEqualTo(8);
        assertThat(lane.elastic().maxHung()).isEqualTo(4);
        assertThat(lane.withThreads(3).elastic()).isEqualTo(lane.elastic());
    }

    @Test
    void numbersOfThreadsHaveAnOrderAndARange() {
        refusedThreads(0, 4, "'passive min threads' must be between 1 and 4096 but was 0");
        refusedThreads(1, 4_097, "'passive max threads' must be between 1 and 4096 but was 4097");
        refusedThreads(8, 4, "'passive max threads' must be at least 'min threads', which is 8, but was 4");
        refusedThreads(0, 0, "'passive threads' must be between 1 and 4096 but was 0");
    }

    @Test
    void timesAndNumbersHaveALeast() {
        refused(
                elastic -> elastic.withGrowAfter(Duration.ZERO),
                "'passive grow after' must be at least 1 ms but was 0 s");
        refused(
                elastic -> elastic.withKeepAlive(Duration.ofMillis(-1)),
                "'passive keep alive' must be at least 1 ms but was -1 ms");
        refused(elastic -> elastic.withRecycleAfter(-1), "'passive recycle after' must not be negative but was -1");
        refused(
                elastic -> elastic.withHungAfter(Duration.ofNanos(1)),
                "'passive hung after' must be at least 1 ms, or zero for never but was 1 ns");
        refused(elastic -> elastic.withMaxHung(0), "'passive max hung' must be at least 1 but was 0");
    }

    @Test
    void onlyThePassiveLaneIsElastic() {
        EventLoopOptions options = EventLoopOptions.defaults();
        assertThatThrownBy(() -> options.withWork(work -> work.withThreads(1, 4)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage(
                        "'work min threads' must be the same as 'max threads', which is 4, because only the passive lane"
                                + " is elastic, but was 1");
        assertThatThrownBy(() -> options.withWork(work -> work.withElastic(elastic -> elastic.withRecycleAfter(10))))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessageStartingWith(
                        "'work recycle after' must not be set, because only the passive lane is elastic, but was 10");
        assertThatThrownBy(() -> options.withWork(
                        work -> work.withElastic(elastic -> elastic.withHungAfter(Duration.ofSeconds(1)))))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage("'work hung after' must not be set, because only the passive lane is elastic, but was 1 s");
    }

    @Test
    void timesAndNumbersOfThePassiveLaneAreRefusedElsewhere() {
        refusedElsewhere(elastic -> elastic.withGrowAfter(Duration.ofSeconds(2)), "grow after", "2 s");
        refusedElsewhere(elastic -> elastic.withKeepAlive(Duration.ofSeconds(5)), "keep alive", "5 s");
        refusedElsewhere(elastic -> elastic.withMaxHung(3), "max hung", "3");
    }

    private static void refusedElsewhere(UnaryOperator<ElasticOptions> change, String value, String given) {
        EventLoopOptions options = EventLoopOptions.defaults();
        String message = " " + value + "' must not be set, because only the passive lane is elastic, but was " + given;
        assertThatThrownBy(() -> options.withWork(work -> work.withElastic(change)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage("'work" + message);
        assertThatThrownBy(() -> options.withActive(active -> active.withElastic(change)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage("'active" + message);
    }
}
