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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CompletionThreadsTests {
    private final AtomicInteger started = new AtomicInteger();
    private final List<CountDownLatch> locks = new ArrayList<>();
    private final Machine machine = new JdkMachine(body -> {
        started.incrementAndGet();
        return new Thread(body, "completionsUnderTest-" + started.get());
    });
    private final Deadlines deadlines = deadlines();
    private final CompletionThreads threads =
            new CompletionThreads("completionsUnderTest", machine, deadlines, TakeOverRules.COMPLETIONS);

    /** Kept by a watchdog that has nothing else to do, as after a stop; so its thread starts when one is armed. */
    private static Deadlines deadlines() {
        Machine real = new JdkMachine();
        WatchdogThread thread = new WatchdogThread(real, "completionTests");
        Deadlines deadlines = new Deadlines(real, thread, new Defects("pel", real));
        Watchdog.Duties none = new Watchdog.Duties(List.of(), null, () -> {}, () -> false, () -> true, () -> -1);
        new Watchdog(thread, new Defects("pel", real), deadlines, new CoarseClock(real, thread), none)
                .goesOnAfterStop();
        return deadlines;
    }

    @AfterEach
    void letGo() {
        locks.forEach(CountDownLatch::countDown);
        threads.dismiss();
        await().atMost(LONG)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("completionsUnderTest")));
    }

    private static TakeOverRules atMost(int threads) {
        return new TakeOverRules(TakeOverRules.STUCK_NANOS, 0, threads, null);
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
        CompletionThreads few = new CompletionThreads("completionsUnderTest", machine, deadlines, atMost(3));
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
        CompletionThreads few = new CompletionThreads("completionsUnderTest", machine, deadlines, atMost(2));
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
    void threadThatIsIdleEndsWhenItIsTold() {
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        Loops.pass(done);
        threads.dismiss();
        await().atMost(LONG).until(() -> !threads.isAlive());
        CountDownLatch again = new CountDownLatch(1);
        threads.execute(again::countDown);
        Loops.pass(again);
    }

    @Test
    void threadsForActionsStayForAWhileUnlessTheyAreToldToEndWhileIdle() {
        CompletionThreads actions =
                new CompletionThreads("completionsUnderTest", machine, deadlines, TakeOverRules.actions(machine));
        for (int i = 0; i < 100; i++) {
            CountDownLatch done = new CountDownLatch(1);
            actions.execute(done::countDown);
            Loops.pass(done);
        }
        assertThat(started.get()).isLessThanOrEqualTo(2);
        actions.dismiss();
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
        CompletionThreads none = new CompletionThreads("none", machine, deadlines, TakeOverRules.ONCE);
        List<String> done = new ArrayList<>();
        none.execute(() -> none.execute(() -> done.add("inner")));
        assertThat(done).containsExactly("inner");
    }

    /** Threads whose turns the test makes itself, one inside the other, and a watchdog that is this thread, too. */
    @Nested
    class ByHand {
        private final ManualMachine hand = new ManualMachine();
        private final Deadlines times =
                new Deadlines(hand, new WatchdogThread(hand, "byHand"), new Defects("byHand", hand));
        private final CompletionThreads threads = new CompletionThreads("byHand", hand, times, TakeOverRules.ONCE);
        private final List<String> order = new ArrayList<>();

        private Runnable task(String name) {
            return () -> order.add(name);
        }

        /** So long that a thread which is in a task counts as stuck; then the watchdog looks. */
        private void stuckTimePasses() {
            hand.clock += TakeOverRules.STUCK_NANOS;
            times.fireDue();
        }

        private void runThread(int number) {
            hand.started.get(number).run();
        }

        @Test
        void threadThatIsStuckRunsNothingMoreWhenItComesBack() {
            threads.execute(() -> {
                threads.execute(task("behind"));
                threads.execute(() -> threads.execute(task("last")));
                stuckTimePasses();
                runThread(1);
                order.add("back");
            });
            runThread(0);
            assertThat(order).containsExactly("behind", "last", "back");
            assertThat(hand.started).hasSize(2);
            assertThat(threads.isAlive()).isFalse();
        }

        @Test
        void threadThatHasGoneOnToAnotherTaskIsNotStuck() {
            threads.execute(() -> threads.execute(() -> {
                threads.execute(task("behind"));
                stuckTimePasses();
            }));
            runThread(0);
            assertThat(order).containsExactly("behind");
            assertThat(hand.started).hasSize(1);
        }

        @Test
        void threadThatIsStuckInALaterTaskIsTakenOverFrom() {
            threads.execute(() -> threads.execute(() -> {
                threads.execute(task("behind"));
                stuckTimePasses();
                assertThat(hand.started).hasSize(1);
                stuckTimePasses();
                runThread(1);
                order.add("back");
            }));
            runThread(0);
            assertThat(order).containsExactly("behind", "back");
        }

        @Test
        void threadThatComesBackBeforeTheOtherBeginsGoesOnAlone() {
            threads.execute(() -> {
                threads.execute(() -> {
                    threads.execute(task("last"));
                    runThread(1);
                    order.add("behind");
                });
                stuckTimePasses();
                order.add("back");
            });
            runThread(0);
            assertThat(order).containsExactly("back", "behind", "last");
            threads.execute(task("later"));
            runThread(2);
            assertThat(order).endsWith("later");
        }

        @Test
        void takeOverIsTriedAgainWhenNoThreadCouldBeStarted() {
            threads.execute(() -> {
                threads.execute(task("behind"));
                hand.hasNoThreads = true;
                stuckTimePasses();
                hand.hasNoThreads = false;
                stuckTimePasses();
                runThread(1);
                order.add("back");
            });
            runThread(0);
            assertThat(order).containsExactly("behind", "back");
        }
    }
}
