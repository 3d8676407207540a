package dev.pel.flow;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells a call that was refused, because there was no room for it, from one that has failed. */
final class Refusal {
    private Refusal() {}

    /** Why a call was refused, if it was and may be tried again; null for all else. */
    static @Nullable CallRejectedException of(CompletionStage<?> stage) {
        return stage instanceof LoopFuture<?> handle
                        && handle.outcome() == Outcome.REJECTED
                        && handle.exceptionNow() instanceof CallRejectedException why
                        && why.isFull()
                ? why
                : null;
    }

    /** The lane that had no room for a call, where that is why something has failed; null for all else. */
    static @Nullable Lane fullLane(Throwable error) {
        return Thrown.cause(error) instanceof CallRejectedException why && why.isFull() ? why.lane() : null;
    }

    /** Whether it says that the loop stops. */
    static boolean isStop(Throwable error) {
        Throwable cause = Thrown.cause(error);
        return cause instanceof CallStoppedException || (cause instanceof CallRejectedException why && !why.isFull());
    }

    /** Whether it is the end that a stream, or the stop, makes of its calls. */
    static boolean isEndByOthers(Throwable error) {
        Throwable cause = Thrown.cause(error);
        return cause instanceof CancellationException || isStop(cause);
    }

    /** Whether it says that code has not run, or has been stopped with the loop. */
    static boolean isStopOrRefusal(Throwable error) {
        return isStop(error) || Thrown.cause(error) instanceof CallRejectedException;
    }
}
