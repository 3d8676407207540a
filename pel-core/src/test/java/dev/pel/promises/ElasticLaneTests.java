package dev.pel.promises;

import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static dev.pel.Loops.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.ElasticOptions;
import dev.pel.EventLoop;
import dev.pel.ForwardingMachine;
import dev.pel.InvalidOptionException;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A passive lane whose number of threads follows the load, or whose threads are replaced after many operations. */
class ElasticLaneTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void open() {
        gate.countDown();
    }

    private EventLoop elastic(int min, int max) {
        return elastic(min, max, elastic -> elastic);
    }

    private EventLoop elastic(int min, int max, UnaryOperator<ElasticOptions> change) {
        return loops.started(options ->
                options.withPassive(passive -> passive.withThreads(min, max).withElastic(change)));
    }

    private static LaneStats passive(EventLoop loop) {
        return loop.stats().lane(Lane.PASSIVE);
    }

    private static long threadsOf(EventLoop loop) {
        return Loops.threadsOf(loop).stream()
                .filter(name -> name.contains("-passive-"))
                .count();
    }

    @Test
    void laneBeginsWithItsSmallestNumberOfThreads() {
        EventLoop loop = elastic(2, 5, elastic -> elastic.withGrowAfter(Duration.ofHours(1)));
        get(loop.next(() -> 1));
        assertThat(passive(loop).threads()).isEqualTo(2);
        assertThat(threadsOf(loop)).isEqualTo(2);
        assertThat(passive(loop).pool().min()).isEqualTo(2);
        assertThat(passive(loop).pool().max()).isEqualTo(5);
    }

    @Test
    void callThatWaitsGetsAThreadOfItsOwn() {
        EventLoop loop = elastic(1, 2);
        Loops.occupy(loop, gate);
        assertThat(get(loop.next(() -> "ran"))).isEqualTo("ran");
        assertThat(passive(loop).threads()).isEqualTo(2);
    }

    @Test
    void laneGrowsToItsLargestNumberOfThreadsAndNotBeyond() {
        EventLoop loop = elastic(1, 3, elastic -> elastic.withGrowAfter(Duration.ofMillis(1)));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<LoopFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(loop.next(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.sleep(2);
                running.decrementAndGet();
            }));
        }
        calls.forEach(Loops::get);
        assertThat(most).hasValue(3);
        assertThat(threadsOf(loop)).isEqualTo(3);
    }

    @Test
    void threadsThatAreIdleForLongEnd() {
        EventLoop loop = elastic(1, 4, elastic -> elastic.withKeepAlive(Duration.ofMillis(20)));
        List<LoopFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(loop.next(() -> pass(gate)));
        }
        until(() -> passive(loop).running() == 4);
        gate.countDown();
        calls.forEach(Loops::get);
        until(() -> passive(loop).threads() == 1 && threadsOf(loop) == 1);
        assertThat(get(loop.next(() -> "still there"))).isEqualTo("still there");
    }

    @Test
    void laneThatHasShrunkGrowsAgain() {
        EventLoop loop = elastic(1, 2, elastic -> elastic.withKeepAlive(Duration.ofMillis(5)));
        for (int i = 0; i < 3; i++) {
            CountDownLatch both = new CountDownLatch(2);
            LoopFuture<Void> one = loop.next(() -> {
                both.countDown();
                pass(both);
            });
            LoopFuture<Void> other = loop.next(() -> {
                both.countDown();
                pass(both);
            });
            get(one);
            get(other);
            until(() -> threadsOf(loop) == 1);
        }
    }

    @Test
    void threadThatCannotBeStartedIsTriedAgain() {
        AtomicInteger refusals = new AtomicInteger(-1_000_000);
        EventLoop loop = loops.made(
                options -> options.withPassive(passive -> passive.withThreads(1, 2)), new ForwardingMachine() {
                    @Override
                    public void start(Thread thread) {
                        if (refusals.decrementAndGet() >= 0) {
                            throw new OutOfMemoryError("no more threads");
                        }
                        super.start(thread);
                    }
                });
        loop.start();
        refusals.set(3);
        Loops.occupy(loop, gate);
        assertThat(get(loop.next(() -> "ran"))).isEqualTo("ran");
        assertThat(refusals.get()).isNegative();
        assertThat(log.with("could not start another thread")).hasSize(1);
        assertThat(passive(loop).threads()).isEqualTo(2);
    }

    // ------------------------------------------------------------------ resize

    @Test
    void resizeOfAnElasticLaneChangesItsLargestNumberOfThreads() {
        EventLoop loop = elastic(1, 2);
        loop.resize(Lane.PASSIVE, 4);
        assertThat(passive(loop).threads()).isEqualTo(1);
        List<LoopFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(loop.next(() -> pass(gate)));
        }
        until(() -> passive(loop).running() == 4);
        loop.resize(Lane.PASSIVE, 1);
        assertThat(passive(loop).threads()).isEqualTo(1);
        gate.countDown();
        calls.forEach(Loops::get);
        until(() -> threadsOf(loop) == 1);
    }

    @Test
    void resizeBelowTheSmallestNumberIsRefused() {
        EventLoop loop = elastic(3, 5);
        assertThatThrownBy(() -> loop.resize(Lane.PASSIVE, 2))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage("'threads' must be at least 'min threads', which is 3, but was 2");
        assertThat(passive(loop).pool().max()).isEqualTo(5);
    }

    @Test
    void resizeOfALaneWithAFixedNumberChangesThatAlsoWhereThreadsAreReplaced() {
        EventLoop loop = loops.started(options -> options.withPassive(
                passive -> passive.withThreads(2).withElastic(elastic -> elastic.withRecycleAfter(100))));
        loop.resize(Lane.PASSIVE, 3);
        assertThat(threadsOf(loop)).isEqualTo(3);
        loop.resize(Lane.PASSIVE, 1);
        until(() -> threadsOf(loop) == 1);
        assertThat(passive(loop).pool()).isEqualTo(new LaneStats.PoolStats(1, 1, List.of(), 0, 0));
    }

    // ------------------------------------------------------------------ recycling

    private EventLoop recycling(int operations) {
        return loops.started(options -> options.withPassive(
                passive -> passive.withThreads(1).withElastic(elastic -> elastic.withRecycleAfter(operations))));
    }

    @Test
    void threadIsReplacedAfterItsOperations() {
        EventLoop loop = recycling(3);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            threads.add(get(loop.next(Thread::currentThread)));
        }
        assertThat(threads.stream().distinct()).hasSize(3);
        assertThat(threads.subList(0, 3)).containsOnly(threads.get(0));
        assertThat(threads.subList(3, 6)).containsOnly(threads.get(3));
        until(() -> passive(loop).pool().recycled() == 2);
        assertThat(passive(loop).threads()).isEqualTo(1);
    }

    @Test
    void whatAnOperationLeavesInAThreadLocalIsGoneWithItsThread() {
        EventLoop loop = recycling(1);
        ThreadLocal<String> left = new ThreadLocal<>();
        get(loop.next(() -> left.set("a big buffer")));
        assertThat(get(loop.next(() -> String.valueOf(left.get())))).isEqualTo("null");
    }

    @Test
    void operationsWhoseCallsHaveEndedCountAsWell() {
        EventLoop loop = recycling(1);
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger old = new AtomicInteger();
        LoopFuture<Void> call = loop.next(() -> {
            old.set(System.identityHashCode(Thread.currentThread()));
            begun.countDown();
            ignoreInterrupts(gate);
        });
        pass(begun);
        call.cancel(true);
        gate.countDown();
        assertThat(get(loop.next(() -> System.identityHashCode(Thread.currentThread()))))
                .isNotEqualTo(old.get());
    }

    @Test
    void threadStaysWhenNoneCanBeStartedInItsPlace() {
        AtomicInteger refusals = new AtomicInteger(-1_000_000);
        EventLoop loop = loops.made(
                options -> options.withPassive(
                        passive -> passive.withThreads(1).withElastic(elastic -> elastic.withRecycleAfter(1))),
                new ForwardingMachine() {
                    @Override
                    public void start(Thread thread) {
                        if (refusals.decrementAndGet() >= 0) {
                            throw new OutOfMemoryError("no more threads");
                        }
                        super.start(thread);
                    }
                });
        loop.start();
        refusals.set(1);
        Thread first = get(loop.next(Thread::currentThread));
        assertThat(get(loop.next(Thread::currentThread))).isSameAs(first);
        assertThat(log.with("could not start another thread")).hasSize(1);
        assertThat(threadsOf(loop)).isEqualTo(1);
    }

    // ------------------------------------------------------------------ what a lane does besides

    @Test
    void joinsEndOnALaneThatIsFull() {
        EventLoop loop = elastic(1, 2);
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(loop.next(() ->
                    loop.next(() -> loop.next(() -> 1).join() + 1).join() + 1));
        }
        calls.forEach(call -> assertThat(get(call)).isEqualTo(3));
        until(() -> threadsOf(loop) <= 2);
    }

    @Test
    void elasticLaneDrainsAndStartsAgainWithItsSmallestNumber() {
        EventLoop loop = elastic(1, 3);
        for (int i = 0; i < 3; i++) {
            loop.next(() -> pass(gate));
        }
        until(() -> passive(loop).running() == 3);
        var report = loop.stop(Loops.LONG);
        gate.countDown();
        assertThat(get(report).isClean()).isTrue();
        loop.start();
        assertThat(passive(loop).threads()).isEqualTo(1);
        assertThat(get(loop.next(() -> "ran"))).isEqualTo("ran");
    }
}
