package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Operations that run when the loop stops. */
class StopHookTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    @Test
    void lastOneRunsFirstWhenAllElseHasDrained() {
        EventLoop loop = loop();
        loop.atStop(() -> ran.add("first, " + Thread.currentThread().getName().contains("-passive-")));
        LoopFuture<?> last = loop.atStop(() -> ran.add("last"));
        LoopFuture<?> call = loop.next(() -> pass(gate), () -> ran.add("body"));
        loop.delay(Duration.ofMillis(1), gate::countDown);
        get(loop.stop(LONG));
        assertThat(ran).containsExactly("body", "last", "first, true");
        assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(last.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void whatHangsOnAHookIsWaitedFor() {
        EventLoop loop = loop();
        LoopFuture<?> hook = loop.atStop(() -> ran.add("hook")).thenRun(() -> ran.add("attached"));
        get(loop.stop(LONG));
        assertThat(ran).containsExactly("hook", "attached");
        assertThat(hook.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void cancelledHookDoesNotRun() {
        EventLoop loop = loop();
        loop.atStop(() -> ran.add("cancelled")).cancel(true);
        get(loop.stop(LONG));
        assertThat(ran).isEmpty();
    }

    @Test
    void failureKeepsNoOtherFromRunningAndReachesTheErrorHandler() {
        EventLoop loop = loop();
        loop.atStop(() -> ran.add("first"));
        loop.atStop(() -> {
            throw new IOException("planted");
        });
        get(loop.stop(LONG));
        assertThat(ran).containsExactly("first");
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void forcedStopRunsThemAllTheSameAndWaitsForThem() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        LoopFuture<?> hook = loop.atStop(() -> ran.add("hook"));
        get(loop.forceStop());
        assertThat(ran).containsExactly("hook");
        assertThat(hook.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void stopWhoseDeadlineHasPassedRunsThemAllTheSame() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        loop.atStop(() -> ran.add("hook"));
        LoopFuture<?> stuck = loop.next(() -> block(gate));
        get(loop.stop(Duration.ofMillis(1)));
        assertThat(ran).containsExactly("hook");
        assertThat(stuck.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void hookThatIsAddedAfterTheStopIsStopped() {
        EventLoop loop = loop();
        get(loop.stop(LONG));
        LoopFuture<?> late = loop.atStop(() -> ran.add("late"));
        awaitDone(late);
        assertThat(late.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(ran).isEmpty();
    }

    @Test
    void hookRunsInTheStopOfItsRunOnly() {
        EventLoop loop = loop();
        loop.atStop(() -> ran.add("hook"));
        get(loop.stop(LONG));
        loop.start();
        get(loop.stop(LONG));
        assertThat(ran).containsExactly("hook");
    }

    @Test
    void hookOfALoopThatNeverStartsRunsWhenThatIsStopped() {
        EventLoop loop = loops.made(options -> options);
        LoopFuture<?> hook = loop.atStop(() -> ran.add("hook"));
        get(loop.stop(LONG));
        awaitDone(hook);
        assertThat(ran).containsExactly("hook");
    }

    @Test
    void operationThatIsNullIsRefused() {
        EventLoop loop = loop();
        assertThatThrownBy(() -> loop.atStop(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("operation");
    }

    @Test
    void hooksDoNotOverlapWhenTheDeadlinePasses() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        loop.atStop(() -> ran.add("first"));
        loop.atStop(() -> ran.add("second"));
        CountDownLatch cutOff = new CountDownLatch(1);
        loop.atStop(() -> {
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                cutOff.countDown();
            }
            Loops.ignoreInterrupts(gate);
            ran.add("last");
        });
        CompletableFuture<?> stop = loop.stop(Duration.ofMillis(50));
        pass(cutOff);
        assertThat(ran).isEmpty();
        gate.countDown();
        get(stop);
        assertThat(ran).containsExactly("last", "second", "first");
    }

    @Test
    void hookThatTheStopInterruptsIsStoppedAndNoOtherIs() {
        EventLoop loop =
                loops.started(options -> options.withInterruptGrace(LONG).withErrorHandler(failures::add));
        LoopFuture<?> other = loop.atStop(() -> {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        });
        LoopFuture<?> interrupted = loop.atStop(() -> block(gate));
        get(loop.stop(Duration.ofMillis(50)));
        assertThat(interrupted.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(other.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(failures).isEmpty();
    }
}
