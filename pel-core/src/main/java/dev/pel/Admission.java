package dev.pel;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one call needs before it may go into the queue of its lane: the turn of its key, then a permit of its limit. While it waits for them it
 * is in no queue of a lane, though it has its place there. {@link AdmissionState} says what it may become next; here is what follows.
 */
final class Admission extends AdmissionState {
    /** With one of them it has its part in the order of its key. */
    private static final int KEY_MARKS = HAS_KEY_PLACE | WAITS_FOR_KEY | HAS_KEY;

    private final Admissions admissions;
    private final @Nullable LimitQueue limit;

    /** Null for a call without a key, for a timer before it has fallen due, and for a call that has left. */
    private volatile @Nullable KeyQueue key;

    private @Nullable Admitted call; // written by the thread that begins, before others can see this

    /** The one that lasts, or was last. */
    private volatile @Nullable Pause pause;

    Admission(Admissions admissions, @Nullable LimitQueue limit) {
        this.admissions = admissions;
        this.limit = limit;
    }

    @Nullable LimitQueue limit() {
        return limit;
    }

    /** It has a place among the calls of this key, unless a concurrent thread has ended it. */
    void hasPlace(KeyQueue queue) {
        key = queue;
        if (!move(0, HAS_KEY_PLACE)) {
            key = null;
            queue.giveBackPlace();
        }
    }

    // ------------------------------------------------------------------ going on

    /** When the call has its place in its lane, on the submitting thread or that of a timer: waits, or goes on at once. */
    void begin(Admitted held) {
        call = held;
        KeyQueue turns = key;
        try {
            if (turns == null) {
                goesOn();
            } else if (move(HAS_KEY_PLACE, WAITS_FOR_KEY)) {
                turns.enter(this);
            }
        } catch (Throwable e) { // no memory is left: nobody else would end the call
            held.endBroken(e);
        }
    }

    /** Gives it what it waits for there; false when it has ended. */
    boolean granted(PermitQueue by) {
        return by == limit ? move(WAITS_FOR_LIMIT, HAS_PERMIT) : move(WAITS_FOR_KEY, HAS_KEY);
    }

    /** Waits for what comes next, or goes into the queue of its lane. On the thread that has given it what it waited for. */
    void goesOn() {
        Admitted held = call();
        try {
            LimitQueue permits = limit;
            if (permits == null || has(HAS_PERMIT)) {
                if (move(0, IS_QUEUED)) {
                    held.admitted();
                }
            } else if (move(HAS_LIMIT_PLACE, WAITS_FOR_LIMIT) || waitsOnceMore(permits)) {
                permits.enter(this);
            }
        } catch (Throwable e) { // no memory is left: nobody else would end the call
            held.endBroken(e);
        }
    }

    /** For a further attempt: the call was accepted already, so it has its place in any case. False when it has ended. */
    private boolean waitsOnceMore(LimitQueue permits) {
        permits.takePlace(Integer.MAX_VALUE);
        boolean waits = move(0, WAITS_FOR_LIMIT);
        if (!waits) {
            permits.giveBackPlace();
        }
        return waits;
    }

    /** The call is to be tried again after a while. It keeps its turn, and has given its permit back. */
    void pauses(Duration time) {
        if (time.isZero()) {
            goesOn();
        } else {
            Pause next = new Pause(admissions, this);
            pause = next; // before the mark that it sets: a thread that ends the call finds it
            next.begin(time);
        }
    }

    // ------------------------------------------------------------------ leaving

    /** The operation starts. */
    void starts() {
        if (limit != null && move(HAS_PERMIT, HAS_PERMIT | HAS_STARTED)) {
            limit.started();
        }
    }

    /** The operation has left: its permit is free. */
    void operationLeft() {
        givePermitBack(clear(HAS_PERMIT | HAS_STARTED));
    }

    /** The operation has failed and left, and is to be tried again: the call is in no queue for the present. */
    void attemptLeft() {
        givePermitBack(clear(HAS_PERMIT | HAS_STARTED | IS_QUEUED));
    }

    private void givePermitBack(int before) {
        if (limit != null && (before & HAS_PERMIT) != 0) {
            limit.release(this, (before & HAS_STARTED) != 0);
        }
    }

    /**
     * The call has ended or was refused, and no code of it runs or will run: gives back all that it has. Two threads may come here at once, the one
     * of the operation and the active one: what there is to do is done by the one that comes first.
     *
     * @return whether it is the first, and the call had begun, was in no queue of a lane, and will be in none
     */
    boolean leave() {
        int before = goes();
        KeyQueue turns = key;
        try {
            if (turns != null && (before & KEY_MARKS) != 0) {
                key = null; // here only: the thread that comes second must not take it away before the first has read
                // it
                giveBack(before, turns);
            }
        } finally {
            if (limit != null) {
                giveBackLimit(before, limit);
            }
        }
        Pause lasting = pause;
        if ((before & PAUSES) != 0 && lasting != null) {
            lasting.end();
        }
        return before != 0 && (before & (GONE | IS_QUEUED)) == 0;
    }

    private static void giveBack(int before, KeyQueue turns) {
        if ((before & HAS_KEY_PLACE) != 0) {
            turns.giveBackPlace();
        } else if ((before & WAITS_FOR_KEY) != 0) {
            turns.left();
        } else if ((before & HAS_KEY) != 0) {
            turns.release();
        }
    }

    private void giveBackLimit(int before, LimitQueue permits) {
        if ((before & HAS_LIMIT_PLACE) != 0) {
            permits.giveBackPlace();
        } else if ((before & WAITS_FOR_LIMIT) != 0) {
            permits.left();
        }
        givePermitBack(before);
    }

    void stop() {
        call().stopHeld();
    }

    // ------------------------------------------------------------------ for those who look on

    Admitted call() {
        return Objects.requireNonNull(call, "begun");
    }

    boolean waitsFor(PermitQueue queue) {
        return has(queue == limit ? WAITS_FOR_LIMIT : WAITS_FOR_KEY);
    }

    /** Whether it is not in the queue of its lane, though it counts there. */
    boolean isHeld() {
        return !has(IS_QUEUED);
    }

    /** The calls of its key, for whose turn it waits; null when it does not. */
    @Nullable KeyQueue neededKey() {
        return has(WAITS_FOR_KEY) ? key : null;
    }

    Keys keys() {
        return admissions.keys();
    }

    /** For a timer that has fallen due: takes a place among the calls of a key. False when it has ended. */
    boolean takePlace(HashedKey later) {
        admissions.keys().takePlace(later, Integer.MAX_VALUE, this);
        return has(HAS_KEY_PLACE);
    }

    /** The limit for whose permit it waits; null when it does not. */
    @Nullable LimitQueue neededLimit() {
        return has(WAITS_FOR_LIMIT) ? limit : null;
    }

    long queuedAt() {
        return call().queuedAt();
    }
}
