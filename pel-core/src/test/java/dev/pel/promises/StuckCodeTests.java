package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.CallInfo;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Machine;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stop ends although code of users does not come back, and says where it is. */
class StuckCodeTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    @Tag("slow")
    void stuckBodyIsReportedAndItsHandleEnds() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LoopFuture<?> body = loop.call("stuck body").enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        });
        pass(stuck);
        LoopFuture<?> behind = loop.enqueue(Lane.ACTIVE, () -> {});
        LoopFuture<?> timer = loop.delay(Duration.ofHours(1), () -> {});
        LoopFuture<Integer> source = loop.next(() -> 1);
        get(source);
        LoopFuture<?> dependent = source.thenAccept(one -> {});
        StopReport report = get(loop.stop(Duration.ofMillis(50)));
        assertThat(report.stuck()).singleElement().satisfies(thread -> {
            assertThat(thread.thread()).isEqualTo(loop.options().name() + "-active");
            assertThat(thread.label()).isEqualTo("stuck body");
        });
        for (LoopFuture<?> handle : List.of(body, behind, timer)) {
            awaitDone(handle);
            assertThat(handle.outcome()).isEqualTo(Outcome.STOPPED);
        }
        awaitDone(dependent); // on a completion thread
        assertThat(dependent.outcome()).isEqualTo(Outcome.SUCCEEDED);
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void stuckDependentIsReportedAndItsHandleEnds() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        LoopFuture<?> dependent = loop.next(() -> 1).thenAccept(one -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        });
        LoopFuture<?> after = dependent.thenAccept(nothing -> {});
        pass(stuck);
        assertThat(get(loop.stop(Duration.ofMillis(50))).stuck()).hasSize(1);
        awaitDone(dependent);
        awaitDone(after);
        assertThat(dependent.outcome()).isEqualTo(Outcome.STOPPED);
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void stuckErrorHandlerDoesNotHoldTheStop() {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        }));
        loop.enqueue(Lane.ACTIVE, () -> {
            throw new IllegalStateException("x");
        });
        pass(stuck);
        StopReport report = get(loop.stop(Duration.ofMillis(50)));
        assertThat(report.stuck()).hasSize(1);
        gate.countDown();
    }

    static Stream<Function<EventLoop, CompletableFuture<StopReport>>> stops() {
        return Stream.of(EventLoop::forceStop, loop -> loop.stop(Duration.ofMillis(50)));
    }

    @ParameterizedTest
    @MethodSource("stops")
    @Tag("slow")
    void timersEndThoughCodeAttachedToOneOfThemIsStuck(Function<EventLoop, CompletableFuture<StopReport>> stop) {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        List<LoopFuture<?>> timers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            LoopFuture<?> timer = loop.delay(LONG, () -> {});
            CompletableFuture.allOf(timer).whenComplete((nothing, end) -> ignoreInterrupts(gate));
            timers.add(timer);
        }
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // they are in the heap now
        StopReport report = get(stop.apply(loop));
        assertThat(report.timersStopped()).isEqualTo(3);
        timers.forEach(Loops::awaitDone);
        assertThat(timers).extracting(LoopFuture::outcome).containsOnly(Outcome.STOPPED);
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void listenerThatIsStuckAfterTheErrorHandlerIsFoundInItsEntry() {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        EventLoop loop =
                loops.started(options -> options.withErrorHandler(failure -> {}).withListener(new EventLoopListener() {
                    @Override
                    public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                        if (outcome == Outcome.FAILED) {
                            stuck.countDown();
                            ignoreInterrupts(gate);
                        }
                    }
                }));
        loop.executor(Lane.ACTIVE).execute(() -> {
            throw new IllegalStateException("x");
        });
        pass(stuck);
        StopReport report = get(loop.stop(Duration.ofMillis(50)));
        assertThat(report.stuck())
                .singleElement()
                .satisfies(thread -> assertThat(thread.callId()).isPositive());
        gate.countDown();
    }

    @Test
    void cancelledOperationThatStillBlocksIsInterruptedByTheStop() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            running.countDown();
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        pass(running);
        call.cancel(false);
        assertThat(get(loop.stop(Duration.ofMillis(50))).stuck()).isEmpty();
        pass(interrupted);
    }

    @Test
    @Tag("slow")
    void codeAttachedPastPelMayBlockWithoutHoldingTimeoutsOrStop() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        LoopFuture<?> slow = loop.next(() -> block(new CountDownLatch(1)));
        CountDownLatch outside = new CountDownLatch(1);
        CompletableFuture.allOf(slow).whenComplete((nothing, error) -> {
            inside.countDown();
            try {
                ignoreInterrupts(gate);
            } finally {
                outside.countDown();
            }
        });
        slow.orTimeout(5, java.util.concurrent.TimeUnit.MILLISECONDS);
        pass(inside);
        LoopFuture<?> other = loop.call("x").timeout(Duration.ofMillis(5)).next(() -> block(new CountDownLatch(1)));
        awaitDone(other);
        assertThat(other.outcome()).isEqualTo(Outcome.TIMED_OUT);
        get(loop.forceStop());
        assertThat(outside.getCount()).as("the code still blocks").isOne();
        gate.countDown();
    }

    /** Blocks in code that the JDK runs inline, on whichever thread completes the handle. */
    private static void blockInline(LoopFuture<?> handle, CountDownLatch inside, CountDownLatch gate) {
        CompletableFuture.allOf(handle).whenComplete((nothing, error) -> {
            inside.countDown();
            ignoreInterrupts(gate);
        });
    }

    @Test
    @Tag("slow")
    void codeThatBlocksTheActiveThreadInlineIsReported() {
        EventLoop loop = loops.started();
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> handle = loop.enqueue(Lane.ACTIVE, () -> pass(attached));
        blockInline(handle, inside, gate);
        attached.countDown();
        pass(inside);
        assertThat(get(loop.forceStop()).stuck())
                .singleElement()
                .satisfies(stuck -> assertThat(stuck.lane()).isEqualTo(Lane.ACTIVE));
        gate.countDown();
    }

    @Test
    @Tag("slow")
    void codeBehindADependentThatCannotRunAnyMoreDoesNotHoldTheStop() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            ignoreInterrupts(gate);
        });
        pass(stuck);
        LoopFuture<?> dependent = loop.next(() -> 1).thenApply(one -> one);
        blockInline(dependent, inside, gate);
        assertThat(get(loop.forceStop()).stuck()).isNotEmpty();
        awaitDone(dependent);
        gate.countDown();
    }

    @Test
    void activeThreadThatIsOnlyBusyIsNotCalledStuck() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> source = loop.next(() -> {
            pass(gate);
            return 0;
        });
        LoopFuture<Integer> tail = source;
        for (int i = 0; i < 300_000; i++) {
            tail = tail.thenApply(value -> value + 1);
        }
        gate.countDown();
        StopReport report = get(loop.forceStop());
        assertThat(report.stuck()).isEmpty();
        awaitDone(tail);
    }

    @Test
    void activeThreadThatEndsManyEntriesIsNotCalledStuck() {
        AtomicLong passed = new AtomicLong();
        Machine machine = new ForwardingMachine() {
            @Override
            public long nanoTime() {
                return passed.get(); // so that a test machine that is busy makes no difference
            }
        };
        EventLoopListener slow = new EventLoopListener() {
            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long running) {
                if (outcome == Outcome.STOPPED) {
                    LockSupport.parkNanos(2_000_000); // the watch looks meanwhile,
                    passed.addAndGet(60_000_000); // the whole machine stands still,
                    LockSupport.parkNanos(2_000_000); // and it looks again
                }
            }
        };
        EventLoop loop =
                loops.made(options -> options.withInterruptGrace(Duration.ZERO).withListener(slow), machine);
        loop.start();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            ignoreInterrupts(gate);
        });
        pass(busy);
        List<LoopFuture<?>> behind = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            behind.add(loop.enqueue(Lane.ACTIVE, () -> {}));
        }
        CompletableFuture<StopReport> stop = loop.forceStop();
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPING);
        gate.countDown();
        StopReport report = get(stop);
        assertThat(report.stuck()).isEmpty();
        assertThat(behind).allSatisfy(call -> assertThat(call.outcome()).isEqualTo(Outcome.STOPPED));
    }

    @Test
    void stackOfAStuckActiveThreadIsThatFromBeforeTheStopEndsWhatItWaitsFor() {
        for (int i = 0; i < 5; i++) {
            EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ZERO));
            LoopFuture<Integer> done = loop.next(() -> 1);
            get(done);
            CountDownLatch waits = new CountDownLatch(1);
            loop.enqueue(Lane.ACTIVE, () -> {
                CompletableFuture<Void> behind = CompletableFuture.allOf(done.thenApply(one -> one));
                waits.countDown();
                behind.join();
            });
            pass(waits);
            StopReport report = get(loop.forceStop());
            assertThat(report.stuck())
                    .singleElement()
                    .satisfies(stuck -> assertThat(stuck.stack())
                            .anySatisfy(element ->
                                    assertThat(element.getMethodName()).isEqualTo("join")));
        }
    }

    private void isInterrupted(EventLoop loop, CompletableFuture<?> endedByTheStop) {
        CountDownLatch isInterrupted = new CountDownLatch(1);
        CompletableFuture<?> attached = CompletableFuture.allOf(endedByTheStop).whenComplete((nothing, error) -> {
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                isInterrupted.countDown();
            }
        });
        get(loop.forceStop());
        pass(isInterrupted);
        Loops.awaitDone(attached);
    }

    @Test
    void codeAttachedToACallThatTheStopFindsInTheActiveLaneIsInterrupted() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(50)));
        CountDownLatch running = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            running.countDown();
            block(new CountDownLatch(1));
        });
        LoopFuture<?> queued = loop.enqueue(Lane.ACTIVE, () -> {});
        pass(running);
        isInterrupted(loop, queued);
    }

    @Test
    void codeAttachedToATimerThatTheStopEndsIsInterrupted() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(50)));
        isInterrupted(loop, loop.delay(LONG, () -> {}));
    }
}
