package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Threads that wait for futures that pel cannot see through. */
class WaitDetectorTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final Logger logger = (Logger) LoggerFactory.getLogger(EventLoop.class);
    private final Queue<ILoggingEvent> logged = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event);
        }
    };

    @BeforeEach
    void capture() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void release() {
        logger.detachAppender(appender);
    }

    private List<String> lines(Level level, EventLoop loop) {
        String name = "'" + loop.options().name() + "'";
        return logged.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(name))
                .toList();
    }

    private void awaitWarning(EventLoop loop) {
        await().atMost(LONG).until(() -> !lines(Level.WARN, loop).isEmpty());
    }

    private EventLoop withThreads(int threads) {
        return loops.started(options ->
                options.withPassive(lane -> lane.withThreads(threads)).withWork(lane -> lane.withThreads(threads)));
    }

    private static long threadsOf(EventLoop loop, String lane) {
        return Loops.threadsOf(loop).stream()
                .filter(name -> name.contains("-" + lane + "-"))
                .count();
    }

    /** An operation that waits, in a way that pel cannot see, for two others of its lane. */
    private static int joinAllOfTwo(EventLoop loop, Lane lane) {
        CompletableFuture<Integer> x = submit(loop, lane);
        CompletableFuture<Integer> y = submit(loop, lane);
        CompletableFuture.allOf(x, y).join();
        return x.join() + y.join();
    }

    private static LoopFuture<Integer> submit(EventLoop loop, Lane lane) {
        return lane == Lane.WORK ? loop.work(() -> 1) : loop.next(() -> 1);
    }

    /** None begins before all are in the queue, so whatever they submit comes behind them. */
    private static List<LoopFuture<Integer>> allOfThemJoin(EventLoop loop, int operations) {
        CountDownLatch allAreQueued = new CountDownLatch(1);
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < operations; i++) {
            calls.add(loop.next(() -> {
                pass(allAreQueued);
                return joinAllOfTwo(loop, Lane.PASSIVE);
            }));
        }
        allAreQueued.countDown();
        return calls;
    }

    // ------------------------------------------------------------------ pools

    @ParameterizedTest
    @EnumSource(
            value = Lane.class,
            names = {"PASSIVE", "WORK"})
    void operationThatJoinsAPlainFutureOfCallsOfItsLaneEndsOnOneThread(Lane lane) {
        EventLoop loop = withThreads(1);
        LoopFuture<Integer> call = lane == Lane.WORK
                ? loop.work(() -> joinAllOfTwo(loop, lane))
                : loop.next(() -> joinAllOfTwo(loop, lane));
        assertThat(get(call)).isEqualTo(2);
        awaitWarning(loop); // the spare thread may have ended the call before the watch has written its line
        assertThat(lines(Level.WARN, loop))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("All 1 threads of lane " + lane + " of loop '")
                        .contains(
                                "wait for futures, for example in dev.pel.WaitDetectorTests.joinAllOfTwo(WaitDetectorTests.java:")
                        .contains("while 2 of its calls wait for a thread")
                        .contains("thenCompose"));
        assertThat(lines(Level.ERROR, loop)).isEmpty();
    }

    @Test
    void sixtyFourOfTheseOnSixtyFourThreadsEnd() {
        EventLoop loop = withThreads(64);
        allOfThemJoin(loop, 64).forEach(call -> assertThat(get(call)).isEqualTo(2));
        awaitWarning(loop);
        assertThat(lines(Level.WARN, loop)).hasSize(1);
    }

    @Test
    void laneGetsAsManySpareThreadsAsItNeedsAndGivesThemBack() {
        EventLoop loop = withThreads(2);
        allOfThemJoin(loop, 40).forEach(call -> assertThat(get(call)).isEqualTo(2));
        awaitWarning(loop);
        assertThat(lines(Level.WARN, loop)).hasSize(1);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(threadsOf(loop, "passive")).isEqualTo(2));
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(2);
    }

    @Test
    void operationThatJoinsWhatRunsOnTheExecutorOfItsLaneEnds() {
        EventLoop loop = withThreads(1);
        assertThat(get(loop.next(() -> CompletableFuture.supplyAsync(() -> 3, loop.executor(Lane.PASSIVE))
                        .join())))
                .isEqualTo(3);
        assertThat(get(loop.next(() -> {
                    FutureTask<Integer> task = new FutureTask<>(() -> 4);
                    loop.executor(Lane.PASSIVE).execute(task);
                    return task.get();
                })))
                .isEqualTo(4);
    }

    @Test
    void twoLoopsThatWaitForEachOtherEnd() {
        EventLoop one = withThreads(1);
        EventLoop other = withThreads(1);
        CountDownLatch bothRun = new CountDownLatch(2);
        LoopFuture<Integer> here = one.next(() -> {
            bothRun.countDown();
            pass(bothRun);
            return 1 + other.next(() -> 1).join();
        });
        LoopFuture<Integer> there = other.next(() -> {
            bothRun.countDown();
            pass(bothRun);
            return 2 + one.next(() -> 1).join();
        });
        assertThat(get(here)).isEqualTo(2);
        assertThat(get(there)).isEqualTo(3);
    }

    @Test
    void virtualThreadsThatWaitForEachOtherEnd() {
        assumeThat(JdkMachine.hasVirtualThreads()).isTrue();
        EventLoop loop = loops.started(options ->
                options.withPassive(lane -> lane.withKind(ThreadKind.VIRTUAL).withThreads(8)));
        allOfThemJoin(loop, 20).forEach(call -> assertThat(get(call)).isEqualTo(2));
    }

    @Test
    void laneThatCanHaveNoSpareThreadIsReportedOnce() {
        EventLoop loop = loops.made(
                options -> options.withPassive(lane -> lane.withThreads(1)).withWork(lane -> lane.withThreads(1)),
                new Poor(4));
        loop.start();
        CompletableFuture<Integer> others = new CompletableFuture<>();
        LoopFuture<Integer> call = loop.next(others::join);
        LoopFuture<Integer> behind = loop.next(() -> 2);
        await().atMost(LONG).until(() -> !lines(Level.ERROR, loop).isEmpty());
        await().atMost(LONG).until(() -> retries() >= 2);
        others.complete(1);
        assertThat(get(call)).isEqualTo(1);
        assertThat(get(behind)).isEqualTo(2);
        assertThat(lines(Level.ERROR, loop))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("It can have no further spare thread, of which there are at most 256")
                        .contains("the lane stands still"));
        assertThat(lines(Level.WARN, loop)).isEmpty();
    }

    private long retries() {
        return logged.stream()
                .filter(event -> event.getFormattedMessage().contains("could not start a spare thread"))
                .count();
    }

    /** A machine that starts so many threads and no more. */
    private static final class Poor extends ForwardingMachine {
        private int startsLeft;

        Poor(int starts) {
            this.startsLeft = starts;
        }

        @Override
        public void start(Thread thread) {
            if (--startsLeft < 0) {
                throw new OutOfMemoryError("unable to create native thread: the test's fault");
            }
            super.start(thread);
        }
    }

    // ------------------------------------------------------------------ looks made by hand

    private final ManualMachine machine = new ManualMachine();

    private LoopRun withOneThreadEach() {
        machine.started.clear();
        return machine.running(EventLoopOptions.defaults()
                .withPassive(lane -> lane.withThreads(1))
                .withWork(lane -> lane.withThreads(1)));
    }

    /** A lane with one thread, whose operation makes looks; whether the lane gets a second thread by that. */
    private boolean getsSpareThread(int queued, Object blocker, Runnable betweenLooks) {
        LoopRun run = withOneThreadEach();
        PoolLane lane = run.pool(Lane.PASSIVE);
        WaitDetector detector = new WaitDetector(run, run.pools());
        lane.grow();
        Task looking = () -> {
            machine.blocker = blocker;
            for (int look = 0; look < 4; look++) {
                assertThat(detector.step(machine.clock)).isPositive();
                machine.clock += WaitDetector.BEAT;
                betweenLooks.run();
            }
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        };
        run.submissions.submit(Lane.PASSIVE, looking, null, null, null);
        for (int i = 0; i < queued; i++) {
            run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
        }
        ((Worker) machine.started.get(0)).run();
        return machine.started.size() > 1;
    }

    @Test
    void laneWhoseOnlyThreadWaitsForAFutureGetsAnotherOneWhenCallsWait() {
        assertThat(getsSpareThread(1, new FutureTask<>(() -> 1), () -> {})).isTrue();
    }

    @Test
    void laneWithoutCallsThatWaitGetsNoSpareThread() {
        assertThat(getsSpareThread(0, new FutureTask<>(() -> 1), () -> {})).isFalse();
    }

    @Test
    void laneWhoseThreadWaitsForSomethingElseGetsNoSpareThread() {
        assertThat(getsSpareThread(1, new CountDownLatch(1), () -> {})).isFalse();
        assertThat(getsSpareThread(1, null, () -> {})).isFalse();
    }

    @Test
    void laneWhoseOperationsReturnGetsNoSpareThread() {
        assertThat(getsSpareThread(
                        1,
                        new FutureTask<>(() -> 1),
                        () -> machine.loop().pool(Lane.PASSIVE).counters().ended(Outcome.SUCCEEDED)))
                .isFalse();
    }

    @Test
    void laneWithASpareThreadIsLookedAtLessAndLessOftenWhileOperationsReturn() {
        LoopRun run = withOneThreadEach();
        PoolLane lane = run.pool(Lane.PASSIVE);
        WaitDetector detector = new WaitDetector(run, run.pools());
        List<Long> pauses = new ArrayList<>();
        lane.grow();
        Task onTheSpareThread = () -> {
            for (int look = 0; look < 8; look++) {
                lane.counters().ended(Outcome.SUCCEEDED); // on other threads
                pauses.add(detector.step(machine.clock));
                machine.clock += pauses.get(look);
            }
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        };
        Task waiting = () -> {
            machine.blocker = new FutureTask<>(() -> 1);
            lookTwice(detector);
            ((Worker) machine.started.get(1)).run();
        };
        for (Task operation : List.<Task>of(waiting, onTheSpareThread, () -> {})) {
            run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
        }
        ((Worker) machine.started.get(0)).run();
        assertThat(pauses).isSorted().endsWith(WaitDetector.BEAT);
    }

    // ------------------------------------------------------------------ the active thread

    @Test
    void activeThreadThatWaitsForAFutureIsReportedOnceWithItsStack() {
        EventLoop loop = withThreads(1);
        CompletableFuture<Integer> others = new CompletableFuture<>();
        LoopFuture<?> body = loop.call("waits").next(() -> 1, one -> waitInABody(others));
        awaitWarning(loop);
        others.complete(1);
        get(body);
        assertThat(lines(Level.WARN, loop))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("The active thread of loop '"
                                + loop.options().name() + "' waits for a future in 'waits': ")
                        .contains("future.whenComplete(")
                        .contains("\n    at dev.pel.WaitDetectorTests.waitInABody(WaitDetectorTests.java:"));
    }

    private static void waitInABody(CompletableFuture<?> future) {
        future.join();
    }

    @Test
    void activeThreadThatWaitsInBodyAfterBodyIsReportedOnceInFullAndThenCounted() {
        LoopRun run = machine.running();
        WaitDetector detector = new WaitDetector(run, run.pools());
        run.threads.active(Thread.currentThread());
        Task body = () -> {
            machine.blocker = new FutureTask<>(() -> 1);
            lookTwice(detector);
        };
        for (int i = 0; i < 6; i++) {
            run.submissions.submit(Lane.ACTIVE, body, null, null, null);
        }
        machine.onLongSleep.add(() -> {
            machine.clock += RepeatedWaitLog.INTERVAL;
            run.submissions.submit(Lane.ACTIVE, body, null, null, null);
        });
        machine.onLongSleep.add(() -> {
            run.submissions.submit(Lane.ACTIVE, body, null, null, null);
            run.submissions.submit(
                    Lane.ACTIVE,
                    (Task) () -> run.state.change(LoopState.RUNNING, LoopState.STOPPING),
                    null,
                    null,
                    null);
        });
        run.state.reach(StopPhase.SWEPT);
        run.activeThread.run();
        assertThat(warnings("active thread of loop 'pel'")).hasSize(2);
        detector.tellRest();
        assertThat(warnings("active thread of loop 'pel'"))
                .hasSize(3)
                .satisfies(first -> assertThat(first).contains("\n    at "), atIndex(0))
                .satisfies(
                        second -> assertThat(second)
                                .contains("has waited for futures 5 more time(s) since this was last said")
                                .doesNotContain("\n"),
                        atIndex(1))
                .satisfies(third -> assertThat(third).contains(" 2 more time(s) "), atIndex(2));
    }

    private void lookTwice(WaitDetector detector) {
        for (int look = 0; look < 3; look++) {
            detector.step(machine.clock);
            machine.clock += WaitDetector.BEAT;
        }
    }

    private List<String> warnings(String text) {
        return logged.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(text))
                .toList();
    }

    @Test
    void laneWhoseThreadsWaitAgainAndAgainIsReportedOnceInFullAndThenCounted() {
        EventLoop loop = withThreads(1);
        for (int round = 0; round < 4; round++) {
            assertThat(get(loop.next(() -> joinAllOfTwo(loop, Lane.PASSIVE)))).isEqualTo(2);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(threadsOf(loop, "passive")).isEqualTo(1));
        }
        assertThat(lines(Level.WARN, loop)).hasSizeBetween(1, 3);
        get(loop.stop(LONG));
        assertThat(lines(Level.WARN, loop))
                .filteredOn(line -> line.startsWith("All 1 threads of lane PASSIVE of loop"))
                .hasSize(1);
        long later = lines(Level.WARN, loop).stream()
                .filter(line -> line.startsWith("Lane PASSIVE of loop"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*got spare threads (\\d+) more.*", "$1")))
                .sum();
        assertThat(later).isEqualTo(3);
    }
}
