package dev.pel.flow;

import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.Task;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a stream of work needs of its loop: all of it is made of public verbs of that. */
interface StreamServices {
    /** The clock of the loop. */
    long nanoTime();

    /** How long a slice on the active thread may be. */
    Duration turnBudget();

    /** Whether the lane is full, so that it would refuse calls. */
    boolean isFull(Lane lane);

    /** The handle of a stream, with code that runs when it has ended. */
    LoopFuture<StreamReport> handle(Consumer<Outcome> onEnd);

    /** The state of the loop. */
    LoopState state();

    /** A handle whose completion, from any thread, has what is attached to it run in a turn of the active thread. That is never refused. */
    LoopFuture<Boolean> signal();

    /** Runs code that blocks on a passive thread. */
    LoopFuture<@Nullable Void> block(Task operation);

    /** A timer, whose body does nothing. */
    LoopFuture<@Nullable Void> wait(Duration time);

    /** A stage as a handle of the loop. */
    <R extends @Nullable Object> LoopFuture<R> adopt(CompletionStage<R> stage);

    /** Tells the listeners of the loop. */
    void tell(Event event);

    /** An event of listeners. */
    interface Event {
        void tell(EventLoopListener listener);
    }

    /** Runs code in a later turn of the active thread, in any case. What it throws is the handle's failure. */
    default LoopFuture<@Nullable Void> later(Task code) {
        LoopFuture<Boolean> signal = signal();
        LoopFuture<@Nullable Void> handle = signal.handle((nothing, refused) -> {
            Thrown.by(code);
            return null;
        });
        signal.complete(true);
        return handle;
    }
}
