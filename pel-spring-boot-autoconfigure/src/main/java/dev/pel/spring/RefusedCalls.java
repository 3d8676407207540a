package dev.pel.spring;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that calls were refused whose handle nobody has, without flooding the log when a lane stays full. */
final class RefusedCalls {
    private static final Logger log = LoggerFactory.getLogger(RefusedCalls.class);
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

    private final LongSupplier clock;
    private final AtomicLong nextTime;
    private final LongAdder untold = new LongAdder();

    /**
     * Nothing refused so far.
     *
     * @param clock monotonic, in nanoseconds
     */
    RefusedCalls(LongSupplier clock) {
        this.clock = clock;
        this.nextTime = new AtomicLong(clock.getAsLong());
    }

    void check(LoopFuture<?> handle, String label) {
        if (handle.outcome() != Outcome.REJECTED) {
            return;
        }
        untold.increment();
        long now = clock.getAsLong();
        long due = nextTime.get();
        if (now - due >= 0 && nextTime.compareAndSet(due, now + INTERVAL)) {
            log.warn(
                    "The loop refused {} call(s) of void methods since this was last said, the latest of '{}': {}",
                    untold.sumThenReset(),
                    label,
                    reason(handle));
        }
    }

    private static @Nullable String reason(LoopFuture<?> handle) {
        try {
            handle.join(); // it has ended
            return null;
        } catch (CompletionException e) {
            return e.getCause() == null ? null : e.getCause().getMessage();
        }
    }
}
