package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reports, figures and refusals say. */
class ReportTests {
    private static final StopReport.StuckThread STUCK = new StopReport.StuckThread(
            "pel-passive-3", Lane.PASSIVE, 7, "slow", List.of(new StackTraceElement("Shop", "buy", "Shop.java", 9)));

    private static StopReport report(
            long neverStarted, long interrupted, long timers, StopReport.StuckThread... stuck) {
        return report(neverStarted, interrupted, timers, 0, 0, stuck);
    }

    private static StopReport report(
            long neverStarted,
            long interrupted,
            long timers,
            long waitingOutside,
            long completing,
            StopReport.StuckThread... stuck) {
        return new StopReport(
                "pel",
                false,
                Duration.ofSeconds(20),
                Duration.ofMillis(31),
                new StopReport.Tally(5, neverStarted, interrupted),
                new StopReport.Tally(9, neverStarted, interrupted),
                timers,
                waitingOutside,
                completing,
                List.of(stuck));
    }

    @Test
    void stopIsCleanWhenNothingWasCutOff() {
        assertThat(report(0, 0, 0).isClean()).isTrue();
        assertThat(report(1, 0, 0).isClean()).isFalse();
        assertThat(report(0, 1, 0).isClean()).isFalse();
        assertThat(report(0, 0, 1).isClean()).isFalse();
        assertThat(report(0, 0, 0, 1, 0).isClean()).isFalse();
        assertThat(report(0, 0, 0, 0, 1).isClean()).isFalse();
        assertThat(report(0, 0, 0, STUCK).isClean()).isFalse();
    }

    @Test
    void reportIsOneLineThatNamesWhatIsStuckAndWhere() {
        assertThat(report(1, 2, 3, 4, 5))
                .hasToString(
                        "loop 'pel' stopped in 31 ms (deadline 20 s): not drained: calls: 5 drained, 1 never started, 2 interrupted;"
                                + " lane entries: 9 drained, 1 never started, 2 interrupted; 3 timers stopped;"
                                + " 4 handles that waited for something outside of the loop; 5 handles still to be told");
        assertThat(report(0, 0, 0, STUCK))
                .asString()
                .endsWith("1 stuck [pel-passive-3 (call 7 'slow') at Shop.buy(Shop.java:9)]");
        StopReport forced = new StopReport(
                "pel",
                true,
                Duration.ZERO,
                Duration.ZERO,
                StopReport.Tally.NOTHING,
                StopReport.Tally.NOTHING,
                0,
                0,
                0,
                List.of());
        assertThat(forced).asString().isEqualTo("loop 'pel' force-stopped in 0 s (deadline 0 s): drained");
        assertThat(new StopReport.StuckThread("pel-active", Lane.ACTIVE, 8, null, List.of()))
                .hasToString("pel-active (call 8) at an unknown place");
    }

    @Test
    void stuckThreadIsToldByThePlaceOfTheUserBeforeTheMethodThatItWaitsIn() {
        List<StackTraceElement> stack = List.of(
                new StackTraceElement("jdk.internal.misc.Unsafe", "park", null, -2),
                new StackTraceElement("java.util.concurrent.CountDownLatch", "await", "CountDownLatch.java", 230),
                new StackTraceElement("Shop", "buy", "Shop.java", 9));
        assertThat(new StopReport.StuckThread("pel-active", Lane.ACTIVE, 8, null, stack))
                .hasToString(
                        "pel-active (call 8) at Shop.buy(Shop.java:9), in jdk.internal.misc.Unsafe.park(Native Method)");
    }

    @Test
    void reportOfAStopThatDrainedSaysSoAndLeavesOutWhatIsZero() {
        assertThat(report(0, 0, 0))
                .hasToString("loop 'pel' stopped in 31 ms (deadline 20 s): drained (5 calls, 9 lane entries)");
        assertThat(StopReport.Tally.NOTHING).hasToString("none");
        assertThat(new StopReport.Tally(0, 3, 0)).hasToString("3 never started");
    }

    /** A poller has such a timer at each stop. */
    @Test
    void timerThatIsDueAfterTheStopMakesNoDifferenceToWhatHasDrained() {
        assertThat(report(0, 0, 1))
                .hasToString(
                        "loop 'pel' stopped in 31 ms (deadline 20 s): drained (5 calls, 9 lane entries), 1 timer stopped");
        assertThat(report(0, 0, 2).hasDrained()).isTrue();
        assertThat(report(1, 0, 2).hasDrained()).isFalse();
    }

    private static LaneStats lane(Lane lane, int factor) {
        return new LaneStats(
                lane,
                1,
                10,
                2 * factor,
                3 * factor,
                Duration.ZERO,
                5L * factor,
                Map.of(Outcome.FAILED, 7L * factor),
                0,
                0,
                LaneStats.PoolStats.ofFixed(1));
    }

    @Test
    void figuresOfTheLoopAreTheSumsOfThoseOfItsLanes() {
        LoopStats stats = new LoopStats(
                "pel",
                LoopState.RUNNING,
                Instant.EPOCH,
                Map.of(
                        Lane.ACTIVE, lane(Lane.ACTIVE, 1),
                        Lane.PASSIVE, lane(Lane.PASSIVE, 10),
                        Lane.WORK, lane(Lane.WORK, 100)),
                new LoopStats.TimerStats(0, 0, 0, 0, 0, 0, 0),
                new LoopStats.KeyStats(0, 0, 0, 0),
                Map.of(),
                0);
        assertThat(stats.queued()).isEqualTo(222);
        assertThat(stats.running()).isEqualTo(333);
        assertThat(stats.submitted()).isEqualTo(555);
        assertThat(stats.ended(Outcome.FAILED)).isEqualTo(777);
        assertThat(stats.ended(Outcome.STOPPED)).isZero();
        assertThat(stats.lane(Lane.WORK).queued()).isEqualTo(200);
    }

    @Test
    void figuresOfALaneThatIsMissingAreNotInvented() {
        LoopStats stats = new LoopStats(
                "pel",
                LoopState.NEW,
                Instant.EPOCH,
                Map.of(),
                new LoopStats.TimerStats(0, 0, 0, 0, 0, 0, 0),
                new LoopStats.KeyStats(0, 0, 0, 0),
                Map.of(),
                0);
        assertThatThrownBy(() -> stats.lane(Lane.WORK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("WORK");
    }

    @Test
    void refusalSaysWhyAndWhatToDo() {
        CallRejectedException full = CallRejectedException.full("pel", Lane.WORK, 10);
        assertThat(full.isFull()).isTrue();
        assertThat(full.lane()).isEqualTo(Lane.WORK);
        assertThat(full.capacity()).isEqualTo(10);
        assertThat(full.state()).isEqualTo(LoopState.RUNNING);
        assertThat(full).hasMessageContaining("WORK lane of loop 'pel' is full: 10 are waiting, its capacity is 10");
        assertThat(CallRejectedException.timersFull("pel", 3)).hasMessageContaining("has 3 timers pending");
        assertThat(refused(LoopState.NEW)).isEqualTo("its state is NEW. Try again.");
        assertThat(refused(LoopState.RUNNING)).isEqualTo("its state is RUNNING. Try again.");
        assertThat(refused(LoopState.DRAINING)).contains("only operations and bodies that are under way");
        assertThat(refused(LoopState.STOPPING)).contains("once the report of the stop is there");
        assertThat(refused(LoopState.STOPPED))
                .isEqualTo(
                        "its state is STOPPED. It accepts calls again when it has been started again: in a Spring application by the"
                                + " context or the endpoint's start, and elsewhere by start().");
    }

    private static String refused(LoopState state) {
        CallRejectedException why = CallRejectedException.notRunning("pel", Lane.PASSIVE, 10, state);
        assertThat(why.isFull()).isFalse();
        assertThat(why.state()).isEqualTo(state);
        return String.valueOf(why.getMessage()).replaceFirst(".*calls: ", "");
    }

    @Test
    void loopIsOverWhenItStopsAndWhenItHas() {
        assertThat(List.of(LoopState.values()).stream().filter(LoopState::isOver))
                .containsExactly(LoopState.STOPPING, LoopState.STOPPED);
    }
}
