package dev.pel.flow;

import dev.pel.LoopFuture;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pause after a call was refused because a lane was full: 5 ms, and twice as long each time, up to a second. After 60 times in a row, which is
 * about a minute, it gives up. Confined to the active thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of handle, which deals with the failure
final class Backoff {
    static final int MOST = 60;
    private static final long FIRST = 5;
    private static final long LONGEST = 1_000;

    private final StreamServices services;
    private final Wake wake;
    private int times;
    private @Nullable LoopFuture<?> timer;

    Backoff(StreamServices services, Wake wake) {
        this.services = services;
        this.wake = wake;
    }

    /** Begins a pause, after which the stream is woken; false when there were too many. */
    boolean begin() {
        if (times >= MOST) {
            return false;
        }
        long pause = Math.min(LONGEST, FIRST << Math.min(times, 10));
        times++;
        LoopFuture<@Nullable Void> fresh = services.wait(Duration.ofMillis(pause));
        timer = fresh;
        // a timer that is refused, too, is no reason to wait for ever: the tries are counted
        fresh.handle((nothing, error) -> {
            timer = null;
            wake.again(); // not here: what is attached to a timer cannot set the next one while the loop drains
            return null;
        });
        return true;
    }

    boolean isWaiting() {
        return timer != null;
    }

    /** The tries are those of something else from now on. */
    void reset() {
        times = 0;
    }

    void stop() {
        LoopFuture<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
