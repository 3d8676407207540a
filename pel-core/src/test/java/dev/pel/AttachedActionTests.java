package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is attached to a handle always comes to an end, and whoever attached it is told. */
class AttachedActionTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    // ------------------------------------------------------------------ a full lane

    @Test
    void actionOfACallThatSucceededRunsAlsoWhileTheActiveLaneIsFull() {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(2)));
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            blocked.countDown();
            Loops.pass(release);
        });
        Loops.pass(blocked);
        loop.enqueue(Lane.ACTIVE, () -> {});
        loop.enqueue(Lane.ACTIVE, () -> {});
        assertThat(loop.isFull(Lane.ACTIVE)).isTrue();
        List<LoopFuture<Integer>> dependents = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            dependents.add(done.whenComplete((value, error) -> {}));
        }
        assertThat(loop.size(Lane.ACTIVE)).isEqualTo(12);
        release.countDown();
        assertThat(dependents)
                .allSatisfy(dependent -> assertThat(get(dependent)).isEqualTo(1));
    }

    @Test
    void actionOfACallThatWasRefusedRunsOnTheActiveThread() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1)));
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        loop.next(() -> {
            blocked.countDown();
            Loops.pass(release);
        });
        Loops.pass(blocked);
        loop.next(() -> {});
        LoopFuture<Integer> refused = loop.next(() -> 1);
        assertThat(refused.outcome()).isEqualTo(Outcome.REJECTED);
        LoopFuture<Boolean> told = refused.handle((value, error) -> loop.onActiveThread());
        assertThat((boolean) get(told)).isTrue();
        release.countDown();
    }

    @Test
    void burstFromOutsideLosesNoAction() {
        EventLoop loop = loops.started();
        int calls = 50_000;
        AtomicInteger told = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(calls);
        for (int i = 0; i < calls; i++) {
            loop.next(() -> 1).whenComplete((value, error) -> {
                told.incrementAndGet();
                all.countDown();
            });
        }
        Loops.pass(all);
        assertThat(told).hasValue(calls);
    }

    // ------------------------------------------------------------------ no active thread

    @Test
    void actionsAttachedAfterTheStopRunOneAtATimeOnACompletionThread() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        AtomicInteger inside = new AtomicInteger();
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        List<LoopFuture<Integer>> dependents = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            dependents.add(done.thenApply(one -> {
                seen.add(Thread.currentThread().getName() + loop.onActiveThread() + inside.incrementAndGet());
                inside.decrementAndGet();
                return one + 1;
            }));
        }
        assertThat(dependents)
                .allSatisfy(dependent -> assertThat(get(dependent)).isEqualTo(2));
        assertThat(seen).containsOnly(loop.options().name() + "-completionfalse1");
    }

    @Test
    void actionsThatComeOneByOneAfterTheStopShareAThread() {
        AtomicInteger made = new AtomicInteger();
        EventLoop loop = loops.made(options -> options, new JdkMachine(body -> {
            Thread thread = new Thread(body, "made" + made.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        }));
        loop.start();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        int before = made.get();
        for (int i = 0; i < 2_000; i++) {
            assertThat((int) get(done.thenApply(one -> one + 1))).isEqualTo(2);
        }
        assertThat(made.get() - before).isLessThan(50); // more than one only where a pause was longer than a second
    }

    @Test
    void actionThatTakesSomeTimeAfterTheStopRunsAlone() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        List<LoopFuture<Void>> actions = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            actions.add(done.thenAccept(one -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                try {
                    never.await(200, TimeUnit.MILLISECONDS); // longer than a completion may take
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                inside.decrementAndGet();
            }));
        }
        actions.forEach(Loops::get);
        assertThat(most).hasValue(1);
    }

    @Test
    void actionRunsBesideOneThatHasNotReturnedForASecondAndTheLogSaysSo() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        CountDownLatch release = new CountDownLatch(1);
        LoopFuture<Void> stuck = done.thenRun(() -> Loops.pass(release));
        assertThat((boolean) get(done.thenApply(one -> stuck.isDone()))).isFalse();
        release.countDown();
        get(stuck);
        assertThat(log.with("loop '" + loop.options().name() + "', which has no active thread"))
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("has not returned for a second; the next action runs beside it");
    }

    @Test
    void bridgesAreToldOfCallsThatAStoppedLoopRefused() {
        EventLoop loop = loops.started();
        get(loop.stop(LONG));
        CompletableFuture<Outcome> bridge = new CompletableFuture<>();
        LoopFuture<Integer> refused = loop.next(() -> 1);
        refused.whenComplete((value, error) -> bridge.complete(refused.outcome()));
        assertThat(get(bridge)).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void actionAttachedAfterTheStopRunsOnTheExecutorItWasGiven() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        get(done.thenAcceptAsync(one -> seen.add(Thread.currentThread().getName()), command -> {
            Thread other = new Thread(command, "somebody else's");
            other.start();
        }));
        assertThat(seen).containsExactly("somebody else's");
    }

    @Test
    void actionAttachedToAnEarlierRunRunsOnTheActiveThreadOfThePresentOne() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        loop.start();
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // the active thread has begun
        LoopFuture<Boolean> told = done.thenApply(one -> loop.onActiveThread());
        assertThat((boolean) get(told)).isTrue();
    }

    @Test
    void newRunWaitsForAnActionThatRunsOnACompletionThread() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LoopFuture<Void> action = done.thenAccept(one -> {
            begun.countDown();
            Loops.pass(release);
        });
        Loops.pass(begun);
        loop.start();
        LoopFuture<?> body = loop.enqueue(Lane.ACTIVE, () -> assertThat(action).isDone());
        await().atMost(LONG)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(
                                thread -> thread.getName().equals(loop.options().name() + "-active")
                                        && LockSupport.getBlocker(thread) instanceof LateActions));
        assertThat(body).isNotDone();
        release.countDown();
        get(body);
        assertThat(body.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void actionThatTheStopFindsWaitingBehindAStuckBodyRunsAllTheSame() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(10)));
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            ignoreInterrupts(release);
        });
        Loops.pass(stuck);
        LoopFuture<Integer> dependent = done.thenApply(one -> one + 1);
        StopReport report = get(loop.stop(Duration.ZERO));
        assertThat(report.stuck()).hasSize(1);
        assertThat(get(dependent)).isEqualTo(2);
        release.countDown();
    }

    @Test
    void actionThatTheActiveThreadHasTakenWhenTheStopCutsOffRunsAllTheSame() {
        CompletableFuture<EventLoop> itself = new CompletableFuture<>();
        EventLoopListener stopsBeforeTheAction = new EventLoopListener() {
            @Override
            public void started(CallInfo call, Lane lane, long waitingNanos) {
                if (lane == Lane.ACTIVE) {
                    itself.join().forceStop();
                    try {
                        new CountDownLatch(1).await(); // for the interrupt: the stop has looked at what runs
                    } catch (InterruptedException e) {
                        // so the action comes after that
                    }
                }
            }
        };
        EventLoop loop = loops.started(options -> options.withListener(stopsBeforeTheAction));
        itself.complete(loop);
        CompletableFuture<Integer> bridge = new CompletableFuture<>();
        LoopFuture<Integer> call = loop.next(() -> 1);
        call.whenComplete((value, error) -> bridge.complete(value));
        assertThat(get(bridge)).isEqualTo(1);
    }

    @Test
    void bodyOfAPairThatTheStopFindsWaitingBehindAStuckBodyDoesNotRun() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(10)));
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            stuck.countDown();
            ignoreInterrupts(release);
        });
        Loops.pass(stuck);
        AtomicInteger ran = new AtomicInteger();
        LoopFuture<?> pair = loop.next(() -> 1, () -> 2, (one, two) -> ran.incrementAndGet());
        await().atMost(LONG).until(() -> loop.stats().lane(Lane.PASSIVE).ended(Outcome.SUCCEEDED) == 2);
        get(loop.stop(Duration.ZERO));
        Loops.awaitDone(pair);
        assertThat(pair.outcome()).isEqualTo(Outcome.STOPPED);
        release.countDown();
        assertThat(ran).hasValue(0);
    }

    private static void ignoreInterrupts(CountDownLatch release) {
        boolean free = false;
        while (!free) {
            try {
                release.await();
                free = true;
            } catch (InterruptedException e) {
                // it is stuck on purpose
            }
        }
    }

    @Test
    void chainOfALoopThatStopsIsToldThatItHasStopped() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> first = loop.next(() -> {
            running.countDown();
            Loops.pass(new CountDownLatch(1));
        });
        Loops.pass(running);
        List<CompletableFuture<Outcome>> bridges = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            LoopFuture<?> waiting = loop.next(() -> {});
            CompletableFuture<Outcome> bridge = new CompletableFuture<>();
            bridges.add(bridge);
            waiting.whenComplete((value, error) -> bridge.complete(waiting.outcome()));
        }
        get(loop.forceStop());
        assertThat(bridges).allSatisfy(bridge -> assertThat(get(bridge)).isEqualTo(Outcome.STOPPED));
        assertThat(first.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void failureOfAnActionThatRunsAfterTheStopEndsItsHandle() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        LoopFuture<Void> dependent = done.thenAccept(one -> {
            throw new IllegalStateException("on purpose");
        });
        assertThat(Loops.failureOf(dependent)).hasMessage("on purpose");
        assertThat(dependent.error()).isInstanceOf(CompletionException.class);
    }

    // ------------------------------------------------------------------ few threads

    /** A loop that counts the threads it starts, and whose only passive thread is busy for good. */
    private EventLoop busyLoop(AtomicInteger started) {
        EventLoop loop = loops.started(options -> options.withPassive(
                        passive -> passive.withThreads(1).withCapacity(20_000))
                .withThreadFactory(body -> {
                    Thread thread = new Thread(body, options.name() + "-" + started.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                }));
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            Loops.pass(new CountDownLatch(1));
        });
        Loops.pass(running);
        return loop;
    }

    @Test
    void tenThousandTimeoutsStartAtMostThreeThreadsMore() {
        AtomicInteger started = new AtomicInteger();
        EventLoop loop = busyLoop(started);
        int before = started.get();
        List<CompletableFuture<?>> foreign = new ArrayList<>();
        List<LoopFuture<?>> own = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            LoopFuture<Integer> call =
                    loop.call("late").timeout(Duration.ofMillis(1 + i % 300)).next(() -> 1);
            own.add(call.handle((value, error) -> error));
            foreign.add(CompletableFuture.allOf(call));
        }
        assertThat(own).allSatisfy(handle -> assertThat((Object) get(handle)).isInstanceOf(CallTimeoutException.class));
        assertThat(foreign)
                .allSatisfy(future -> assertThat(
                                (Object) future.handle((value, error) -> error).join())
                        .isNotNull());
        assertThat(started.get() - before).isLessThanOrEqualTo(3);
    }

    @Test
    void timeoutsWithNothingButDependentsOfPelStartNoThread() {
        AtomicInteger started = new AtomicInteger();
        EventLoop loop = busyLoop(started);
        int before = started.get();
        List<LoopFuture<?>> dependents = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            LoopFuture<Integer> call =
                    loop.call("late").timeout(Duration.ofMillis(1)).next(() -> 1);
            dependents.add(call.exceptionally(error -> 2));
            dependents.add(
                    call.thenCombine(dependents.get(0), (one, other) -> 1).exceptionally(error -> 2));
            dependents.add(call.thenCompose(one -> loop.next(() -> 1)).exceptionally(error -> 2));
        }
        dependents.forEach(Loops::get);
        assertThat(started.get()).isEqualTo(before);
    }

    // ------------------------------------------------------------------ force-stop

    @Test
    void forceStopOfAFullLaneWithForeignDependentsEndsEverything() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(4)));
        List<CompletableFuture<?>> foreign = new ArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 10_000; i++) {
            LoopFuture<?> call = loop.next(() -> never.await());
            foreign.add(CompletableFuture.anyOf(call));
            foreign.add(call.handle((value, error) -> null));
        }
        StopReport report = get(loop.forceStop());
        assertThat(report.stuck()).isEmpty();
        assertThat(foreign)
                .allSatisfy(
                        future -> assertThat(future.handle((v, e) -> 1).join()).isEqualTo(1));
        LoopStats stats = loop.stats();
        assertThat(stats.queued()).isZero();
        assertThat(stats.running()).isZero();
    }
}
