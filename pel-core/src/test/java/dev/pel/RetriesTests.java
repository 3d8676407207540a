package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What failed for lack of memory is kept, and repeated; the test is every thread. */
class RetriesTests {
    private static final OutOfMemoryError NO_MEMORY = new OutOfMemoryError("of the test");

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final Retries retries = run.retries;

    /** An element of which the test sees how often it is posted: the queue is closed, so it is abandoned each time. */
    private final class Posted implements Signal {
        int times;
        int failures;

        @Override
        public void run() {}

        @Override
        public void abandon() {
            if (failures-- > 0) {
                throw NO_MEMORY;
            }
            times++;
        }
    }

    private void repeat() {
        machine.clock += WatchdogThread.PAUSE;
        retries.repeat();
    }

    private void closeQueue() {
        run.stop(Duration.ZERO, true);
        run.queue.takeOver();
    }

    @Test
    void elementThatIsKeptIsPostedOnce() {
        closeQueue();
        Posted element = new Posted();
        retries.keep(element, NO_MEMORY);
        assertThat(retries.isEmpty()).isFalse();
        repeat();
        repeat();
        assertThat(element.times).isEqualTo(1);
        assertThat(retries.isEmpty()).isTrue();
    }

    @Test
    void nothingIsRepeatedBeforeThePauseIsOver() {
        closeQueue();
        Posted first = new Posted();
        retries.keep(first, NO_MEMORY);
        repeat();
        Posted second = new Posted();
        retries.keep(second, NO_MEMORY);
        retries.repeat();
        assertThat(second.times).isZero();
        repeat();
        assertThat(second.times).isEqualTo(1);
    }

    @Test
    void handleThatIsKeptEndsAsItWasToEnd() {
        CompletableFuture<Integer> outside = new CompletableFuture<>();
        LoopFuture<Integer> call = run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
        LoopFuture<Integer> handle = call.thenCombine(outside, (nothing, one) -> one);
        IllegalStateException why = new IllegalStateException("of the call");
        retries.keep(handle, Outcome.FAILED, why, NO_MEMORY);
        assertThat(handle).isNotDone();
        repeat();
        assertThat(handle).isCompletedExceptionally();
        assertThat(handle.exceptionNow()).isSameAs(why);
    }

    @Test
    void drainIsNotDoneWhileSomethingIsKept() {
        DrainCheck check = run.drainCheck();
        run.queue.parks(true);
        assertThat(check.isDone()).isTrue();
        retries.keep(new Posted(), NO_MEMORY);
        assertThat(check.isDone()).isFalse();
    }

    @Test
    void threadThatFindsNoSlotWaitsForOneAndThrowsAfterASecond() {
        for (int i = 0; i < Retries.SLOTS; i++) {
            retries.keep(new Posted(), NO_MEMORY);
        }
        long before = machine.clock;
        assertThatThrownBy(() -> retries.keep(new Posted(), NO_MEMORY)).isSameAs(NO_MEMORY);
        assertThat(machine.clock - before).isGreaterThanOrEqualTo(1_000_000_000L);
    }

    @Test
    void stepThatFailsOnceMoreKeepsItsSlotAlsoWhenAllAreTaken() {
        run.watchdog.start();
        closeQueue();
        Posted[] kept = new Posted[Retries.SLOTS];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = new Posted();
            kept[i].failures = 1;
            retries.keep(kept[i], NO_MEMORY);
        }
        repeat();
        assertThat(retries.size()).isEqualTo(Retries.SLOTS);
        repeat();
        assertThat(retries.isEmpty()).isTrue();
        assertThat(kept).allSatisfy(each -> assertThat(each.times).isEqualTo(1));
    }
}
