package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.CallStoppedException;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of those who wait for commands of executor views that a stop cuts off: six commands, one of which runs. */
class CutOffCommandsTests {
    private static final int COMMANDS = 6;

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final Set<Boolean> onActive = ConcurrentHashMap.newKeySet();

    private EventLoop loop(UnaryOperator<EventLoopOptions> change) {
        EventLoop[] made = new EventLoop[1];
        made[0] = loops.made(options -> change.apply(options.withCallSiteInterval(Duration.ZERO)
                .withPassive(lane -> lane.withThreads(1))
                .withWork(lane -> lane.withThreads(1))
                .withErrorHandler(failure -> {
                    onActive.add(made[0].onActiveThread());
                    failures.add(failure);
                })));
        made[0].start();
        return made[0];
    }

    private List<String> lines() {
        return log.with("that could be cancelled");
    }

    /** Runs until the latch is opened, whoever interrupts it. */
    private static Runnable stubborn(CountDownLatch running, CountDownLatch gate) {
        return () -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
        };
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void futureTasksThatWaitOrRunAreCancelled(Lane lane) {
        EventLoop loop = loop(options -> options.withInterruptGrace(Duration.ofMillis(100)));
        Executor view = loop.executor(lane);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        List<FutureTask<?>> tasks = new ArrayList<>();
        tasks.add(new FutureTask<>(stubborn(running, gate), null));
        for (int i = 1; i < COMMANDS; i++) {
            tasks.add(new FutureTask<>(() -> {}, null));
        }
        tasks.forEach(view::execute);
        pass(running);
        StopReport report = get(loop.forceStop());
        tasks.forEach(Loops::awaitDone);
        assertThat(tasks).allMatch(FutureTask::isCancelled);
        assertThat(report.stuck()).hasSize(1);
        gate.countDown();
        assertThat(failures).isEmpty();
        assertThat(lines()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void futureTaskThatHeedsTheInterruptEndsToo(Lane lane) {
        EventLoop loop = loop(options -> options);
        CountDownLatch running = new CountDownLatch(1);
        FutureTask<?> task = new FutureTask<>(() -> {
            running.countDown();
            Loops.block(new CountDownLatch(1));
            return null;
        });
        loop.executor(lane).execute(task);
        pass(running);
        assertThat(get(loop.forceStop()).stuck()).isEmpty();
        Loops.awaitDone(task);
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void tasksOfSupplyAsyncAreToldToTheHandlerAndTheLogByNumberAndSite(Lane lane) {
        EventLoop loop = loop(options -> options);
        Executor view = loop.executor(lane);
        CountDownLatch running = new CountDownLatch(1);
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        futures.add(CompletableFuture.supplyAsync(
                () -> {
                    running.countDown();
                    pass(new CountDownLatch(1));
                    return 1;
                },
                view));
        for (int i = 1; i < COMMANDS; i++) {
            futures.add(CompletableFuture.supplyAsync(() -> 1, view));
        }
        pass(running);
        get(loop.forceStop());
        // the one that ran is interrupted: in a pool it is cut off, on the active thread it comes back and ends by
        // itself
        int cutOff = lane == Lane.ACTIVE ? COMMANDS - 1 : COMMANDS;
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.error())
                    .isInstanceOf(CallStoppedException.class)
                    .hasMessageContaining("stopped before %d command(s) of its executor(%s)".formatted(cutOff, lane))
                    .hasMessageContaining("submitted at " + CutOffCommandsTests.class.getName());
            assertThat(failure.lane()).isEqualTo(lane);
            assertThat(failure.submissionSite().getClassName()).isEqualTo(CutOffCommandsTests.class.getName());
            assertThat(failure.age()).isBetween(Duration.ZERO, LONG);
        });
        assertThat(onActive).containsExactly(true);
        assertThat(lines()).singleElement().asString().contains(cutOff + " command(s)");
        assertThat(loop.stats().unhandled()).isEqualTo(1);
    }

    @Test
    void lostActiveThreadLeavesTheLogAlone() {
        EventLoop loop = loop(options -> options.withInterruptGrace(Duration.ofMillis(50)));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Void> first = CompletableFuture.runAsync(stubborn(running, gate), loop.executor(Lane.ACTIVE));
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {}, loop.executor(Lane.ACTIVE));
        pass(running);
        get(loop.forceStop());
        assertThat(lines()).singleElement().asString().contains("before 2 command(s) of its executor(ACTIVE)");
        assertThat(failures).isEmpty();
        assertThat(List.of(first, second)).noneMatch(CompletableFuture::isDone);
        gate.countDown();
        Loops.until(() -> Loops.threadsOf(loop).stream().noneMatch(name -> name.endsWith("-active")));
        assertThat(failures).as("when it comes back").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    @Tag("slow")
    void whatACancelledTaskDoesRunsOnNoThreadOfTheEngineAndKillsNothing(Lane lane) {
        EventLoop loop = loop(options -> options.withInterruptGrace(Duration.ofMillis(100)));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        List<String> threads = new CopyOnWriteArrayList<>();
        loop.executor(lane).execute(stubborn(running, gate));
        for (int i = 1; i < COMMANDS; i++) {
            loop.executor(lane).execute(new FutureTask<Void>(() -> {}, null) {
                @Override
                protected void done() {
                    threads.add(Thread.currentThread().getName());
                    throw new IllegalStateException("of done()");
                }
            });
        }
        pass(running);
        get(loop.forceStop());
        await().atMost(LONG).until(() -> threads.size() == COMMANDS - 1);
        assertThat(threads).noneMatch(name -> name.endsWith("-watch")).noneMatch(name -> name.endsWith("-active"));
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        await().atMost(LONG).until(() -> log.tracesOf("failed while the stop of its loop cancelled it") == 1);
        gate.countDown();
    }

    @Test
    void dependentsOnAnotherLaneEndByThemselvesAndAreNotTold() {
        EventLoop loop = loop(options -> options);
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> blocked = loop.next(() -> 1)
                .thenAcceptAsync(
                        one -> {
                            running.countDown();
                            pass(new CountDownLatch(1));
                        },
                        loop.executor(Lane.WORK));
        pass(running);
        LoopFuture<?> waiting = loop.next(() -> 1).thenAcceptAsync(one -> {}, loop.executor(Lane.WORK));
        await().atMost(LONG).until(() -> loop.size(Lane.WORK) == 1);
        get(loop.forceStop());
        assertThat(List.of(blocked, waiting)).allMatch(LoopFuture::isDone);
        assertThat(lines()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void drainThatEndsAllCommandsTellsNothing(Lane lane) {
        EventLoop loop = loop(options -> options);
        FutureTask<Integer> task = new FutureTask<>(() -> 1);
        loop.executor(lane).execute(task);
        CompletableFuture<Integer> supplied = CompletableFuture.supplyAsync(() -> 2, loop.executor(lane));
        get(loop.stop(LONG));
        assertThat(get(task)).isEqualTo(1);
        assertThat(get(supplied)).isEqualTo(2);
        assertThat(failures).isEmpty();
        assertThat(log.with("")).isEmpty();
    }
}
