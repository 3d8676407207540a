package dev.pel;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Straight-line code on the loop, see {@link EventLoop#script}: where a body would attach what comes next, a script waits.
 *
 * <p>Between two waits it holds the loop, as a body does: no body and no other script runs meanwhile, and
 * {@link EventLoop#onActiveThread()} is true. While it waits, others have their turns, so what it has read of shared state before a wait may have
 * changed after it.
 */
public interface Script {
    /**
     * Waits for the end of a stage, without holding the loop.
     *
     * @param stage a handle of the loop, or any other stage
     * @param <V> the type of its result
     * @return its result
     * @throws Exception what it has failed with: the original, not a wrapper; or the end of the script itself, when that was cancelled, has timed out
     *     or is stopped, a {@link java.util.concurrent.CancellationException}, {@link CallTimeoutException} or {@link CallStoppedException}
     * @throws IllegalStateException when it is called by other code than the script's own, or after its end
     */
    <V extends @Nullable Object> V await(CompletionStage<? extends V> stage) throws Exception;

    /**
     * Waits for some time, without holding the loop.
     *
     * @param time how long; zero or negative to let others have their turn
     * @throws Exception as {@link #await}
     */
    void sleep(Duration time) throws Exception;
}
