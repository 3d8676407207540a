package dev.pel;

import java.util.concurrent.CancellationException;

/** Cancels a handle of which nobody needs the result; without a stack trace, because a chain may have a million links. */
final class NobodyWantsIt extends CancellationException {
    private static final long serialVersionUID = 1L;

    private NobodyWantsIt(String message) {
        super(message);
    }

    static NobodyWantsIt dependentsHaveEnded() {
        return new NobodyWantsIt("Cancelled because all that depended on it had been ended");
    }

    static NobodyWantsIt conditionDoesNotHold() {
        return new NobodyWantsIt("Cancelled because the condition of 'onlyWhile' did not hold");
    }

    static NobodyWantsIt handleHasBeenCompleted() {
        return new NobodyWantsIt("Cancelled because the handle of the script had been completed");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
