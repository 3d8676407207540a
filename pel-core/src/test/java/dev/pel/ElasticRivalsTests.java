package dev.pel;

import static dev.pel.Loops.get;
import static dev.pel.Loops.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Threads of an elastic lane that go to sleep, wake up, expire or recycle while another thread decides whether they are to be replaced, or
 * how many there are to be.
 */
class ElasticRivalsTests {
    private static final Executor OWN_THREAD = task -> {
        Thread thread = new Thread(task, "rival");
        thread.setDaemon(true); // it must not keep a failed run alive
        thread.start();
    };

    @RegisterExtension
    final Loops loops = new Loops();

    private final AtomicBoolean isOver = new AtomicBoolean();

    @AfterEach
    void end() {
        isOver.set(true);
    }

    private EventLoop loop(UnaryOperator<LaneOptions> passive) {
        return loops.started(options -> options.withPassive(passive));
    }

    private static PoolLane lane(EventLoop loop) {
        return ((PretendEventLoop) loop).loopRun().pool(Lane.PASSIVE);
    }

    private static ElasticThreads threads(EventLoop loop) {
        return (ElasticThreads) lane(loop).threads();
    }

    /** Asks again and again, as the watchdog does, whether the workers hang in an operation in which they never are. */
    private CompletableFuture<Void> doubtAll(EventLoop loop) {
        Call<?> other = (Call<?>) loop.work(() -> "other");
        return CompletableFuture.runAsync(
                () -> {
                    while (!isOver.get()) {
                        for (Worker worker : lane(loop).workers()) {
                            assertThat(threads(loop).replace(worker, other)).isFalse();
                        }
                    }
                },
                OWN_THREAD);
    }

    private static void runRounds(EventLoop loop, int rounds, int calls) {
        for (int round = 0; round < rounds; round++) {
            List<LoopFuture<Integer>> handles = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                handles.add(loop.next(() -> 1));
            }
            handles.forEach(Loops::get);
        }
    }

    @Test
    void laneKeepsItsSizeWhenThreadsRecycleWhileTheWatchdogDoubtsThem() {
        EventLoop loop = loop(passive -> passive.withThreads(4).withElastic(elastic -> elastic.withRecycleAfter(1)));
        CompletableFuture<Void> doubts = doubtAll(loop);
        get(CompletableFuture.runAsync(() -> runRounds(loop, 300, 16), OWN_THREAD));
        isOver.set(true);
        get(doubts);
        until(() -> lane(loop).workers().size() == 4);
        assertThat(lane(loop).alive()).isEqualTo(4);
        assertThat(loop.stats().lane(Lane.PASSIVE).pool().recycled()).isGreaterThan(100);
    }

    @Test
    void workerThatWakesUpWhileTheWatchdogDoubtsItSleepsAndWakesAsBefore() {
        EventLoop loop = loop(
                passive -> passive.withThreads(1).withElastic(elastic -> elastic.withHungAfter(Duration.ofHours(1))));
        CompletableFuture<Void> doubts = doubtAll(loop);
        get(CompletableFuture.runAsync(() -> runRounds(loop, 20_000, 1), OWN_THREAD));
        isOver.set(true);
        get(doubts);
        until(() -> lane(loop).wakeUp().asleep() == 1);
        assertThat(lane(loop).alive()).isEqualTo(1);
    }

    @Test
    void workerThatWakesUpInDoubtWaitsForTheDecisionAndGoesOn() {
        EventLoop loop = loop(
                passive -> passive.withThreads(1).withElastic(elastic -> elastic.withHungAfter(Duration.ofHours(1))));
        until(() -> lane(loop).wakeUp().asleep() == 1);
        Worker worker = lane(loop).workers().iterator().next();
        ReentrantLock lock = (ReentrantLock) threads(loop).bounds().lock();
        lock.lock();
        LoopFuture<Integer> call;
        try {
            worker.searcher().doubt(true);
            call = loop.next(() -> 1);
            until(() -> lock.hasQueuedThread(worker.thread()));
            worker.searcher().doubt(false);
        } finally {
            lock.unlock();
        }
        get(call);
        until(() -> lane(loop).isAsleep() && lane(loop).wakeUp().searcher() == 0);
        runRounds(loop, 3, 1);
        assertThat(lane(loop).alive()).isEqualTo(1);
    }

    /** The unpark that wakes the worker ends its park in the lock, so it is used up when the worker goes back to sleep. */
    @Test
    void workerThatIsWokenWhileItWaitsForTheDecisionWhetherItExpiresRunsTheCall() {
        EventLoop loop = loop(passive -> passive.withThreads(1, 2)
                .withElastic(
                        elastic -> elastic.withGrowAfter(Duration.ofMillis(1)).withKeepAlive(Duration.ofMillis(1))));
        List<CountDownLatch> gates = List.of(new CountDownLatch(1), new CountDownLatch(1));
        List<LoopFuture<Void>> running =
                gates.stream().map(gate -> loop.next(() -> Loops.block(gate))).toList();
        until(() -> loop.running(Lane.PASSIVE) == 2);
        ReentrantLock lock = (ReentrantLock) threads(loop).bounds().lock();
        LoopFuture<Integer> call;
        lock.lock();
        try {
            for (int i = 0;
                    i < 2;
                    i++) { // so that the last one which sleeps, and is woken first, comes last to the lock
                int waiting = i + 1;
                gates.get(i).countDown();
                get(running.get(i));
                until(() -> lock.getQueueLength() == waiting);
            }
            call = loop.next(() -> 1);
        } finally {
            lock.unlock();
        }
        get(call);
    }

    @Test
    void resizeOfAFixedLaneWaitsForAWorkerThatIsAboutToExpire() {
        EventLoop loop = loop(passive -> passive.withThreads(4).withElastic(elastic -> elastic.withRecycleAfter(100)));
        ReentrantLock lock = (ReentrantLock) threads(loop).bounds().lock();
        lock.lock();
        CompletableFuture<Void> resize = CompletableFuture.runAsync(() -> loop.resize(Lane.PASSIVE, 2), OWN_THREAD);
        try {
            until(() -> lock.hasQueuedThreads() || resize.isDone());
            assertThat(lane(loop).threads().size()).isEqualTo(4);
        } finally {
            lock.unlock();
        }
        get(resize);
        assertThat(lane(loop).threads().size()).isEqualTo(2);
        until(() -> lane(loop).workers().size() == 2);
    }
}
