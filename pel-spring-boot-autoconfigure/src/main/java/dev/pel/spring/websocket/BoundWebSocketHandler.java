package dev.pel.spring.websocket;

import dev.pel.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;

/**
 * Brings the sessions of a handler onto the loop. All methods of the handler run on the active thread, those of one session in turn, so the state
 * that they share with other bodies needs no lock.
 *
 * <pre>{@code
 * WebSocketHandler counter = new TextWebSocketHandler(); // of the application, whose methods run on the active thread
 * WebSocketConfigurer sockets = registry -> registry.addHandler(new BoundWebSocketHandler(loop, counter), "/counter");
 * }</pre>
 *
 * <p>The handler gets a {@link BoundWebSocketSession}, of which {@link BoundWebSocketSession#bound()} gives the {@link dev.pel.flow.Bound}: what is
 * submitted there comes in turn with the messages of the session, and is skipped once that is closed.
 *
 * <p><b>Sending</b> never waits: messages are sent on a passive thread, one after the other. A client that reads too slowly is cut: when the sending of a
 * message is not done within {@linkplain #withSendTimeLimit the limit of time}, or more bytes wait than {@linkplain #withSendBufferSize the buffer} takes,
 * what waits is thrown away, and the session is closed with code 1008.
 *
 * <p><b>Overload</b>: when more messages of one session wait to be received, or to be sent, than {@link dev.pel.EventLoopOptions#keyCapacity} allows, when the
 * lane is full, or no passive thread is free within the limit of time, the session is closed with code 1013 (try again later).
 *
 * <p>A session of which a message is lost because the loop stops, or comes when it has stopped, is closed with code 1001. An exception of the handler reaches
 * the {@link dev.pel.ErrorHandler}, and closes the session with code 1011. Messages that wait for their turn when the client leaves are skipped.
 *
 * <p>{@code afterConnectionClosed} is the last method of a session, and is called in any case when another one was: on the active thread, and where that is
 * gone, because the loop has stopped, where pel runs what is attached to handles.
 */
public final class BoundWebSocketHandler extends WebSocketHandlerDecorator {
    private final EventLoop loop;
    private final SendLimits limits;
    private final CutSessions cuts = new CutSessions();
    private final Closer closer = new Closer();
    private final Map<String, BoundWebSocketSession> sessions = new ConcurrentHashMap<>();

    /**
     * Brings a handler onto a loop.
     *
     * @param loop the loop
     * @param handler whose methods run on the active thread
     */
    public BoundWebSocketHandler(EventLoop loop, WebSocketHandler handler) {
        this(loop, Objects.requireNonNull(handler, "handler"), SendLimits.DEFAULTS);
    }

    private BoundWebSocketHandler(EventLoop loop, WebSocketHandler handler, SendLimits limits) {
        super(handler);
        this.loop = Objects.requireNonNull(loop, "loop");
        this.limits = limits;
    }

    /**
     * The same with another limit of time for a message that is sent; ten seconds by default.
     *
     * @param limit from the call of {@code sendMessage} until the server has taken it; more than zero
     * @return the changed copy, without sessions
     * @throws IllegalArgumentException when it is not more than zero
     */
    public BoundWebSocketHandler withSendTimeLimit(Duration limit) {
        return new BoundWebSocketHandler(
                loop, getDelegate(), new SendLimits(Objects.requireNonNull(limit, "limit"), limits.bytes()));
    }

    /**
     * The same with another number of bytes that may wait to be sent to one session; 524,288 by default.
     *
     * @param bytes at least 1
     * @return the changed copy, without sessions
     * @throws IllegalArgumentException when it is less
     */
    public BoundWebSocketHandler withSendBufferSize(int bytes) {
        return new BoundWebSocketHandler(loop, getDelegate(), new SendLimits(limits.time(), bytes));
    }

    /**
     * How many sessions are open. From any thread.
     *
     * @return the number
     */
    public int sessions() {
        return sessions.size();
    }

    /**
     * How many sessions were closed with code 1008 or 1013. From any thread.
     *
     * @return the number so far
     */
    public long cut() {
        return cuts.count();
    }

    // ------------------------------------------------------------------ on threads of the server

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        BoundWebSocketSession bound = new BoundWebSocketSession(loop, session, getDelegate(), limits, cuts, closer);
        sessions.put(session.getId(), bound);
        bound.inTurn(() -> getDelegate().afterConnectionEstablished(bound));
    }

    @Override
    public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) {
        BoundWebSocketSession bound = bound(session);
        if (bound != null) {
            WebSocketMessage<?> kept = kept(message);
            bound.inTurn(() -> getDelegate().handleMessage(bound, kept));
        }
    }

    @Override
    public void handleTransportError(WebSocketSession session, Throwable error) {
        BoundWebSocketSession bound = bound(session);
        if (bound != null) {
            bound.inTurn(() -> getDelegate().handleTransportError(bound, error));
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        BoundWebSocketSession bound = sessions.remove(session.getId());
        if (bound != null) {
            bound.closed(status);
        }
    }

    /** Null when it has been closed: the last method of its handler has been called, or will be. */
    private @Nullable BoundWebSocketSession bound(WebSocketSession session) {
        return sessions.get(session.getId());
    }

    /** The server may use the buffer of a binary message again when this thread returns to it. */
    private static WebSocketMessage<?> kept(WebSocketMessage<?> message) {
        if (message instanceof BinaryMessage binary) {
            return new BinaryMessage(copy(binary.getPayload()), binary.isLast());
        } else if (message instanceof PongMessage pong) {
            return new PongMessage(copy(pong.getPayload()));
        }
        return message;
    }

    private static ByteBuffer copy(ByteBuffer payload) {
        ByteBuffer copy = ByteBuffer.allocate(payload.remaining());
        copy.put(payload.duplicate()).flip();
        return copy;
    }
}
