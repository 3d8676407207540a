package dev.pel;

/** A failed future, on its way from another thread to the active one, or waiting for somebody to deal with it. */
final class FailedFuture implements Signal {
    private final Failures failures;
    private final LoopFuture<?> future;
    private final long at;
    private long until;

    FailedFuture(Failures failures, LoopFuture<?> future, long at) {
        this.failures = failures;
        this.future = future;
        this.at = at;
    }

    LoopFuture<?> future() {
        return future;
    }

    /** When it failed. */
    long at() {
        return at;
    }

    boolean isFromOutside() {
        return future.isFromOutside();
    }

    boolean isObserved() {
        return future.isObserved();
    }

    /** Called before it is put where it waits. */
    void waitUntil(long time) {
        until = time;
    }

    long until() {
        return until;
    }

    @Override
    public void run() {
        failures.arrived(this);
    }

    @Override
    public void abandon() {
        if (!isObserved()) {
            failures.abandoned(this);
        }
    }
}
