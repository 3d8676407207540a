package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallInfo;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import dev.pel.ThreadKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Races between the start, the stop and those who submit meanwhile; the machine holds one of the two threads. */
class StartAndStopRaceTests {
    @RegisterExtension
    final Loops loops = new Loops();

    /** Holds the test's thread while it makes a run, until another one has started the loop. */
    private static final class HeldStart extends ForwardingMachine {
        final AtomicInteger active = new AtomicInteger();
        private final Thread starter = Thread.currentThread();
        Runnable overtaking;

        @Override
        public long nanoTime() {
            // the watch of a run that has just stopped may still look at the clock
            Runnable now = Thread.currentThread() == starter ? overtaking : null;
            if (now != null) {
                overtaking = null;
                now.run();
            }
            return super.nanoTime();
        }

        @Override
        public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
            if (name.endsWith("-active")) {
                active.incrementAndGet();
            }
            return super.thread(name, kind, daemon, body);
        }
    }

    @Test
    void startThatIsOvertakenByAnotherMakesNoSecondRun() {
        HeldStart machine = new HeldStart();
        EventLoop loop = loops.made(options -> options, machine);
        machine.overtaking = loop::start;

        loop.start();

        assertThat(machine.active).hasValue(1);
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }

    @Test
    void startAfterAStopThatIsOvertakenByAnotherMakesNoSecondRun() {
        HeldStart machine = new HeldStart();
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();
        get(loop.stop(LONG));
        machine.overtaking = loop::start;

        loop.start();

        assertThat(machine.active).hasValue(2);
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }

    /** Holds the current thread, which may not wait for the loop that it starts, until another one has run this. */
    private static void elsewhere(Runnable code) {
        get(CompletableFuture.runAsync(code, command -> new Thread(command).start()));
    }

    /** Holds the first start right before its active thread until other things have happened. */
    private static final class HeldActive extends ForwardingMachine {
        final AtomicReference<Thread> held = new AtomicReference<>();
        volatile Runnable overtaking;

        @Override
        public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
            Thread thread = super.thread(name, kind, daemon, body);
            Runnable now = overtaking;
            if (now != null && name.endsWith("-active")) {
                overtaking = null;
                held.set(thread);
                elsewhere(now);
            }
            return thread;
        }
    }

    @Test
    void activeThreadThatComesAfterTheStopOfItsRunTakesNoActionsFromTheNextRun() throws InterruptedException {
        HeldActive machine = new HeldActive();
        EventLoop loop = loops.made(options -> options, machine);
        AtomicReference<LoopFuture<Integer>> refused = new AtomicReference<>();
        machine.overtaking = () -> {
            get(loop.forceStop());
            refused.set(loop.next(() -> 1));
            loop.start();
            get(loop.enqueue(Lane.ACTIVE, () -> {})); // the active thread of the next run has begun
        };

        loop.start(); // of the run that has been stopped meanwhile
        machine.held.get().join();

        LoopFuture<Boolean> told = refused.get().handle((value, error) -> loop.onActiveThread());
        assertThat((boolean) get(told)).isTrue();
    }

    /** Holds a thread of the pool in the middle of its look whether it may submit. */
    private static final class HeldSubmitter extends ForwardingMachine {
        volatile Runnable overtaking;

        @Override
        public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
            if (!name.contains("-passive-")) {
                return super.thread(name, kind, daemon, body);
            }
            Thread thread = new Thread(null, body, name, 0, false) {
                /** A loop that drains looks its threads up. */
                @Override
                public int hashCode() {
                    Runnable now = Thread.currentThread() == this ? overtaking : null;
                    if (now != null) {
                        overtaking = null;
                        now.run();
                    }
                    return super.hashCode();
                }
            };
            thread.setDaemon(daemon);
            return thread;
        }
    }

    @Test
    void submitterThatIsOvertakenByTheEndOfTheStopIsRefused() {
        HeldSubmitter machine = new HeldSubmitter();
        EventLoop loop = loops.made(options -> options.withInterruptGrace(Duration.ofMillis(1)), machine);
        loop.start();
        CountDownLatch draining = new CountDownLatch(1);
        AtomicReference<LoopFuture<?>> submitted = new AtomicReference<>();
        loop.next(() -> {
            pass(draining);
            machine.overtaking = () -> {
                CountDownLatch stopped = new CountDownLatch(1);
                loop.forceStop().thenRun(stopped::countDown);
                ignoreInterrupts(stopped);
            };
            submitted.set(loop.work(() -> 1));
        });

        loop.stop(Duration.ofDays(1));
        draining.countDown();
        Loops.until(() -> submitted.get() != null);

        awaitDone(submitted.get());
        assertThat(submitted.get().outcome()).isEqualTo(Outcome.REJECTED);
    }

    /**
     * Stops the loop when nothing but its watch has started; lets a force-stop, and the watch with it, come between that stop's look
     * at the state and its change of it.
     */
    private static final class HeldStop extends ForwardingMachine {
        final CompletableFuture<StopReport> report = new CompletableFuture<>();
        final CountDownLatch watchChanges = new CountDownLatch(1);
        final AtomicReference<LoopState> seen = new AtomicReference<>();
        volatile EventLoop loop;
        private volatile boolean stops;

        @Override
        public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
            if (name.endsWith("-active") && !stops) {
                stops = true;
                elsewhere(() -> report.complete(get(loop.stop(LONG))));
            }
            return super.thread(name, kind, daemon, body);
        }

        /** Asked for the moment of a new state, between the look at the old one and the change. */
        @Override
        public Instant now() {
            if (stops && Thread.currentThread().getName().endsWith("-watch")) {
                if (watchChanges.getCount() > 0) {
                    watchChanges.countDown();
                    Loops.until(() -> loop.state() != LoopState.RUNNING);
                }
            } else if (stops && seen.compareAndSet(null, loop.state())) {
                loop.forceStop();
                pass(watchChanges);
            }
            return super.now();
        }
    }

    @Test
    void forceStopThatMeetsTheBeginningOfADrainStopsTheLoop() {
        HeldStop machine = new HeldStop();
        EventLoop loop = loops.made(options -> options, machine);
        machine.loop = loop;

        loop.start();

        assertThat(machine.seen).hasValue(LoopState.RUNNING);
        assertThat(get(machine.report).forced()).isTrue();
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        loop.start();
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }

    /** Holds whoever is about to queue something in the active lane until the loop would have stopped without him. */
    private static final class HeldBeforeTheQueue extends Sleepers implements EventLoopListener {
        volatile EventLoop loop;
        volatile CompletableFuture<StopReport> report;

        HeldBeforeTheQueue() {
            super("-watch");
        }

        @Override
        public void queued(CallInfo call, Lane lane) {
            if (lane == Lane.ACTIVE) {
                report = loop.forceStop();
                String watch = loop.options().name() + "-watch";
                Loops.until(() -> report.isDone() || Loops.threadsOf(loop).equals(List.of(watch)));
                int before = parks.get();
                Loops.until(() -> report.isDone() || parks.get() > before + 20);
            }
        }
    }

    private static <T> LoopFuture<T> ended(LoopFuture<T> call) {
        awaitDone(call);
        return call;
    }

    private static List<Function<EventLoop, LoopFuture<?>>> waysIntoTheActiveLane() {
        return List.of(
                loop -> loop.enqueue(Lane.ACTIVE, () -> {}),
                loop -> ended(loop.next(() -> 1)).thenApply(one -> one));
    }

    @ParameterizedTest
    @MethodSource("waysIntoTheActiveLane")
    void reportWaitsForWhoeverHasAPlaceInTheActiveLaneAndIsNotYetInItsQueue(Function<EventLoop, LoopFuture<?>> submit) {
        HeldBeforeTheQueue held = new HeldBeforeTheQueue();
        EventLoop loop = loops.made(options -> options.withListener(held), held);
        held.loop = loop;
        loop.start();

        LoopFuture<?> submitted = submit.apply(loop);

        awaitDone(submitted); // a call has been stopped, an attached action runs after the stop
        assertThat(get(held.report).entries().neverStarted()).isEqualTo(1);
        assertThat(loop.stats().ended(Outcome.STOPPED)).isEqualTo(1);
    }

    /** Holds the first thread of the passive lane where it is started, until the loop has started, and then has none to give. */
    private static final class HeldWorker extends ForwardingMachine {
        final CountDownLatch started = new CountDownLatch(1);
        final CompletableFuture<Throwable> resized = new CompletableFuture<>();
        volatile boolean holds;
        volatile EventLoop loop;

        @Override
        public void start(Thread thread) {
            if (thread.getName().endsWith("-active")) {
                new Thread(this::resize).start();
                Loops.until(() -> holds || resized.isDone());
            } else if (thread.getName().contains("-passive-") && !resized.isDone() && !holds) {
                holds = true;
                pass(started);
                throw new OutOfMemoryError("no thread, on purpose");
            }
            super.start(thread);
        }

        private void resize() {
            try {
                loop.resize(Lane.PASSIVE, 1);
                resized.complete(null);
            } catch (IllegalStateException | OutOfMemoryError e) {
                resized.complete(e);
            }
        }
    }

    @Test
    void resizeDuringAStartIsRefusedAndTheLaneHasItsThreads() {
        HeldWorker machine = new HeldWorker();
        EventLoop loop = loops.made(options -> options.withPassive(passive -> passive.withThreads(1)), machine);
        machine.loop = loop;

        loop.start();
        machine.started.countDown();

        assertThat(get(machine.resized))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Loop '%s' is starting; only a running loop can be resized",
                        loop.options().name());
        assertThat(get(loop.next(() -> 1))).isEqualTo(1);
    }
}
