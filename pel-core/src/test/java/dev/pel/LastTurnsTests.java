package dev.pel;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The last turns of an active thread that a stop does not wait for any more. */
@Timeout(120)
class LastTurnsTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Blocks when it is told of the end of one call. */
    private final class Blocking implements EventLoopListener {
        @Override
        public void ended(CallInfo call, Lane lane, Outcome outcome, long waited, long ran) {
            if ("blocking".equals(call.label()) && outcome == Outcome.STOPPED) {
                blocked.countDown();
                ignoreInterrupts(gate);
            }
        }
    }

    @Test
    void whatIsLeftEndsAlsoWhenTheActiveThreadGetsStuckWhileItAbandonsThat() {
        EventLoop loop = loops.started(
                options -> options.withInterruptGrace(Duration.ofMillis(100)).withListener(new Blocking()));
        LoopRun run = ((PretendEventLoop) loop).loopRun();
        CountDownLatch running = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            running.countDown();
            while (!run.state.hasReached(StopPhase.IMPATIENT)) {
                LockSupport.parkNanos(1_000_000);
                boolean interrupted = Thread.interrupted(); // of the stop
            }
        });
        Loops.pass(running);
        LoopFuture<?> blocking = loop.call("blocking").next(() -> {}, () -> {});
        LoopFuture<?> behind = loop.call("behind").next(() -> {}, () -> {});
        Loops.until(() -> loop.size(Lane.ACTIVE) == 2);
        CompletableFuture<StopReport> report = loop.stop(Duration.ZERO);
        Loops.pass(blocked);
        awaitDone(blocking);
        awaitDone(behind);
        assertThat(get(report).stuck()).hasSize(1);
        gate.countDown();
        Loops.until(() -> run.threads.active() == null);
        assertThat(loop.stats().queued()).isZero();
    }

    @Test
    void queueIsTakenOverOnceHoweverOftenTheStopTries() {
        LoopRun run = new ManualMachine().running();
        int[] abandoned = new int[1];
        run.queue.post(new Signal() {
            @Override
            public void run() {}

            @Override
            public void abandon() {
                abandoned[0]++;
            }
        });
        run.stop(Duration.ZERO, true);
        for (int i = 0; i < 3; i++) {
            assertThat(run.activeThread.takeOver()).isTrue();
        }
        assertThat(abandoned[0]).isEqualTo(1);
    }
}
