package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.spring.actuate.LoopDescription.FailureDescription;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest failures of one loop that reached its error handler, for the endpoint. There only where it may show them to
 * somebody.
 */
final class RecentFailures implements EventLoopListener {
    private static final int MOST = 20;

    private final Clock clock;
    private final BlockingQueue<FailureDescription> latest = new ArrayBlockingQueue<>(MOST);

    /**
     * For the failures from now on.
     *
     * @param clock tells when they came
     */
    RecentFailures(Clock clock) {
        this.clock = clock;
    }

    /** Those of a loop; null when they are not kept. */
    static @Nullable RecentFailures of(EventLoop loop) {
        return loop.options().hooks().listeners().stream()
                .filter(RecentFailures.class::isInstance)
                .map(RecentFailures.class::cast)
                .findFirst()
                .orElse(null);
    }

    @Override
    public boolean needsEntries() {
        return false;
    }

    @Override
    public void unhandled(Failure failure) {
        FailureDescription description = FailureDescription.of(failure, clock.instant());
        while (!latest.offer(description)) {
            latest.poll(); // the oldest makes place
        }
    }

    /** The latest first. */
    List<FailureDescription> latest() {
        List<FailureDescription> list = new ArrayList<>(latest);
        Collections.reverse(list);
        return list;
    }
}
