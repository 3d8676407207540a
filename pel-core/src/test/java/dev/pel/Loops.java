package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes loops for a test, and after it stops them and checks that none of their threads is left. */
public final class Loops implements AfterEachCallback {
    /** How long a test waits for what must happen; far more than it ever takes. */
    public static final Duration LONG = Duration.ofSeconds(Long.getLong("pel.test.patience", 60));

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final List<EventLoop> made = new ArrayList<>();

    public EventLoop started() {
        return started(options -> options);
    }

    public EventLoop started(UnaryOperator<EventLoopOptions> change) {
        EventLoop loop = made(change);
        loop.start();
        return loop;
    }

    public EventLoop made(UnaryOperator<EventLoopOptions> change) {
        return made(change, new JdkMachine());
    }

    public EventLoop made(UnaryOperator<EventLoopOptions> change, Machine machine) {
        EventLoopOptions small = EventLoopOptions.defaults()
                .withName("test" + NUMBERS.incrementAndGet())
                .withPassive(passive -> passive.withThreads(4))
                .withWork(work -> work.withThreads(2))
                .withUnobservedGrace(Duration.ZERO);
        EventLoop loop = PretendEventLoop.create(change.apply(small), machine);
        made.add(loop);
        return loop;
    }

    /** A loop with one passive thread. */
    public EventLoop withOnePassiveThread() {
        return started(options -> options.withPassive(passive -> passive.withThreads(1)));
    }

    /** Occupies a passive thread until the gate opens; returns when it does. */
    public static LoopFuture<Void> occupy(EventLoop loop, CountDownLatch gate) {
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> call = loop.next(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        return call;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (EventLoop loop : made) {
            loop.forceStop().get(LONG.toSeconds(), TimeUnit.SECONDS);
            // else the watch stays until the line of what was refused after the stop may be written: up to ten seconds
            ((PretendEventLoop) loop).loopRun().refusals.tellRest();
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .untilAsserted(() -> assertThat(threadsOf(loop)).isEmpty());
        }
    }

    /** The names of the loop's living threads. */
    public static List<String> threadsOf(EventLoop loop) {
        String prefix = loop.options().name() + "-";
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    public static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("what was waited for has happened")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted", e);
        }
    }

    /** Waits for the latch, and lets an interrupt through. */
    public static void block(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("Nobody opened the latch");
        }
    }

    /** Waits for the latch, and ignores every interrupt. */
    public static void ignoreInterrupts(CountDownLatch latch) {
        boolean open = false;
        while (!open) {
            try {
                block(latch);
                open = true;
            } catch (InterruptedException e) {
                // that is the point
            }
        }
    }

    public static <T> T get(Future<T> future) {
        try {
            return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("The future should have a value: " + future, e);
        }
    }

    /** Waits until that holds, and looks often. */
    public static void until(BooleanSupplier condition) {
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition::getAsBoolean);
    }

    /** Waits until the future is done, however it ends, without dealing with its failure. */
    public static void awaitDone(Future<?> future) {
        if (!future.isDone()) {
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(future::isDone);
        }
    }

    public static Throwable failureOf(LoopFuture<?> future) {
        return Causes.cause(recordedFailureOf(future));
    }

    /** As {@link #failureOf}, as it is recorded in the handle: it may have a {@code CompletionException} around it. */
    public static Throwable recordedFailureOf(LoopFuture<?> future) {
        awaitDone(future);
        Throwable error = future.error();
        assertThat(error).as("failure of %s", future).isNotNull();
        return error;
    }

    /** Runs both at the same time, each on a thread of its own, until they are through; what one of them throws, this throws. */
    public static void together(Runnable one, Runnable other) {
        CountDownLatch both = new CountDownLatch(2);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (Runnable each : List.of(one, other)) {
            FutureTask<Void> task = new FutureTask<>(() -> {
                both.countDown();
                while (both.getCount() > 0) {
                    Thread.onSpinWait();
                }
                each.run();
                return null;
            });
            tasks.add(task);
            Thread thread = new Thread(task);
            thread.setDaemon(true); // it may hang, and then the test fails
            thread.start();
        }
        tasks.forEach(Loops::get);
    }
}
