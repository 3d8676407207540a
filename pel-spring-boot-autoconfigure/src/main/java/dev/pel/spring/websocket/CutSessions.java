package dev.pel.spring.websocket;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;

/** Counts the sessions that were closed because of their client, and tells of them, at most once in ten seconds. */
final class CutSessions {
    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private static final Logger log = LoggerFactory.getLogger(BoundWebSocketHandler.class);

    private final AtomicLong count = new AtomicLong();
    private final AtomicLong toldCount = new AtomicLong();
    private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - QUIET);

    void cut(String session, CloseStatus status) {
        long all = count.incrementAndGet();
        long last = toldAt.get();
        long now = System.nanoTime();
        if (now - last >= QUIET && toldAt.compareAndSet(last, now)) {
            long more = all - toldCount.getAndSet(all) - 1;
            log.warn(
                    "WebSocket session '{}' is closed with {}; {} others since the last line like this",
                    session,
                    status,
                    more);
        } else {
            log.debug("WebSocket session '{}' is closed with {}", session, status);
        }
    }

    long count() {
        return count.get();
    }
}
