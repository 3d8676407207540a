package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A call between its attempts, whichever thread is faster. */
class PauseTests {
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final Admission admission = new Admission(run.admissions, null);
    private final Attempted call = new Attempted();

    private void pass() {
        machine.clock += PAUSE.toNanos();
        run.deadlines.fireDue();
    }

    private void fails() {
        admission.attemptLeft();
        admission.pauses(PAUSE);
    }

    /** A call each of whose attempts is in the queue as soon as it may be. */
    private static final class Attempted implements Admitted {
        private int attempts;
        private Runnable onAttempt = () -> {};

        @Override
        public void admitted() {
            attempts++;
            onAttempt.run();
        }

        @Override
        public void beginAdmission() {
            throw new AssertionError("begun by the test");
        }

        @Override
        public boolean cancelIfGiven(BooleanSupplier condition) {
            throw new AssertionError("nothing is cancelled here");
        }

        @Override
        public void stopHeld() {
            throw new AssertionError("nothing stops here");
        }

        @Override
        public void endBroken(Throwable error) {
            throw new AssertionError(error);
        }

        @Override
        public Lane lane() {
            return Lane.PASSIVE;
        }

        @Override
        public long queuedAt() {
            return 0;
        }
    }

    @Test
    void attemptComesWhenItsPauseIsOver() {
        admission.begin(call);
        fails();
        assertThat(call.attempts).isEqualTo(1);
        pass();
        assertThat(call.attempts).isEqualTo(2);
        assertThat(run.admissions.pausing()).isZero();
    }

    /**
     * The concurrent thread is the watchdog, and then a worker: the first pause ends, and the next attempt has failed and pauses, while the
     * thread that has armed the first has not come back.
     */
    @Test
    void endOfAPauseThatWasShorterThanItsBeginLeavesTheNextAlone() {
        admission.begin(call);
        machine.onWakeUp = () -> {
            machine.onWakeUp = () -> {};
            call.onAttempt = () -> {
                call.onAttempt = () -> {};
                fails();
            };
            pass();
        };
        fails();
        assertThat(call.attempts).isEqualTo(2);
        pass();
        assertThat(call.attempts).isEqualTo(3);
        assertThat(run.admissions.pausing()).isZero();
    }

    @Test
    void callThatEndsDuringItsPauseLeavesNothingBehind() {
        admission.begin(call);
        fails();
        assertThat(run.admissions.pausing()).isEqualTo(1);
        assertThat(admission.leave()).isTrue();
        assertThat(run.admissions.pausing()).isZero();
        pass();
        assertThat(call.attempts).isEqualTo(1);
    }

    /** The concurrent thread ends the call when it has what it needs, and is not in the queue yet. */
    @Test
    void callThatEndsOnItsWayIntoTheQueueIsInNone() {
        assertThat(run.admissions.keys().takePlace(HashedKey.of("k"), 1, admission))
                .isTrue();
        admission.begin(call);
        admission.attemptLeft();
        assertThat(admission.leave()).as("in no queue").isTrue();
        admission.goesOn();
        assertThat(call.attempts).isEqualTo(1);
    }

    @Test
    void callThatEndsInTheQueueIsCountedThere() {
        admission.begin(call);
        assertThat(admission.leave()).as("in no queue").isFalse();
    }

    /**
     * The concurrent thread has claimed the call, its attempt has failed, and it waits for the next: a thread that comes with the element
     * of the attempt before finds another state.
     */
    @Test
    void callThatWaitsForItsNextAttemptIsNotClaimedByItsElementOfTheOneBefore() {
        CallTerms terms =
                new CallTerms(CallDetails.shared("a")).retry(Retry.times(1).backoff(Duration.ofDays(1)));
        HeldCall<?> held = (HeldCall<?>) run.submissions.<Integer>submit(
                Lane.PASSIVE,
                (Task) () -> {
                    throw new IllegalStateException("planted");
                },
                null,
                terms);
        int before = held.stateWord();
        assertThat(held.claimOperation()).isTrue();
        assertThat(held.beginOperation(1)).isTrue();
        assertThat(held.triesAgain(1, new IllegalStateException("planted"))).isTrue();
        held.comesAgain(machine.clock);
        assertThat(held.waitsAgain()).isTrue();
        assertThat(held.claimOperation()).as("held").isFalse();
        assertThat(held.move(before, before))
                .as("the state of the attempt before")
                .isFalse();
    }
}
