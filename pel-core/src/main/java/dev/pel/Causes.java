package dev.pel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Wraps and unwraps the cause with which a future fails: the JDK puts a {@link CompletionException} around what code throws, and around
 * what a dependent takes over.
 */
final class Causes {
    private Causes() {}

    static CompletionException wrap(Throwable error) {
        if (error instanceof CompletionException wrapped) {
            return wrapped;
        }
        try {
            return new CompletionException(error);
        } catch (RuntimeException e) {
            return new Unnamed(error);
        }
    }

    /** Around an error that cannot say what it is: its {@code toString}, or {@code getMessage}, throws something itself. */
    private static final class Unnamed extends CompletionException {
        private static final long serialVersionUID = 1L;

        Unnamed(Throwable cause) {
            super(cause.getClass().getName(), cause);
        }
    }

    /** The same for an end that has to be made in any case: not wrapped when no memory is left for that. */
    static Throwable wrapIfPossible(Throwable error) {
        try {
            return wrap(error);
        } catch (OutOfMemoryError e) {
            return error;
        }
    }

    /** The failure of what is cancelled by pel; the error that has prevented it when no memory is left for that. */
    static Throwable cancellation() {
        try {
            return new CancellationException();
        } catch (VirtualMachineError | LinkageError e) {
            return e;
        }
    }

    static Throwable cause(Throwable error) {
        if (!(error instanceof CompletionException)) {
            return error;
        }
        try {
            Throwable cause = error.getCause();
            return cause == null ? error : cause;
        } catch (RuntimeException e) { // of a class of the user's
            return error;
        }
    }

    /**
     * The outcome of a failed future that is no call: only its own end is not wrapped; a wrapped one was thrown or taken over, so it is
     * FAILED.
     */
    static Outcome recorded(Throwable error) {
        if (error instanceof CancellationException) {
            return Outcome.CANCELLED;
        } else if (error instanceof CallTimeoutException) {
            return Outcome.TIMED_OUT;
        } else if (error instanceof CallStoppedException) {
            return Outcome.STOPPED;
        }
        return error instanceof CallRejectedException ? Outcome.REJECTED : Outcome.FAILED;
    }

    /** The value of a future that has succeeded. When it has failed its failure is thrown, wrapped. */
    static <V extends @Nullable Object> V value(V value, @Nullable Throwable error) {
        if (error != null) {
            throw wrap(error);
        }
        return value;
    }

    /** Marks the refusal that is the cause of this failure, if any, as noticed; of a {@link JoinedFailure} the first one only. */
    static void seen(Throwable error) {
        if (cause(error) instanceof CallRejectedException why) {
            why.lookedAt();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler believes it to be unchecked
    static <X extends Throwable> X unchecked(Throwable error) throws X {
        throw (X) error;
    }
}
