package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
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
import dev.pel.ThreadKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Straight-line code on the loop that fails, is ended or is refused. */
class ScriptFailureTests {
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
}
