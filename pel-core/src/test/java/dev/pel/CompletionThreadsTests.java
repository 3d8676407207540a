package dev.pel;

import static dev.pel.Loops.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompletionThreadsTests {
    private final AtomicInteger started = new AtomicInteger();
    private final List<CountDownLatch> locks = new ArrayList<>();
    private final Machine machine = new JdkMachine(body -> {
        started.incrementAndGet();
        return new Thread(body, "completionsUnderTest-" + started.get());
    });
    private final CompletionThreads threads = new CompletionThreads("completionsUnderTest", machine);

    @AfterEach
    void letGo() {
        locks.forEach(CountDownLatch::countDown);
        threads.linger(false);
        await().atMost(LONG)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("completionsUnderTest")));
    }

    private Runnable blocking(CountDownLatch begun) {
        CountDownLatch lock = new CountDownLatch(1);
        locks.add(lock);
        return () -> {
            begun.countDown();
            Loops.pass(lock);
        };
    }

    @Test
    void tasksRunInOrderOnOtherThreads() {
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            int number = i;
            threads.execute(() -> {
                seen.add(Thread.currentThread().getName().startsWith("completionsUnderTest") ? number : -1);
                done.countDown();
            });
        }
        Loops.pass(done);
        assertThat(List.copyOf(seen)).hasSize(100).isSorted().doesNotContain(-1);
    }

    @Test
    void noTwoTasksRunAtOnceAndTheyShareAFewThreads() {
        threads.linger(true);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(20_000);
        for (int i = 0; i < 20_000; i++) {
            threads.execute(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                inside.decrementAndGet();
                done.countDown();
            });
        }
        Loops.pass(done);
        assertThat(most).hasValue(1);
        assertThat(started.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void taskBehindAStuckOneRunsAllTheSame() {
        CountDownLatch begun = new CountDownLatch(3);
        threads.execute(blocking(begun));
        threads.execute(blocking(begun));
        threads.execute(blocking(begun));
        Loops.pass(begun);
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        Loops.pass(done);
    }

    @Test
    void taskThatComesWhileAnotherIsStuckAloneRunsAllTheSame() {
        CountDownLatch begun = new CountDownLatch(1);
        threads.execute(blocking(begun));
        Loops.pass(begun);
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        Loops.pass(done);
    }

    @Test
    void taskRunsWhenOneOfAsManyStuckThreadsAsThereMayBeComesBack() {
        CompletionThreads few = new CompletionThreads("completionsUnderTest", machine, 3);
        CountDownLatch begun = new CountDownLatch(3);
        few.execute(blocking(begun));
        few.execute(blocking(begun));
        few.execute(blocking(begun));
        Loops.pass(begun);
        CountDownLatch done = new CountDownLatch(1);
        few.execute(done::countDown);
        assertThat(done.getCount()).isEqualTo(1);
        locks.get(0).countDown();
        Loops.pass(done);
    }

    @Test
    void taskThatIsWaitedForRunsAlsoWhenAllThreadsAreStuckAndTheOthersDoNot() {
        CompletionThreads few = new CompletionThreads("completionsUnderTest", machine, 2);
        CountDownLatch begun = new CountDownLatch(2);
        few.execute(blocking(begun));
        few.execute(blocking(begun));
        Loops.pass(begun);
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch mine = new CountDownLatch(1);
        few.execute(other::countDown);
        few.execute(new Completion(mine, mine::countDown));
        few.moveUp(mine);
        Loops.pass(mine);
        assertThat(other.getCount()).isEqualTo(1);
        locks.get(0).countDown();
        Loops.pass(other);
    }

    @Test
    void taskThatThrowsDoesNotKeepTheNextFromRunning() {
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(() -> {
            throw new AssertionError("on purpose");
        });
        threads.execute(done::countDown);
        Loops.pass(done);
    }

    @Test
    void threadEndsWhenNoMoreTasksAreLikely() {
        threads.linger(true);
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        Loops.pass(done);
        threads.linger(false);
        await().atMost(LONG).until(() -> !threads.isAlive());
        CountDownLatch again = new CountDownLatch(1);
        threads.execute(again::countDown);
        Loops.pass(again);
    }

    @Test
    void threadsForActionsStayForAWhileUnlessTheyAreToldToEndWhileIdle() {
        CompletionThreads actions = CompletionThreads.forActions("completionsUnderTest", machine);
        for (int i = 0; i < 100; i++) {
            CountDownLatch done = new CountDownLatch(1);
            actions.execute(done::countDown);
            Loops.pass(done);
        }
        assertThat(started.get()).isLessThanOrEqualTo(2);
        actions.endIdle();
        await().atMost(LONG).until(() -> !actions.isAlive());
    }

    @Test
    void threadKnowsThatItIsOne() {
        Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(() -> {
            seen.add(threads.isCurrent());
            done.countDown();
        });
        Loops.pass(done);
        assertThat(seen).containsExactly(true);
        assertThat(threads.isCurrent()).isFalse();
    }

    @Test
    void taskRunsOnTheCallersThreadWhenNoThreadCanBeStarted() {
        ManualMachine machine = new ManualMachine();
        machine.hasNoThreads = true;
        CompletionThreads none = new CompletionThreads("none", machine);
        List<String> done = new ArrayList<>();
        none.execute(() -> none.execute(() -> done.add("inner")));
        assertThat(done).containsExactly("inner");
    }
}
