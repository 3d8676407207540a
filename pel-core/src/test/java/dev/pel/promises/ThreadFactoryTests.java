package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import dev.pel.ThreadKind;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that somebody else makes. */
class ThreadFactoryTests {
    /** Of the active lane, the watch, two passive ones and one of the work lane. */
    private static final int AT_START = 5;

    private final Queue<Thread> made = new ConcurrentLinkedQueue<>();
    private final CountDownLatch askedInVain = new CountDownLatch(1);
    private EventLoop loop;

    @AfterEach
    void nothingIsLeft() {
        get(loop.forceStop());
        await().atMost(LONG).until(() -> made.stream().noneMatch(Thread::isAlive));
    }

    private static final class Managed extends Thread {
        Managed(Runnable body, String name) {
            super(body, name);
            setDaemon(true);
            setPriority(Thread.MIN_PRIORITY);
            setContextClassLoader(null);
        }
    }

    private Thread manage(Runnable body) {
        Thread thread = new Managed(body, "managed-" + made.size());
        made.add(thread);
        return thread;
    }

    private void start(ThreadFactory factory) {
        make(factory);
        loop.start();
    }

    private void make(ThreadFactory factory) {
        loop = EventLoop.create(EventLoopOptions.defaults()
                .withName("managed")
                .withPassive(passive -> passive.withThreads(2))
                .withWork(work -> work.withThreads(1))
                .withThreadFactory(factory));
    }

    @Test
    void everyThreadOfTheLoopIsMadeByIt() {
        start(this::manage);
        assertThat(made).hasSize(AT_START);
        assertThat(Loops.threadsOf(loop)).hasSize(AT_START); // whose names all begin with "managed-"
        assertThat(get(loop.next(Thread::currentThread))).isInstanceOf(Managed.class);
        assertThat(get(loop.work(Thread::currentThread))).isInstanceOf(Managed.class);
        AtomicReference<Thread> active = new AtomicReference<>();
        get(loop.enqueue(Lane.ACTIVE, () -> active.set(Thread.currentThread())));
        assertThat(active.get()).isInstanceOf(Managed.class);
        loop.resize(Lane.PASSIVE, 3);
        assertThat(made).hasSize(AT_START + 1);
    }

    /** A call that the watchdog ends, and whose dependent a completion thread has to run. */
    private LoopFuture<?> timedOutOnTheSide(CountDownLatch gate) {
        LoopFuture<?> slow = loop.next(() -> pass(gate));
        CompletableFuture<?> attached = CompletableFuture.allOf(slow);
        slow.orTimeout(1, TimeUnit.MILLISECONDS); // behind the attachment, or the handle might end before
        Loops.awaitDone(attached);
        return slow;
    }

    @Test
    void threadThatEndsHandlesOnTheSideIsMadeByItToo() {
        start(this::manage);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicReference<Thread> completing = new AtomicReference<>();
        LoopFuture<?> slow = loop.next(() -> pass(gate));
        CompletableFuture<?> attached =
                CompletableFuture.allOf(slow).whenComplete((nothing, error) -> completing.set(Thread.currentThread()));
        slow.orTimeout(1, TimeUnit.MILLISECONDS);
        Loops.awaitDone(attached);
        gate.countDown();
        assertThat(completing.get()).isIn(made);
    }

    @Test
    void threadsStayAsTheyWereMade() {
        start(this::manage);
        for (Thread thread : made) {
            assertThat(thread.getName()).startsWith("managed-");
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.getPriority()).isEqualTo(Thread.MIN_PRIORITY);
            assertThat(thread.getContextClassLoader()).isNull();
        }
    }

    @Test
    void stuckThreadIsReportedByTheNameItWasGiven() {
        start(this::manage);
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(running);
        StopReport report = get(loop.forceStop());
        gate.countDown();
        assertThat(report.stuck()).hasSize(1);
        assertThat(report.stuck().get(0).thread()).startsWith("managed-");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsAreNotMadeByIt() {
        loop = EventLoop.create(EventLoopOptions.defaults()
                .withName("managed")
                .withPassive(passive -> passive.withKind(ThreadKind.VIRTUAL))
                .withThreadFactory(this::manage));
        loop.start();
        assertThat(get(loop.next(Thread::currentThread))).isNotInstanceOf(Managed.class);
        assertThat(get(loop.work(Thread::currentThread))).isInstanceOf(Managed.class);
    }

    static Stream<ThreadFactory> failing() {
        return Stream.of(
                body -> null,
                body -> {
                    throw new IllegalStateException("no more threads");
                },
                body -> {
                    throw new NoClassDefFoundError("of an application that is being taken down");
                });
    }

    /** Makes so many, then does what the other one does. */
    private ThreadFactory exhausted(int threads, ThreadFactory then) {
        return body -> {
            if (made.size() < threads) {
                return manage(body);
            }
            askedInVain.countDown();
            return then.newThread(body);
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    @Tag("slow")
    void startStopsWhatItHadStartedWhenTheFactoryHasNoMore(int threads) {
        make(exhausted(threads, body -> null));
        assertThatThrownBy(loop::start)
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("made no thread for 'managed-");
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPED);
        assertThat(loop.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void whatTheFactoryThrowsIsThrownByTheStart() {
        IllegalStateException thrown = new IllegalStateException("no more threads");
        make(body -> {
            throw thrown;
        });
        assertThatThrownBy(loop::start).isSameAs(thrown);
        await().atMost(LONG).until(() -> loop.state() == LoopState.STOPPED);
    }

    @ParameterizedTest
    @MethodSource("failing")
    void growthKeepsTheThreadsThatCouldBeMade(ThreadFactory failing) {
        start(exhausted(AT_START + 1, failing));
        assertThatThrownBy(() -> loop.resize(Lane.PASSIVE, 10)).isNotNull();
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(3);
        CountDownLatch together = new CountDownLatch(3);
        List<LoopFuture<?>> calls = Stream.generate(() -> loop.next(() -> {
                    together.countDown();
                    pass(together);
                }))
                .<LoopFuture<?>>map(call -> call)
                .limit(3)
                .toList();
        calls.forEach(Loops::get);
    }

    @ParameterizedTest
    @MethodSource("failing")
    void spareThreadThatCannotBeMadeCostsNoCall(ThreadFactory failing) {
        start(exhausted(AT_START, failing));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> slow = loop.next(() -> {
            running.countDown();
            pass(gate);
            return 1;
        });
        pass(running);
        LoopFuture<Integer> waiter = loop.next(() -> slow.join() + 1);
        pass(askedInVain);
        gate.countDown();
        assertThat(get(waiter)).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("failing")
    void handleIsEndedAlsoWhenNoThreadCanBeMadeForWhatHangsOnIt(ThreadFactory failing) {
        start(exhausted(AT_START, failing));
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> slow = timedOutOnTheSide(gate);
        pass(askedInVain);
        gate.countDown();
        assertThat(slow.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @ParameterizedTest
    @MethodSource("failing")
    void laterHandleIsEndedWhenThreadsCanBeMadeAgain(ThreadFactory failing) {
        AtomicBoolean isExhausted = new AtomicBoolean();
        start(body -> {
            if (!isExhausted.get()) {
                return manage(body);
            }
            askedInVain.countDown();
            return failing.newThread(body);
        });
        CountDownLatch gate = new CountDownLatch(1);
        isExhausted.set(true);
        timedOutOnTheSide(gate);
        pass(askedInVain);
        isExhausted.set(false);
        timedOutOnTheSide(gate);
        gate.countDown();
    }

    @Test
    void threadThatASlowFactoryMakesAfterTheStopIsNotStarted() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicBoolean isSlow = new AtomicBoolean();
        start(body -> {
            if (isSlow.compareAndSet(true, false)) {
                asked.countDown();
                pass(gate);
            }
            return manage(body);
        });
        isSlow.set(true);
        CompletableFuture<Void> resized = CompletableFuture.runAsync(() -> loop.resize(Lane.PASSIVE, 3));
        pass(asked);
        get(loop.forceStop());
        gate.countDown();
        get(resized);
        assertThat(made.stream().filter(thread -> thread.getState() == Thread.State.NEW))
                .hasSize(1);
    }
}
