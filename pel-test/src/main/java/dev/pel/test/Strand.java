package dev.pel.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A thread as the scheduler sees it. Only the thread that holds the token reads and writes it. */
final class Strand {
    /** A deadline that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    enum State {
        /** Made, not started. */
        NEW,
        /** Can go on, or does. */
        READY,
        /** In the machine's park. */
        PARKED,
        /** Waits for a future. */
        AWAITING,
        /** An operation that takes time. */
        SLEEPING,
        /** The test lets the others go on until they have nothing to do. */
        DRIVING,
        /** A thread of others that has lost the token while it was in code of its own. */
        OUTSIDE,
        /** Its body is over. */
        ENDED
    }

    /** Who makes it. */
    enum Origin {
        /** The engine. */
        LOOP,
        /** The test, by {@link Simulation#fork}. */
        FORK,
        /** Nobody here: the thread of the test, or one of a framework. */
        OUTSIDER
    }

    final int id;
    final String name;
    final Origin origin;
    final Thread thread;
    final @Nullable Runnable body;

    State state;

    /** Whether its thread, one from outside, is inside the simulation without the token: read by others of that kind. */
    volatile boolean waitsForToken;

    /** Whether it is one from outside that has made the simulation, or has waited in it. */
    volatile boolean isTests;

    /** Whether it is a test's, that may wait for what happens here: set on it when it does something, ended with the test. */
    volatile boolean isAtTest;

    /** What it is to be told about a wait that was not seen here; set by the watch. */
    volatile @Nullable String unseenWait;

    /** Set by an unpark, used up by the next park. */
    boolean permit;

    /** When it goes on without anybody's doing. */
    long wakesAt = NEVER;

    boolean interruptible;

    @Nullable Object blocker;

    @Nullable CompletableFuture<?> future;

    /** Why it is to fail when it goes on. */
    @Nullable String alarm;

    /** Where a wait of a thread from outside began: how many decisions there were, and the two clocks. */
    long waitsSinceDecision;

    long waitsSinceNanos;
    long waitsSinceNow;

    Strand(int id, String name, Origin origin, Thread thread, @Nullable Runnable body, State state) {
        this.id = id;
        this.name = name;
        this.origin = origin;
        this.thread = thread;
        this.body = body;
        this.state = state;
    }

    /** Whether it can go on at this time. */
    boolean isReady(long now) {
        return switch (state) {
            case READY -> true;
            case PARKED -> permit || wakesAt <= now || thread.isInterrupted();
            case AWAITING -> isFutureDone() || wakesAt <= now || (interruptible && thread.isInterrupted());
            case SLEEPING -> wakesAt <= now || thread.isInterrupted();
            case NEW, DRIVING, OUTSIDE, ENDED -> false;
        };
    }

    private boolean isFutureDone() {
        CompletableFuture<?> waitedFor = future;
        return waitedFor == null || waitedFor.isDone();
    }

    /** Whether it is a thread from outside that waits here for what the others do. */
    boolean isOutsiderThatWaits() {
        return origin == Origin.OUTSIDER
                && (state == State.DRIVING
                        || state == State.AWAITING
                        || state == State.PARKED
                        || state == State.SLEEPING);
    }

    /** Whether it is in a wait that a deadline ends. */
    boolean isTimed() {
        return wakesAt != NEVER && (state == State.PARKED || state == State.AWAITING || state == State.SLEEPING);
    }

    /** Whether nothing but another thread's doing lets it go on. */
    boolean waitsForOthers() {
        return state == State.AWAITING && wakesAt == NEVER;
    }

    /** It goes on. */
    void goOn() {
        state = State.READY;
        wakesAt = NEVER;
        blocker = null;
        future = null;
    }

    /** Whether it waits to be given something to do, and nothing else lets it go on. */
    boolean isIdle() {
        return state == State.PARKED && wakesAt == NEVER;
    }

    /** One line of a report. */
    String describe(long now) {
        return name + doing(now);
    }

    /** One line of a report about threads that do the same. */
    static String describe(List<Strand> alike, long now) {
        Strand first = alike.get(0);
        int others = alike.size() - 1;
        String more = others == 0 ? "" : " and %d other%s".formatted(others, others == 1 ? "" : "s");
        return first.name + more + first.doing(now);
    }

    /** What it does, as the end of a line. */
    String doing(long now) {
        String until = wakesAt == NEVER ? "" : ", at most " + Duration.ofNanos(wakesAt - now) + " more";
        return switch (state) {
            case NEW -> ": has not started";
            case READY -> ": can go on";
            case PARKED -> ": parked, waits to be woken by " + name(blocker) + until;
            case AWAITING -> ": waits for " + future + until;
            case SLEEPING -> ": sleeps" + until;
            case DRIVING -> ": lets the others go on";
            case OUTSIDE -> ": in code of its own";
            case ENDED -> ": has ended";
        };
    }

    private static String name(@Nullable Object blocker) {
        return blocker == null ? "nobody" : blocker.getClass().getSimpleName();
    }
}
