package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The failures of calls as a user's test makes them, for a stand-in of a service. */
class StandInFailureTests {
    static Stream<Class<?>> failuresOfCalls() {
        return Stream.of(CallTimeoutException.class, CallStoppedException.class, CallRejectedException.class);
    }

    @ParameterizedTest
    @MethodSource("failuresOfCalls")
    void failuresOfCallsHaveAPublicConstructor(Class<?> type) {
        assertThat(type.getDeclaredConstructors())
                .filteredOn(constructor -> Modifier.isPublic(constructor.getModifiers()))
                .hasSize(1);
    }

    @Test
    void standInReturnsAHandleThatHasTimedOut() {
        LoopFuture<Integer> handle = LoopFuture.failed(new CallTimeoutException(Duration.ofMillis(30)));
        assertThatThrownBy(handle::join)
                .cause()
                .isInstanceOfSatisfying(
                        CallTimeoutException.class,
                        error -> assertThat(error.timeout()).isEqualTo(Duration.ofMillis(30)))
                .hasMessage("The call had not ended after 30 ms.");
    }

    @Test
    void standInReturnsAHandleThatAStopHasEnded() {
        LoopFuture<Integer> handle = LoopFuture.failed(new CallStoppedException("orders"));
        assertThatThrownBy(handle::join)
                .cause()
                .isInstanceOf(CallStoppedException.class)
                .hasMessage("Loop 'orders' stopped before this call had ended.");
    }

    @ParameterizedTest
    @EnumSource
    void refusalOfAStandInIsLikeThatOfALoopInThatState(LoopState state) {
        boolean accepts = List.of(LoopState.NEW, LoopState.RUNNING).contains(state);
        CallRejectedException ofLoop = accepts
                ? CallRejectedException.full("orders", Lane.WORK, 5)
                : CallRejectedException.notRunning("orders", Lane.WORK, 5, state);
        CallRejectedException made = new CallRejectedException("orders", Lane.WORK, 5, state);
        assertThat(made).hasMessage(ofLoop.getMessage());
        assertThat(made.isFull()).isEqualTo(accepts);
        assertThat(List.of(made.lane(), made.capacity(), made.state())).isEqualTo(List.of(Lane.WORK, 5, state));
    }

    @Test
    void refusalWithoutACapacityIsRefused() {
        assertThatThrownBy(() -> new CallRejectedException("orders", Lane.WORK, 0, LoopState.RUNNING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'capacity' must be at least 1 but was 0");
    }
}
