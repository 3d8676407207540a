package dev.pel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a future fails with: a cause, around which the JDK puts a {@link CompletionException} where code has thrown it, or where a dependent
 * takes it over.
 */
final class Causes {
    private Causes() {}

    static CompletionException wrap(Throwable error) {
        return error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
    }

    static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    /** What the failure of a future that is no call records: ends are made as they are, what is thrown or taken over is wrapped. */
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

    /** Somebody has got this failure: when its cause is a refusal, that is known. Of a {@link JoinedFailure} that is the first one only. */
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
