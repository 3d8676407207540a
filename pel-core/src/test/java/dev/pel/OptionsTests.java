package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OptionsTests {
    private static final EventLoopOptions DEFAULTS = EventLoopOptions.defaults();

    private static void refused(Supplier<?> options, String message) {
        assertThatThrownBy(options::get)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void defaultsAreThoseOfTheSpecification() {
        assertThat(DEFAULTS.active().threads()).isEqualTo(1);
        assertThat(DEFAULTS.passive().threads()).isEqualTo(64);
        assertThat(DEFAULTS.work().threads())
                .isEqualTo(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
        for (Lane lane : Lane.values()) {
            assertThat(DEFAULTS.lane(lane).capacity()).isEqualTo(10_000);
            assertThat(DEFAULTS.lane(lane).highMark()).isEqualTo(8_000);
            assertThat(DEFAULTS.lane(lane).lowMark()).isEqualTo(5_000);
            assertThat(DEFAULTS.lane(lane).kind()).isEqualTo(ThreadKind.PLATFORM);
        }
        assertThat(DEFAULTS.stopDeadline()).isEqualTo(Duration.ofSeconds(20));
        assertThat(DEFAULTS.settle()).isZero();
        assertThat(DEFAULTS.daemon()).isFalse();
    }

    @Test
    void wrongValuesAreRefusedWithNameRuleAndValue() {
        LaneOptions lane = DEFAULTS.passive();
        refused(() -> lane.withThreads(0), "'threads' must be between 1 and 4096 but was 0");
        refused(() -> lane.withThreads(5_000), "'threads' must be between 1 and 4096 but was 5000");
        refused(() -> lane.withCapacity(0), "'capacity' must be at least 1 but was 0");
        refused(() -> lane.withWaterMarks(0, 0), "'high water' must be between 1 and 100 percent but was 0");
        refused(() -> lane.withWaterMarks(101, 50), "'high water' must be between 1 and 100 percent but was 101");
        refused(
                () -> lane.withWaterMarks(50, 50),
                "'low water' must be at least 0 and below 'high water', which is 50, but was 50");
        refused(
                () -> lane.withWaterMarks(50, -1),
                "'low water' must be at least 0 and below 'high water', which is 50, but was -1");
        refused(() -> DEFAULTS.withName(" "), "'name' must not be blank but was ' '");
        refused(
                () -> DEFAULTS.withActive(active -> active.withThreads(2)),
                "'active threads' must be 1 platform thread but was 2 of kind PLATFORM");
        refused(() -> DEFAULTS.withTimerCapacity(0), "'timer capacity' must be at least 1 but was 0");
        refused(() -> DEFAULTS.withSettle(Duration.ofMillis(-1)), "'settle' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withStopDeadline(Duration.ofMillis(-1)),
                "'stop deadline' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withInterruptGrace(Duration.ofMillis(-1)),
                "'interrupt grace' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withCallSiteInterval(Duration.ofMillis(-1)),
                "'call site interval' must not be negative but was -1 ms");
        refused(
                () -> DEFAULTS.withUnobservedGrace(Duration.ofMillis(-1)),
                "'unobserved grace' must not be negative but was -1 ms");
    }

    @Test
    void lowMarkIsBelowTheHighMarkEvenInTheSmallestLane() {
        LaneOptions smallest = DEFAULTS.passive().withCapacity(1);
        assertThat(smallest.highMark()).isEqualTo(1);
        assertThat(smallest.lowMark()).isZero();
    }

    @Test
    void marksArePercentOfTheCapacity() {
        LaneOptions lane = DEFAULTS.passive().withCapacity(200).withWaterMarks(100, 1);
        assertThat(lane.highMark()).isEqualTo(200);
        assertThat(lane.lowMark()).isEqualTo(2);
        assertThat(lane.withCapacity(Integer.MAX_VALUE).highMark()).isEqualTo(Integer.MAX_VALUE);
        assertThat(lane.withWaterMarks(1, 0).highMark()).isEqualTo(2);
        assertThat(lane.withWaterMarks(1, 0).lowMark()).isZero();
    }

    @Test
    void extremesAreAccepted() {
        LaneOptions lane = DEFAULTS.passive();
        assertThat(lane.withThreads(1).threads()).isEqualTo(1);
        assertThat(lane.withThreads(4_096).threads()).isEqualTo(4_096);
        assertThat(lane.withKind(ThreadKind.VIRTUAL).withThreads(1_000_000).threads())
                .isEqualTo(1_000_000);
        refused(
                () -> lane.withKind(ThreadKind.VIRTUAL).withThreads(1_000_001),
                "'threads' must be between 1 and 1000000 but was 1000001");
        assertThat(DEFAULTS.withTimerCapacity(1).timerCapacity()).isEqualTo(1);
    }

    @Test
    void eachChangeChangesWhatItIsNamedAfterAndNothingElse() {
        Duration time = Duration.ofSeconds(77);
        assertChanged("name", DEFAULTS.withName("other"), "other");
        assertChanged(
                "active",
                DEFAULTS.withActive(lane -> lane.withCapacity(7)),
                DEFAULTS.active().withCapacity(7));
        assertChanged(
                "passive",
                DEFAULTS.withPassive(lane -> lane.withThreads(7)),
                DEFAULTS.passive().withThreads(7));
        assertChanged(
                "work",
                DEFAULTS.withWork(lane -> lane.withThreads(7)),
                DEFAULTS.work().withThreads(7));
        assertChanged("timerCapacity", DEFAULTS.withTimerCapacity(7), 7);
        assertChanged("settle", DEFAULTS.withSettle(time), time);
        assertChanged("stopDeadline", DEFAULTS.withStopDeadline(time), time);
        assertChanged("interruptGrace", DEFAULTS.withInterruptGrace(time), time);
        assertChanged("callSiteInterval", DEFAULTS.withCallSiteInterval(time), time);
        assertChanged("unobservedGrace", DEFAULTS.withUnobservedGrace(time), time);
        assertChanged("daemon", DEFAULTS.withDaemon(true), true);
        assertChanged("hooks", DEFAULTS.withHooks(OTHER), OTHER);
    }

    private static final EventLoopOptions.Hooks OTHER = new EventLoopOptions.Hooks(failure -> {}, List.of(), List.of());

    private static void assertChanged(String name, EventLoopOptions changed, Object value) {
        assertThat(changed).hasFieldOrPropertyWithValue(name, value);
        assertThat(changed).usingRecursiveComparison().ignoringFields(name).isEqualTo(DEFAULTS);
    }

    @Test
    void hooksAreAddedInTheirOrderAndTheOthersStay() {
        EventLoopListener first = new EventLoopListener() {};
        EventLoopListener second = new EventLoopListener() {};
        ContextPropagator propagator = new MdcPropagator();
        ErrorHandler handler = failure -> {};
        EventLoopOptions.Hooks before = DEFAULTS.hooks();
        EventLoopOptions.Hooks hooks = DEFAULTS.withListener(first)
                .withPropagator(propagator)
                .withErrorHandler(handler)
                .withListener(second)
                .hooks();
        assertThat(hooks.listeners()).containsExactly(first, second);
        assertThat(hooks.propagators()).hasSize(before.propagators().size() + 1).endsWith(propagator);
        assertThat(hooks.errorHandler()).isSameAs(handler);
    }

    @Test
    void virtualThreadsNeedJava21() {
        EventLoopOptions virtual = DEFAULTS.withPassive(passive -> passive.withKind(ThreadKind.VIRTUAL));
        if (JdkMachine.hasVirtualThreads()) {
            assertThat(EventLoop.create(virtual).options().passive().kind()).isEqualTo(ThreadKind.VIRTUAL);
        } else {
            assertThatThrownBy(() -> EventLoop.create(virtual))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'passive thread kind' must be PLATFORM on Java")
                    .hasMessageContaining("virtual threads need Java 21");
        }
    }
}
