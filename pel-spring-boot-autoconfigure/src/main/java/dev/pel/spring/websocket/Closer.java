package dev.pel.spring.websocket;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Closes sessions that the loop gives up, on a few threads of its own, which end when there is nothing to do: to close writes to a client that may not read,
 * and the loop may be full, or have stopped. Each session comes here once.
 */
final class Closer {
    private static final int THREADS = 4;

    private static final Logger log = LoggerFactory.getLogger(BoundWebSocketHandler.class);

    private final ThreadPoolExecutor threads;

    Closer() {
        CustomizableThreadFactory factory = new CustomizableThreadFactory("pel-websocket-close-");
        factory.setDaemon(true);
        threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    void close(WebSocketSession session, CloseStatus status) {
        threads.execute(() -> {
            try {
                session.close(status);
            } catch (IOException | RuntimeException e) { // it is broken, as it is when somebody closes a browser
                log.debug("WebSocket session '{}' could not be closed", session.getId(), e);
            }
        });
    }
}
