package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.ThreadKind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One thread with timers.
 *
 * @param <T> what a timer is known by
 */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
interface TimerPeer<T> extends AutoCloseable {
    /**
     * Hands a task to the one thread.
     *
     * @param task runs on the one thread
     */
    void post(Runnable task);

    /**
     * Runs a tick on the one thread after a delay. Called on the one thread, of pel and the JDK also on others.
     *
     * @param millis the delay
     * @param tick runs on the one thread
     * @return what to cancel it by
     */
    T after(long millis, Runnable tick);

    /**
     * Takes a timer back. Called on the one thread.
     *
     * @param timer what {@link #after} returned
     */
    void cancel(T timer);

    /** Ends the thread. */
    @Override
    void close();

    /**
     * Makes a peer.
     *
     * @param name its name
     * @return the peer, started
     */
    static TimerPeer<?> open(String name) {
        return switch (name) {
            case "pel" -> new Pel(new ShippedLoop(new Load(1, 1), ThreadKind.PLATFORM));
            case "jdk" -> Jdk.started();
            case "spring" -> Spring.started();
            case "vertx" -> Vert.started();
            case "reactor" -> new Reactor(Schedulers.newSingle("active"));
            default -> throw new IllegalArgumentException("There is no peer '%s' with timers".formatted(name));
        };
    }

    /** {@code loop.delay}, {@code timer.cancel}. */
    record Pel(ShippedLoop shipped, EventLoop loop) implements TimerPeer<LoopFuture<?>> {
        Pel(ShippedLoop shipped) {
            this(shipped, shipped.loop());
        }

        @Override
        public void post(Runnable task) {
            loop.enqueue(Lane.ACTIVE, task::run);
        }

        @Override
        public LoopFuture<?> after(long millis, Runnable tick) {
            return loop.delay(Duration.ofMillis(millis), tick::run);
        }

        @Override
        public void cancel(LoopFuture<?> timer) {
            timer.cancel(false);
        }

        @Override
        public void close() {
            shipped.close();
        }
    }

    /** A scheduled pool of one thread that removes what is cancelled, so that it does not leak. */
    record Jdk(ScheduledThreadPoolExecutor executor) implements TimerPeer<ScheduledFuture<?>> {
        static Jdk started() {
            ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
            executor.setRemoveOnCancelPolicy(true);
            return new Jdk(executor);
        }

        @Override
        public void post(Runnable task) {
            executor.execute(task);
        }

        @Override
        public ScheduledFuture<?> after(long millis, Runnable tick) {
            return executor.schedule(tick, millis, TimeUnit.MILLISECONDS);
        }

        @Override
        public void cancel(ScheduledFuture<?> timer) {
            timer.cancel(false);
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    /** A {@code ThreadPoolTaskScheduler} of one thread that removes what is cancelled. */
    record Spring(ThreadPoolTaskScheduler scheduler) implements TimerPeer<ScheduledFuture<?>> {
        static Spring started() {
            ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
            scheduler.setPoolSize(1);
            scheduler.setRemoveOnCancelPolicy(true);
            scheduler.initialize();
            return new Spring(scheduler);
        }

        @Override
        public void post(Runnable task) {
            scheduler.execute(task);
        }

        @Override
        public ScheduledFuture<?> after(long millis, Runnable tick) {
            return scheduler.schedule(tick, Instant.now().plusMillis(millis));
        }

        @Override
        public void cancel(ScheduledFuture<?> timer) {
            timer.cancel(false);
        }

        @Override
        public void close() {
            scheduler.shutdown();
        }
    }

    /** {@code setTimer}, {@code cancelTimer} on one event-loop context. */
    record Vert(Vertx vertx, Context context) implements TimerPeer<Long> {
        static Vert started() {
            Vertx vertx = Vertx.vertx();
            return new Vert(vertx, vertx.getOrCreateContext());
        }

        @Override
        public void post(Runnable task) {
            context.runOnContext(ignored -> task.run());
        }

        @Override
        public Long after(long millis, Runnable tick) {
            return vertx.setTimer(millis, ignored -> tick.run());
        }

        @Override
        public void cancel(Long timer) {
            vertx.cancelTimer(timer);
        }

        @Override
        public void close() {
            vertx.close().await();
        }
    }

    /** A scheduler of a single thread. */
    record Reactor(Scheduler scheduler) implements TimerPeer<Disposable> {
        @Override
        public void post(Runnable task) {
            scheduler.schedule(task);
        }

        @Override
        public Disposable after(long millis, Runnable tick) {
            return scheduler.schedule(tick, millis, TimeUnit.MILLISECONDS);
        }

        @Override
        public void cancel(Disposable timer) {
            timer.dispose();
        }

        @Override
        public void close() {
            scheduler.dispose();
        }
    }
}
