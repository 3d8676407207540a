package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
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
    }

    @Test
    void wrongValuesAreRefusedWithNameRuleAndValue() {
        LaneOptions lane = DEFAULTS.passive();
        refused(() -> lane.withThreads(0), "'threads' must be between 1 and 4096 but was 0");
        refused(() -> lane.withThreads(5_000), "'threads' must be between 1 and 4096 but was 5000");
        refused(() -> lane.withCapacity(0), "'capacity' must be at least 1 but was 0");
        refused(() -> lane.withWaterMarks(0, 0), "'high water' must be between 1 and 100 percent but was 0");
        refused(() -> lane.withWaterMarks(101, 50), "'high water' must be between 1 and 100 percent but was 101");
        refused(() -> lane.withWaterMarks(50, 50), "'low water' must be at least 0 and below 'high water' but was 50");
        refused(() -> lane.withWaterMarks(50, -1), "'low water' must be at least 0 and below 'high water' but was -1");
        refused(() -> DEFAULTS.withName(" "), "'name' must not be blank but was ' '");
        refused(
                () -> DEFAULTS.withActive(active -> active.withThreads(2)),
                "'active threads' must be 1 platform thread but was 2 of kind PLATFORM");
        refused(() -> DEFAULTS.withTimerCapacity(0), "'timer capacity' must be at least 1 but was 0");
        refused(() -> DEFAULTS.withSettle(Duration.ofMillis(-1)), "'settle' must not be negative but was PT-0.001S");
        refused(
                () -> DEFAULTS.withStopDeadline(Duration.ofMillis(-1)),
                "'stop deadline' must not be negative but was PT-0.001S");
        refused(
                () -> DEFAULTS.withInterruptGrace(Duration.ofMillis(-1)),
                "'interrupt grace' must not be negative but was PT-0.001S");
        refused(
                () -> DEFAULTS.withPlaceInterval(Duration.ofMillis(-1)),
                "'place interval' must not be negative but was PT-0.001S");
        refused(
                () -> DEFAULTS.withUnobservedGrace(Duration.ofMillis(-1)),
                "'unobserved grace' must not be negative but was PT-0.001S");
    }

    @Test
    void lowMarkIsBelowTheHighMarkEvenInTheSmallestLane() {
        LaneOptions smallest = DEFAULTS.passive().withCapacity(1);
        assertThat(smallest.highMark()).isEqualTo(1);
        assertThat(smallest.lowMark()).isZero();
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
