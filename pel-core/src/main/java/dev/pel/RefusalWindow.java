package dev.pel;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The refusals of one lane, for one reason, in a span of time that ends in at most one line of the log. */
final class RefusalWindow {
    private static final long CLOSED = Long.MIN_VALUE;

    private final int kind;
    private final String message;
    private final long openedAt;

    /** How many of the refused handles nobody has looked at; CLOSED when the line has been written. */
    private final AtomicLong unseen = new AtomicLong();

    /** One of the refusals whose handle nobody has looked at; its stack trace tells where the call was submitted. */
    private volatile @Nullable CallRejectedException sample;

    /** When the watchdog does the next thing with this window. */
    private volatile @Nullable Deadline deadline;

    RefusalWindow(int kind, String message, long openedAt) {
        this.kind = kind;
        this.message = message;
        this.openedAt = openedAt;
    }

    int kind() {
        return kind;
    }

    String message() {
        return message;
    }

    long openedAt() {
        return openedAt;
    }

    void keptBy(Deadline by) {
        deadline = by;
    }

    @Nullable Deadline deadline() {
        return deadline;
    }

    boolean isClosed() {
        return unseen.get() == CLOSED;
    }

    /** Counts a refusal; false when this window is closed. */
    boolean add(CallRejectedException why) {
        if (unseen.getAndUpdate(count -> count == CLOSED ? CLOSED : count + 1) == CLOSED) {
            return false;
        }
        if (sample == null) {
            sample = why;
        }
        return true;
    }

    /** Somebody has looked at the handle of this refusal. Nothing changes when the line has been written. */
    @SuppressWarnings("ReferenceEquality") // the very same refusal
    void takeBack(CallRejectedException why) {
        unseen.getAndUpdate(count -> count == CLOSED ? CLOSED : count - 1);
        if (sample == why) {
            sample = null; // the next one takes its place; in between the line would tell no submission site
        }
    }

    /** Says how many refusals nobody has looked at, the first time; later 0, so that they are told once. */
    long close() {
        return Math.max(0, unseen.getAndSet(CLOSED));
    }

    @Nullable StackTraceElement site() {
        CallRejectedException known = sample;
        return known == null ? null : CallSites.innermost(known.getStackTrace());
    }
}
