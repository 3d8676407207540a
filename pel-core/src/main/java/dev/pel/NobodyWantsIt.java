package dev.pel;

import java.util.concurrent.CancellationException;

/** Cancels a handle whose dependents have all been ended; without a stack trace, because a chain may have a million links. */
final class NobodyWantsIt extends CancellationException {
    private static final long serialVersionUID = 1L;

    NobodyWantsIt() {
        super("Cancelled because all that depended on it had been ended");
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
