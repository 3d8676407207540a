package dev.pel;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** The real machine, for tests that let it fail in one point. */
public class ForwardingMachine implements Machine {
    private final Machine real = new JdkMachine();

    @Override
    public long nanoTime() {
        return real.nanoTime();
    }

    @Override
    public Instant now() {
        return real.now();
    }

    @Override
    public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
        return real.thread(name, kind, daemon, body);
    }

    @Override
    public void start(Thread thread) {
        real.start(thread);
    }

    @Override
    public void park(Object blocker, long nanos) {
        real.park(blocker, nanos);
    }

    @Override
    public void unpark(Thread thread) {
        real.unpark(thread);
    }

    @Override
    public long await(CompletableFuture<?> future, boolean interruptible, long nanos) {
        return real.await(future, interruptible, nanos);
    }

    @Override
    public boolean hasUnseenWaits() {
        return real.hasUnseenWaits();
    }

    @Override
    public Object blocker(Thread thread) {
        return real.blocker(thread);
    }

    @Override
    public void spin() {
        real.spin();
    }

    @Override
    public int processors() {
        return real.processors();
    }

    @Override
    public void giveWay() {
        real.giveWay();
    }
}
