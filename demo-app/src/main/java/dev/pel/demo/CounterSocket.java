package dev.pel.demo;

import dev.pel.spring.websocket.BoundWebSocketSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Counts the messages of each session: the example by which Plezi explains its {@code defer}, with pel's {@link dev.pel.flow.Bound}. To count a message
 * takes a look at the counter, some work that blocks, and the setting of the new figure. When two messages overlap, both look at the same figure, and one
 * is lost. Here none is, and nothing is locked: what is submitted to the session's bound comes in turn with the session's messages, one at a time from the
 * beginning of the work to the end of the body. Other sessions go on meanwhile.
 *
 * <p>In the browser, on the demo's page:
 *
 * <pre>{@code
 * const socket = new WebSocket(`ws://${location.host}/counter`);
 * socket.onmessage = ({data}) => console.log(data);                   // 1, 2, 3, 4
 * socket.onopen = () => [1, 2, 3, 4].forEach(() => socket.send('count'));
 * }</pre>
 */
@Component
@SuppressWarnings("FutureReturnValueIgnored") // a failure that nobody deals with reaches pel's error handler
class CounterSocket extends TextWebSocketHandler {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofMillis(100);

    private final Map<String, Counter> counters = new HashMap<>(); // only the active thread touches it

    /** Of one session: plain, because one message at a time touches it. */
    private static final class Counter {
        int count;
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        Counter counter = counters.computeIfAbsent(session.getId(), first -> new Counter());
        BoundWebSocketSession bound = (BoundWebSocketSession) session;
        bound.bound()
                .next(() -> afterSomeWork(counter.count), count -> {
                    counter.count = count;
                    bound.sendMessage(new TextMessage(String.valueOf(count)));
                })
                .whenComplete((nothing, failure) -> {
                    if (failure != null) { // the client waits for an answer that does not come; nothing is closed twice
                        bound.close(Sockets.statusOf(failure));
                    }
                });
    }

    /** On a passive thread. */
    private static int afterSomeWork(int count) throws InterruptedException {
        Thread.sleep(ThreadLocalRandom.current().nextLong(SHORTEST.toMillis(), LONGEST.toMillis()));
        return count + 1;
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        counters.remove(session.getId());
    }
}
