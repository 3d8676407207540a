package dev.pel;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Cancels a handle of which nobody needs the result; without a stack trace, because a chain may have a million links. */
final class NobodyWantsIt extends CancellationException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    private NobodyWantsIt(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    private enum Kind {
        /** Whatever it does, its end is wanted by nobody. */
        UNWANTED,
        /** It would begin now, on the current thread, and is not to. */
        SKIPPED,
        /** It waits, and is not to begin; unless a concurrent thread has begun it. */
        SKIPPED_UNLESS_BEGUN
    }

    static NobodyWantsIt dependentsHaveEnded() {
        return new NobodyWantsIt(Kind.UNWANTED, "Cancelled because all that depended on it had been ended");
    }

    /**
     * Because of a condition.
     *
     * @param why in words; null for those of the term
     * @param thrown what the condition has thrown instead of an answer
     */
    static NobodyWantsIt conditionDoesNotHold(@Nullable String why, @Nullable Throwable thrown) {
        String words = why == null ? "the condition of 'onlyWhile' did not hold" : why;
        NobodyWantsIt reason = new NobodyWantsIt(Kind.SKIPPED, "Cancelled because " + words);
        if (thrown != null) {
            reason.initCause(thrown);
        }
        return reason;
    }

    static NobodyWantsIt waitsInVain(@Nullable String why) {
        String words = why == null ? "by 'cancelWaiting' while it waited for the turn of its key" : "because " + why;
        return new NobodyWantsIt(Kind.SKIPPED_UNLESS_BEGUN, "Cancelled " + words);
    }

    static NobodyWantsIt handleHasBeenCompleted() {
        return new NobodyWantsIt(Kind.UNWANTED, "Cancelled because the handle of the script had been completed");
    }

    /** Whether it ends a call of which no code, or no more, is to run. */
    static boolean isSkip(@Nullable Throwable error) {
        return error instanceof NobodyWantsIt reason && reason.kind != Kind.UNWANTED;
    }

    /** Whether it leaves a call alone that has begun. */
    static boolean isUnlessBegun(@Nullable Throwable error) {
        return error instanceof NobodyWantsIt reason && reason.kind == Kind.SKIPPED_UNLESS_BEGUN;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
