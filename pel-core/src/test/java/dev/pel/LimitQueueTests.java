package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alarm of a rate: a call that waits for time to pass goes on when it has passed, whichever thread is faster. */
class LimitQueueTests {
    private static final long MILLI = 1_000_000;
    private static final CallTerms TERMS = new CallTerms(CallDetails.shared("sms")).limit("sms");

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running(
            EventLoopOptions.defaults().withLimit("sms", limit -> limit.withRate(1, Duration.ofMillis(1))));

    private Call<?> submit() {
        return (Call<?>) run.submissions.<Integer>submit(Lane.PASSIVE, (Task) () -> {}, null, TERMS);
    }

    private static void start(Call<?> call) {
        assertThat(call.isHeld()).isFalse();
        call.admission().starts();
    }

    private void pass(long millis) {
        passNanos(millis * MILLI);
    }

    private void passNanos(long nanos) {
        machine.clock += nanos;
        run.deadlines.fireDue();
    }

    private void change(Duration time) {
        Objects.requireNonNull(run.admissions.limit("sms")).change(limit -> limit.withRate(1, time));
    }

    @Test
    void callThatWaitsForTheRateGoesOnWhenItsTimeHasCome() {
        start(submit());
        Call<?> second = submit();
        assertThat(second.isHeld()).isTrue();
        pass(1);
        start(second);
    }

    /** The concurrent thread is the clock: it moves on between the look that finds no permit and the one that says how long to wait. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void timeThatPassesBetweenTwoLooksIsNotLost(int look) {
        start(submit());
        machine.onLook(look, () -> machine.clock += 5 * MILLI);
        Call<?> second = submit();
        pass(5);
        start(second);
    }

    /** The concurrent thread is the watchdog: it rings while the thread that has armed the alarm has not come back. */
    @Test
    void alarmThatRingsBeforeTheThreadThatArmedItComesBackIsArmedAgain() {
        start(submit());
        machine.onWakeUp = () -> {
            machine.onWakeUp = () -> {};
            pass(5);
        };
        start(submit());
        Call<?> third = submit();
        assertThat(third.isHeld()).isTrue();
        pass(5);
        start(third);
    }

    @Test
    void fasterRateHoldsForTheCallThatWaits() {
        start(submit());
        Call<?> second = submit();
        change(Duration.ofNanos(MILLI / 10));
        passNanos(MILLI / 10);
        start(second);
    }

    @Test
    void slowerRateHoldsForTheCallThatWaits() {
        start(submit());
        Call<?> second = submit();
        change(Duration.ofMillis(10));
        pass(9);
        assertThat(second.isHeld()).isTrue();
        pass(1);
        start(second);
    }

    @Test
    void cancelledCallsThatWaitedDoNotPileUp() {
        start(submit());
        for (int i = 0; i < 10_000; i++) {
            assertThat(submit().cancel(true)).isTrue();
        }
        assertThat(Objects.requireNonNull(run.admissions.limit("sms")).held()).isLessThan(200);
    }
}
