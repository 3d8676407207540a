package dev.pel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With assertions on, what belongs to one thread refuses every other one, which this test's thread is. */
class ConfinementTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void timersBelongToTheActiveThread() {
        LoopRun run = running();
        refuses(run.timers::takeIn);
        refuses(() -> run.timers.fireDue(1));
        refuses(run.timers::sleeps);
        refuses(() -> run.timers.drain(0));
        refuses(run.timers::stopAll);
    }

    @Test
    void entriesRunOnTheActiveThread() {
        LoopRun run = running();
        refuses(() -> new PostedTask(run, () -> {}).runOn(run.active));
        refuses(run.active::turnBegins);
    }

    @Test
    void looksAtAFloodBelongToTheWatchdog() {
        refuses(running().pool(Lane.PASSIVE).flood()::relieve);
    }

    @Test
    void looksAtWaitsBelongToTheWatchdog() {
        LoopRun run = running();
        refuses(() -> new WaitDetector(run, run.pools()).step(0));
    }

    private LoopRun running() {
        return ((PretendEventLoop) loops.started()).loopRun();
    }

    private static void refuses(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(AssertionError.class);
    }
}
