package dev.pel.promises;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Races in which one side is held, by the machine under the engine or by a listener, exactly where the other one overtakes it. */
class RaceTests {
    @RegisterExtension
    final Loops loops = new Loops();

    /** Holds the thread that wakes the active one, while it is asked to, until that has run all there is and sleeps again. */
    private static final class HeldWaker extends Sleepers {
        volatile boolean holds;

        HeldWaker() {
            super("-active");
        }

        @Override
        public void unpark(Thread thread) {
            int before = parks.get();
            super.unpark(thread);
            if (holds && isWatched(thread)) {
                holds = false;
                Loops.until(() -> parks.get() > before);
            }
        }
    }

    @Test
    void failureOfADependentThatHasRunBeforeItsHandleWasThereIsReported() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        HeldWaker machine = new HeldWaker();
        EventLoop loop = loops.made(options -> options.withErrorHandler(failures::add), machine);
        loop.start();
        LoopFuture<Integer> call = loop.next(() -> 1);
        get(call);
        Loops.until(() -> machine.parks.get() > 0);

        machine.holds = true;
        LoopFuture<Void> dependent = call.thenAccept(one -> {
            throw new IllegalStateException("x");
        });

        awaitDone(dependent);
        Loops.until(() -> failures.size() == 1);
    }

    @Test
    void entryIsInTheQueueWhenTheActiveThreadIsWokenForIt() {
        HeldWaker machine = new HeldWaker();
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();
        Loops.until(() -> machine.parks.get() > 0);

        machine.holds = true;
        LoopFuture<Void> entry = loop.enqueue(Lane.ACTIVE, () -> {});

        awaitDone(entry);
        assertThat(entry.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(machine.holds).as("the active thread slept, and was woken").isFalse();
    }

    /** Lets something happen when the watch looks at the clock for the nth time. */
    private static final class WatchedClock extends Sleepers {
        final AtomicInteger looks = new AtomicInteger(-1);
        volatile Runnable action = () -> {};

        WatchedClock() {
            super("-watch");
        }

        @Override
        public long nanoTime() {
            long now = super.nanoTime();
            if (isWatched(Thread.currentThread()) && looks.get() > 0 && looks.decrementAndGet() == 0) {
                Thread other = new Thread(action);
                other.start();
                Loops.until(() -> !other.isAlive());
            }
            return now;
        }
    }

    @Test
    void timeoutThatIsSetWhileTheWatchFallsAsleepFires() {
        WatchedClock machine = new WatchedClock();
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();
        for (int look = 1; look <= 8; look++) {
            LoopFuture<?> late = loop.next(() -> block(new CountDownLatch(1)));
            // later than what has woken the watch, so whoever sets it sees no need to wake it again
            machine.action = () -> late.orTimeout(30, TimeUnit.MILLISECONDS);
            machine.looks.set(look);
            while (machine.looks.get() > 0) {
                int before = machine.parks.get();
                LoopFuture<?> first = loop.next(() -> block(new CountDownLatch(1)));
                first.orTimeout(1, TimeUnit.MILLISECONDS);
                awaitDone(first);
                Loops.until(() -> machine.looks.get() == 0 || machine.parks.get() > before);
            }
            awaitDone(late);
            assertThat(late.outcome()).isEqualTo(Outcome.TIMED_OUT);
        }
    }

    @Test
    void timeoutThatIsEarlierThanAllOthersWakesTheWatch() {
        Sleepers machine = new Sleepers("-watch");
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();
        int before = machine.parks.get();
        LoopFuture<?> patient = loop.next(() -> block(new CountDownLatch(1)));
        patient.orTimeout(1, TimeUnit.HOURS);
        // at its start the watch looks every millisecond for a while
        Loops.until(() -> machine.parks.get() > before + 20 || isAsleepFor(machine, Duration.ofMillis(50)));

        LoopFuture<?> hasty = loop.next(() -> block(new CountDownLatch(1)));
        hasty.orTimeout(5, TimeUnit.MILLISECONDS);

        awaitDone(hasty);
        assertThat(patient).isNotDone();
    }

    private static boolean isAsleepFor(Sleepers machine, Duration time) {
        int before = machine.parks.get();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        return machine.parks.get() == before;
    }

    /** Its thread of the pool tells when it is interrupted, and when it gives way to the one who does that. */
    private static final class HeldInterrupt extends ForwardingMachine {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goesOn = new CountDownLatch(1);

        @Override
        public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
            if (!name.contains("-passive-")) {
                return super.thread(name, kind, daemon, body);
            }
            Thread thread = new Thread(null, body, name, 0, false) {
                @Override
                public void interrupt() {
                    begun.countDown();
                    pass(goesOn);
                    super.interrupt();
                }
            };
            thread.setDaemon(daemon);
            return thread;
        }

        @Override
        public void giveWay() {
            goesOn.countDown();
            super.giveWay();
        }
    }

    @Test
    void operationThatReturnsDuringItsCancelWaitsForTheInterrupt() throws InterruptedException {
        HeldInterrupt machine = new HeldInterrupt();
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withThreads(1)), machine);
        loop.start();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> cancelled = loop.next(() -> {
            running.countDown();
            pass(machine.begun);
        });
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<Boolean> next = loop.next(() -> {
            machine.goesOn.countDown(); // only a worker that has not waited is here before the interrupt
            pass(interrupted);
            return Thread.currentThread().isInterrupted();
        });
        pass(running);

        cancelled.cancel(true);
        interrupted.countDown();

        assertThat(get(next)).isFalse();
    }

    @Test
    void laneThatEmptiesWhileItsListenersAreToldThatItIsFullIsRelievedAfterwards() throws InterruptedException {
        List<String> told = new CopyOnWriteArrayList<>();
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch emptied = new CountDownLatch(1);
        EventLoop loop = loops.started(options -> options.withPassive(
                        passive -> passive.withThreads(1).withCapacity(10))
                .withListener(new EventLoopListener() {
                    @Override
                    public void pressureHigh(Lane lane, int size) {
                        told.add("high");
                        telling.countDown();
                        pass(emptied);
                    }

                    @Override
                    public void pressureLow(Lane lane, int size) {
                        told.add("low");
                    }
                }));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        Thread submitter = new Thread(() -> {
            for (int i = 0; i < 8; i++) {
                loop.next(() -> 1);
            }
        });
        submitter.start();
        pass(telling);

        gate.countDown();
        Loops.until(() -> loop.size(Lane.PASSIVE) == 0);
        emptied.countDown();
        submitter.join();

        assertThat(told).containsExactly("high", "low");
    }

    @Test
    void longOperationAmongShortOnesLeavesTheOthersToOtherThreads() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        for (int round = 0; round < 50; round++) {
            CountDownLatch gate = new CountDownLatch(1);
            for (int i = 0; i < 1_000; i++) {
                loop.next(() -> 1);
            }
            LoopFuture<?> slow = loop.next(() -> pass(gate));
            loop.next(gate::countDown);
            get(slow);
        }
    }

    /** What is attached to a future that ends while an either-form is attached may run on the attaching thread, and wait for the loop. */
    @Test
    void codeBehindTheEndOfAFutureMayWaitForTheLoopWhileAnEitherFormIsAttached() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> never = loop.next(() -> {
            block(new CountDownLatch(1));
            return 1;
        });
        CompletableFuture<Integer> unrelated = new CompletableFuture<>();
        List<CompletableFuture<Integer>> ending = Stream.generate(() -> new CompletableFuture<Integer>())
                .limit(3_000)
                .toList();
        ending.forEach(ends -> {
            for (int i = 0; i < 3; i++) {
                ends.thenRun(() -> {
                    spin(300); // so that the thread that ends it leaves some of these to the other one
                    get(loop.enqueue(
                            Lane.ACTIVE,
                            () -> never.applyToEither(unrelated, value -> value).cancel(true)));
                });
            }
        });
        AtomicInteger meetings = new AtomicInteger();
        Loops.together(
                () -> {
                    for (int i = 0; i < ending.size(); i++) {
                        meet(meetings, i);
                        spin(i % 100);
                        ending.get(i).complete(1);
                    }
                },
                () -> {
                    for (int i = 0; i < ending.size(); i++) {
                        meet(meetings, i);
                        spin(i % 7);
                        never.applyToEither(ending.get(i), value -> value).cancel(true);
                    }
                });
        assertThat(get(loop.next(() -> 2))).isEqualTo(2);
        never.cancel(true);
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** Waits, awake, until the other of two threads has come to the same round. */
    private static void meet(AtomicInteger meetings, int round) {
        meetings.incrementAndGet();
        while (meetings.get() < 2 * (round + 1)) {
            Thread.onSpinWait();
        }
    }
}
