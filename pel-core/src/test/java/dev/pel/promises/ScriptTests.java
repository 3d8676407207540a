package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.ForwardingMachine;
import dev.pel.InvalidOptionException;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Script;
import dev.pel.StopReport;
import dev.pel.ThreadKind;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Straight-line code on the loop. */
class ScriptTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Touched by code on the loop only: not safe for use by several threads. */
    private int unsafe;

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static Integer number(LoopFuture<Integer> handle) {
        return get(handle);
    }

    // ------------------------------------------------------------------ what it sees

    @Test
    void scriptReturnsWhatItsCodeReturns() {
        EventLoop loop = loop();
        LoopFuture<Integer> script = loop.script(s -> {
            int one = s.await(loop.next(() -> 1));
            int two = s.await(loop.work(() -> one + 1));
            return one + two;
        });
        assertThat(get(script)).isEqualTo(3);
        assertThat(script.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void scriptMayReturnNullAndNeedNotWait() {
        EventLoop loop = loop();
        assertThat(number(loop.script(s -> null))).isNull();
    }

    @Test
    void scriptIsOnTheActiveThreadBeforeAndAfterAWait() {
        EventLoop loop = loop();
        get(loop.script(s -> {
            seen.add("before " + loop.onActiveThread());
            s.await(loop.next(() -> seen.add("operation " + loop.onActiveThread())));
            return seen.add("after " + loop.onActiveThread());
        }));
        assertThat(seen).containsExactly("before true", "operation false", "after true");
    }

    @Test
    void bodiesAreStillOnTheActiveThreadWhenAScriptHasHadTheLoop() {
        EventLoop loop = loop();
        get(loop.script(s -> 1));
        boolean inBody = get(loop.enqueue(Lane.ACTIVE, loop::onActiveThread));
        assertThat(inBody).isTrue();
    }

    @Test
    void scriptsAndBodiesNeverOverlap() {
        EventLoop loop = loop();
        List<LoopFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(loop.script(s -> {
                for (int round = 0; round < 50; round++) {
                    unsafe++;
                    s.await(loop.next(() -> 1));
                }
                return unsafe;
            }));
            all.add(loop.next(() -> 1, one -> unsafe++));
        }
        all.forEach(Loops::get);
        assertThat(number(loop.enqueue(Lane.ACTIVE, () -> unsafe))).isEqualTo(20 * 50 + 20);
    }

    @Test
    void othersHaveTheirTurnsWhileAScriptWaits() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> s.await(loop.next(() -> block(gate))));
        get(loop.enqueue(Lane.ACTIVE, gate::countDown));
        get(script);
    }

    @Test
    void nobodyHasATurnBetweenTwoWaits() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> {
            loop.enqueue(Lane.ACTIVE, () -> seen.add("body"));
            seen.add("script");
            seen.add("still");
            return null;
        });
        get(script);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(seen).containsExactly("script", "still", "body");
    }

    @Test
    void deepStackIsKeptOverAWait() {
        EventLoop loop = loop();
        assertThat(number(loop.script(s -> depth(loop, s, 200)))).isEqualTo(200);
    }

    private static int depth(EventLoop loop, Script script, int left) throws Exception {
        if (left == 0) {
            return script.await(loop.next(() -> 0));
        }
        return 1 + depth(loop, script, left - 1);
    }

    @Test
    void awaitOfWhatHasEndedGoesOnAtOnce() {
        EventLoop loop = loop();
        LoopFuture<Integer> call = loop.next(() -> 7);
        get(call);
        assertThat(number(loop.script(s -> s.await(call)))).isEqualTo(7);
    }

    @Test
    void scriptAwaitsFuturesOfOthers() {
        EventLoop loop = loop();
        CompletableFuture<String> other = new CompletableFuture<>();
        LoopFuture<String> script = loop.script(s -> s.await(other) + loop.onActiveThread());
        other.complete("other, ");
        assertThat(get(script)).isEqualTo("other, true");
    }

    @Test
    void scriptAwaitsAnotherScript() {
        EventLoop loop = loop();
        assertThat(number(loop.script(s ->
                        1 + s.<Integer>await(loop.script(inner -> inner.await(loop.next(() -> 2)))))))
                .isEqualTo(3);
    }

    @Test
    void scriptIsWaitedForOnTheOnlyThreadOfAPool() {
        EventLoop loop = loops.withOnePassiveThread();
        assertThat(number(loop.next(() ->
                        loop.<Integer>script(s -> s.await(loop.next(() -> 5))).join())))
                .isEqualTo(5);
    }

    @Test
    void sleepLetsOthersHaveTheirTurns() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> {
            seen.add("before");
            loop.enqueue(Lane.ACTIVE, () -> seen.add("other"));
            s.sleep(Duration.ofMillis(5));
            s.sleep(Duration.ZERO);
            return seen.add("after");
        });
        get(script);
        assertThat(seen).containsExactly("before", "other", "after");
    }

    @Test
    void manyScriptsWaitAtTheSameTime() {
        EventLoop loop = loop();
        LoopFuture<Integer> start = loop.promise();
        List<LoopFuture<Integer>> scripts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            scripts.add(loop.script(s -> {
                int one = s.await(start); // first: others count meanwhile
                unsafe += one;
                return unsafe;
            }));
        }
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        start.complete(1);
        assertThat(get(loop.all(scripts))).hasSize(200).contains(200);
    }

    // ------------------------------------------------------------------ what goes wrong

    @Test
    void failureOfWhatIsAwaitedIsThrownAsItIs() {
        EventLoop loop = loop();
        LoopFuture<String> script = loop.script(s -> {
            try {
                return s.await(loop.next(() -> {
                    throw new IOException("planted");
                }));
            } catch (IOException e) {
                return "caught " + e.getMessage();
            }
        });
        assertThat(get(script)).isEqualTo("caught planted");
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void whatTheCodeThrowsIsTheFailureOfItsHandle() {
        EventLoop loop = loop();
        assertThat(failureOf(loop.script(s -> {
                    throw new IOException("planted");
                })))
                .isInstanceOf(IOException.class)
                .hasMessage("planted");
    }

    @Test
    void failureWithWhichNobodyDealsReachesTheErrorHandlerWithItsLabel() {
        EventLoop loop = loop();
        loop.call("checkout").script(s -> {
            throw new IOException("planted");
        });
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error()).hasMessage("planted");
        assertThat(failures.get(0).label()).isEqualTo("checkout");
    }

    @Test
    void waitOnTheActiveThreadIsRefusedInAScriptAsInABody() {
        EventLoop loop = loop();
        LoopFuture<Integer> never = loop.promise();
        assertThat(failureOf(loop.script(s -> never.join())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("active thread");
        never.cancel(true);
    }

    @Test
    void cancelledScriptEndsItsWaitAndRunsFinally() {
        EventLoop loop = loop();
        LoopFuture<?> never = loop.promise();
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            try {
                waits.countDown();
                return s.await(never);
            } catch (CancellationException e) {
                seen.add("cancelled " + loop.onActiveThread());
                throw e;
            } finally {
                over.countDown();
            }
        });
        pass(waits);
        script.cancel(true);
        pass(over);
        assertThat(script.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(seen).containsExactly("cancelled true");
        never.cancel(true);
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void scriptThatIsCancelledBeforeItsFirstTurnNeverRuns() {
        EventLoop loop = loop();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> busy = loop.enqueue(Lane.ACTIVE, () -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        LoopFuture<?> script = loop.script(s -> seen.add("ran"));
        script.cancel(true);
        gate.countDown();
        get(busy);
        get(loop.stop(LONG));
        assertThat(seen).isEmpty();
        assertThat(script.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void timeoutIsThatOfTheWholeScript() {
        EventLoop loop = loop();
        LoopFuture<?> never = loop.promise();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch over = new CountDownLatch(1);
        LoopFuture<?> script = loop.call("slow").timeout(Duration.ofSeconds(1)).script(s -> {
            try {
                return s.await(never);
            } catch (Exception e) {
                thrown.set(e);
                throw e;
            } finally {
                over.countDown();
            }
        });
        assertThat(failureOf(script))
                .isInstanceOf(CallTimeoutException.class)
                .hasMessageContaining("Script 'slow' had not ended");
        pass(over);
        assertThat(thrown.get()).isInstanceOf(CallTimeoutException.class);
        never.cancel(true);
    }

    @Test
    void scriptWhoseHandleIsCompletedEndsItsWait() {
        EventLoop loop = loop();
        LoopFuture<Integer> never = loop.promise();
        CountDownLatch waits = new CountDownLatch(1);
        LoopFuture<Integer> script = loop.script(s -> {
            try {
                waits.countDown();
                return s.await(never);
            } catch (CancellationException e) {
                seen.add(e.getMessage());
                throw e;
            }
        });
        pass(waits);
        script.complete(5);
        Loops.until(() -> !seen.isEmpty());
        assertThat(seen).containsExactly("Cancelled because the handle of the script had been completed");
        never.cancel(true);
        get(loop.stop(LONG));
        assertThat(number(script)).isEqualTo(5);
        assertThat(failures).isEmpty();
    }

    @Test
    void threadThatCannotBeMadeIsTheFailureOfTheScript() {
        EventLoop loop = loops.made(options -> options.withScriptCapacity(1), new ForwardingMachine() {
            @Override
            public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
                if (name.contains("-script-")) {
                    throw new IllegalStateException("planted");
                }
                return super.thread(name, kind, daemon, body);
            }
        });
        loop.start();
        assertThat(failureOf(loop.script(s -> 1))).hasMessage("planted");
        boolean bodiesGoOn = get(loop.enqueue(Lane.ACTIVE, loop::onActiveThread));
        assertThat(bodiesGoOn).isTrue();
        assertThat(failureOf(loop.script(s -> 1)))
                .as("the place was given back")
                .hasMessage("planted");
    }

    @Test
    void threadThatCannotBeStartedIsTheFailureOfTheScript() {
        EventLoop loop = loops.made(options -> options.withScriptCapacity(1), new ForwardingMachine() {
            @Override
            public void start(Thread thread) {
                if (thread.getName().contains("-script-")) {
                    throw new IllegalStateException("planted");
                }
                super.start(thread);
            }
        });
        loop.start();
        assertThat(failureOf(loop.script(s -> 1))).hasMessage("planted");
        boolean bodiesGoOn = get(loop.enqueue(Lane.ACTIVE, loop::onActiveThread));
        assertThat(bodiesGoOn).isTrue();
    }

    @Test
    void endedScriptThrowsAtItsNextWait() {
        EventLoop loop = loop();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            running.countDown();
            pass(gate);
            try {
                return s.await(loop.next(() -> 1));
            } finally {
                over.countDown();
            }
        });
        pass(running);
        script.cancel(true);
        gate.countDown();
        pass(over);
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void failureAfterTheEndOfTheHandleReachesTheErrorHandler() {
        EventLoop loop = loop();
        LoopFuture<?> never = loop.promise();
        CountDownLatch waits = new CountDownLatch(1);
        LoopFuture<?> script = loop.script(s -> {
            try {
                waits.countDown();
                return s.await(never);
            } catch (CancellationException e) {
                throw new IOException("while clearing up");
            }
        });
        pass(waits);
        script.cancel(true);
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures.get(0).error()).hasMessage("while clearing up");
        assertThat(failures.get(0).late()).isTrue();
        never.cancel(true);
    }

    @Test
    void awaitAfterTheEndOfTheScriptIsRefused() {
        EventLoop loop = loop();
        AtomicReference<Script> kept = new AtomicReference<>();
        get(loop.script(s -> {
            kept.set(s);
            return null;
        }));
        assertThatThrownBy(() -> kept.get().await(loop.next(() -> 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after its end");
        assertThatThrownBy(() -> kept.get().sleep(Duration.ofMillis(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void awaitOnAnotherThreadIsRefused() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> s.await(loop.next(() -> s.await(loop.next(() -> 1)))));
        assertThat(failureOf(script))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("-passive-")
                .hasMessageContaining("in its own code only");
    }

    @Test
    void scriptsAreBounded() {
        EventLoop loop = loops.started(options -> options.withScriptCapacity(2).withErrorHandler(failures::add));
        LoopFuture<Integer> start = loop.promise();
        List<LoopFuture<Integer>> two = List.of(loop.script(s -> s.await(start)), loop.script(s -> s.await(start)));
        LoopFuture<Integer> third = loop.script(s -> s.await(start));
        assertThat(third.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(failureOf(third))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("2 scripts are under way")
                .hasMessageContaining("raise the script capacity");
        start.complete(1);
        get(loop.all(two));
        Loops.until(() -> get(loop.script(s -> 1).handle((one, error) -> error == null)));
    }

    @Test
    void capacityOfLessThanOneIsRefused() {
        assertThatThrownBy(() -> loops.made(options -> options.withScriptCapacity(0)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessageContaining("'script capacity' must be at least 1 but was 0");
    }

    @Test
    void bodyThatIsNullIsRefused() {
        EventLoop loop = loop();
        assertThatThrownBy(() -> loop.script(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("body");
    }

    // ------------------------------------------------------------------ the stop

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
}
