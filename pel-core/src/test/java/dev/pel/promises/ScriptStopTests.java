package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scripts whose loop stops, and what they leave behind. */
class ScriptStopTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static Integer number(LoopFuture<Integer> handle) {
        return get(handle);
    }

    @Test
    void drainWaitsForAScriptAndWhatItStarts() {
        EventLoop loop = loop();
        LoopFuture<Integer> script = loop.script(s -> {
            int sum = 0;
            for (int i = 0; i < 5; i++) {
                sum += s.<Integer>await(loop.next(() -> {
                    pass(gate);
                    return 1;
                }));
            }
            return sum;
        });
        CompletableFuture<?> stop = loop.stop(LONG);
        gate.countDown();
        get(stop);
        assertThat(get(script)).isEqualTo(5);
    }

    @Test
    void drainLetsAScriptSleepAndSetTimers() {
        EventLoop loop = loop();
        CountDownLatch draining = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            s.await(loop.next(() -> pass(draining)));
            for (int i = 0; i < 3; i++) {
                s.sleep(Duration.ofMillis(1));
            }
            return s.await(loop.delay(Duration.ofMillis(1), () -> seen.add("timer")));
        });
        CompletableFuture<?> stop = loop.stop(LONG);
        draining.countDown();
        get(stop);
        assertThat(script.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(seen).containsExactly("timer");
    }

    @Test
    void scriptThatSleepsBeyondTheDeadlineEndsAsStoppedWhenTheDrainBegins() {
        EventLoop loop = loop();
        CountDownLatch begun = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            begun.countDown();
            s.sleep(Duration.ofHours(1));
            return 1;
        });
        pass(begun);
        StopReport report = get(loop.stop(LONG));
        assertThat(script.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.isClean()).isFalse();
        assertThat(failures).isEmpty();
    }

    @Test
    void operationThatWaitsForATimerBeyondTheDeadlineEndsAsStoppedWhenTheDrainBegins() {
        EventLoop loop = loop();
        CountDownLatch begun = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            LoopFuture<?> timer = loop.delay(Duration.ofHours(1), () -> {});
            begun.countDown();
            return timer.get();
        });
        pass(begun);
        get(loop.stop(LONG));
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(failures).isEmpty();
    }

    @Test
    void forcedStopEndsTheWaitOfAScriptAndRunsFinally() {
        EventLoop loop = loop();
        LoopFuture<?> never = loop.promise();
        CountDownLatch waits = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            try {
                waits.countDown();
                return s.await(never);
            } catch (CallStoppedException e) {
                seen.add("stopped");
                throw e;
            } finally {
                seen.add("finally");
            }
        });
        pass(waits);
        get(loop.forceStop());
        awaitDone(script);
        assertThat(script.outcome()).isEqualTo(Outcome.STOPPED);
        Loops.until(() -> seen.size() == 2);
        assertThat(seen).containsExactly("stopped", "finally");
        assertThat(failures).isEmpty();
    }

    @Test
    void stopInterruptsAScriptThatHoldsTheLoop() {
        EventLoop loop = loop();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            running.countDown();
            block(gate);
            return null;
        });
        pass(running);
        get(loop.forceStop());
        awaitDone(script);
        assertThat(script.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void scriptThatIgnoresTheStopIsInTheReport() {
        EventLoop loop = loop();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> script = loop.call("stubborn").script(s -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
            return null;
        });
        pass(running);
        String report = get(loop.forceStop()).toString();
        Outcome outcome = script.outcome();
        gate.countDown();
        assertThat(outcome).isEqualTo(Outcome.STOPPED);
        assertThat(report).contains("stubborn").contains("-script-");
    }

    @Test
    void scriptThatIsSubmittedToALoopThatDoesNotRunIsRejected() {
        EventLoop loop = loop();
        get(loop.stop(LONG));
        assertThat(loop.script(s -> 1).outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void scriptIsStartedAnewAfterARestart() {
        EventLoop loop = loop();
        get(loop.stop(LONG));
        loop.start();
        assertThat(number(loop.script(s -> s.await(loop.next(() -> 1))))).isEqualTo(1);
    }

    @Test
    void scriptsThatWaitForEachOtherAreEndedByTheStopAndReported() {
        EventLoop loop = loop();
        AtomicReference<LoopFuture<Integer>> second = new AtomicReference<>();
        AtomicReference<LoopFuture<Integer>> first = new AtomicReference<>();
        get(loop.enqueue(Lane.ACTIVE, () -> {
            first.set(loop.script(s -> s.await(second.get())));
            second.set(loop.script(s -> s.await(first.get())));
        }));
        StopReport report = get(loop.stop(LONG));
        assertThat(first.get().outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(second.get().outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.isClean()).isFalse();
        assertThat(report.toString()).contains("2 handles that waited");
    }

    @Test
    void scriptThatBeginsToWaitWhenTheLoopHasStoppedIsEndedByTheStop() {
        EventLoop loop = loops.made(options -> options, new LateWatchdog());
        loop.start();
        CompletableFuture<Integer> open = new CompletableFuture<>();
        AtomicReference<CompletableFuture<StopReport>> report = new AtomicReference<>();
        LoopFuture<Integer> script = loop.script(s -> {
            report.set(loop.forceStop());
            return s.await(open);
        });
        awaitDone(script);
        gate.countDown();
        assertThat(script.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(get(report.get()).toString()).contains("1 handle that waited");
    }

    @Test
    void scriptWhoseCallIsRefusedBecauseTheLoopHasStoppedIsEndedByTheStop() {
        EventLoop loop = loops.made(options -> options, new LateWatchdog());
        loop.start();
        LoopFuture<Integer> script = loop.script(s -> {
            loop.forceStop();
            return s.await(loop.next(() -> 1));
        });
        awaitDone(script);
        gate.countDown();
        assertThat(script.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void scriptThatWaitsForAFutureThatOnlyOthersCompleteIsEndedByTheStop() {
        EventLoop loop = loop();
        CompletableFuture<Integer> open = loop.next(() -> 1).newIncompleteFuture();
        CountDownLatch waits = new CountDownLatch(1);
        LoopFuture<Integer> script = loop.script(s -> {
            waits.countDown();
            return s.await(open);
        });
        pass(waits);
        get(loop.forceStop());
        assertThat(script.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void scriptSeesItsTimeoutAlsoWhenThatIsToldLater() {
        EventLoop loop = loop();
        LoopFuture<Integer> slow =
                loop.call("slow").timeout(Duration.ofMillis(1)).promise();
        CompletableFuture.allOf(slow)
                .whenComplete((nothing, error) -> pass(gate)); // occupies the thread that tells ends
        LoopFuture<Integer> never = loop.promise();
        LoopFuture<Integer> script = loop.call("late")
                .timeout(Duration.ofSeconds(1))
                .script(s -> {
                    try {
                        return s.await(never);
                    } catch (Exception e) {
                        seen.add(e.getClass().getSimpleName());
                        throw e;
                    }
                });
        CompletableFuture.allOf(script).whenComplete((nothing, error) -> {});
        Loops.until(() -> !seen.isEmpty());
        gate.countDown();
        assertThat(seen).containsExactly("CallTimeoutException");
        never.cancel(true);
        assertThat(failureOf(script)).isInstanceOf(CallTimeoutException.class);
    }

    @Test
    void drainDoesNotWaitForWhatAnEndedScriptWaitedFor() {
        EventLoop loop = loop();
        failureOf(loop.call("short")
                .timeout(Duration.ofMillis(5))
                .script(s -> s.await(new CompletableFuture<Integer>())));
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void sleepOfACancelledScriptLeavesNoTimer() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> {
            s.sleep(LONG);
            return null;
        });
        Loops.until(() -> loop.stats().timers().pending() == 1);
        script.cancel(true);
        Loops.until(() -> loop.stats().timers().pending() == 0);
    }

    @Test
    void scriptThatHasEndedIsLetGoByAHandleThatLives() {
        EventLoop loop = loop();
        LoopFuture<Object> signal = loop.call("signal").backgroundPromise();
        WeakReference<?> script = timedOut(loop, signal);
        Loops.until(() -> {
            System.gc();
            return script.get() == null;
        });
        signal.complete(1);
    }

    private static WeakReference<?> timedOut(EventLoop loop, LoopFuture<Object> signal) {
        LoopFuture<Object> script =
                loop.call("short").timeout(Duration.ofMillis(5)).script(s -> s.await(signal));
        failureOf(script);
        return new WeakReference<>(script);
    }

    /** Its watchdog, which makes the steps of a stop, makes none before the gate is open. */
    private final class LateWatchdog extends ForwardingMachine {
        @Override
        public void park(Object blocker, long nanos) {
            super.park(blocker, nanos);
            if (Thread.currentThread().getName().endsWith("-watch")) {
                pass(gate);
            }
        }
    }
}
