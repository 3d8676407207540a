package dev.pel.spring.websocket;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.Task;
import dev.pel.flow.Bound;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * A session of a {@link BoundWebSocketHandler}, as its handler sees it. Sending and closing return at once; a passive thread does them, in their order. From
 * any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails reaches the error handler
public final class BoundWebSocketSession extends WebSocketSessionDecorator {
    private final EventLoop loop;
    private final WebSocketHandler handler;
    private final Bound bound;
    private final CallSpec turns;
    private final Sends sends;

    /** Whether a method of the handler has begun: of others it need not be told the end. */
    private volatile boolean hasBegun;

    private final AtomicBoolean isEndTold = new AtomicBoolean();

    BoundWebSocketSession(
            EventLoop loop,
            WebSocketSession session,
            WebSocketHandler handler,
            SendLimits limits,
            CutSessions cuts,
            Closer closer) {
        super(session);
        this.loop = loop;
        this.handler = handler;
        Key key = new Key(session.getId(), "messages");
        this.turns = loop.call("websocket").key(key);
        this.bound = new Bound(loop.call("websocket"), key, this::isOpen);
        this.sends = new Sends(loop, session, limits, cuts, closer, bound);
    }

    /** What calls of one session take turns by. */
    private record Key(String session, String what) {
        @Override
        public String toString() {
            return "%s of WebSocket session %s".formatted(what, session);
        }
    }

    /**
     * What comes in turn with the messages of this session, and is skipped once it is closed.
     *
     * @return its calls
     */
    public Bound bound() {
        return bound;
    }

    /**
     * Sends a message after those that were given before.
     *
     * @param message sent on a passive thread, and not to be changed after this call
     * @return the handle, which ends when the server has taken the message; cancelled when the session is closed before that
     */
    public LoopFuture<@Nullable Void> send(WebSocketMessage<?> message) {
        return sends.send(Objects.requireNonNull(message, "message"));
    }

    /** As {@link #send}, for whom the end of the sending is of no interest. */
    @Override
    public void sendMessage(WebSocketMessage<?> message) {
        send(message);
    }

    @Override
    public boolean isOpen() {
        return sends.isOpen();
    }

    /** Closes the session when what was given before has been sent. */
    @Override
    public void close() {
        close(CloseStatus.NORMAL);
    }

    /** Closes the session when what was given before has been sent. */
    @Override
    public void close(CloseStatus status) {
        sends.close(Objects.requireNonNull(status, "status"));
    }

    // ------------------------------------------------------------------ for the handler's decorator

    /** Runs a method of the handler in turn. On a thread of the server. */
    void inTurn(Task method) {
        LoopFuture<?> call = bound.defer(() -> run(method));
        if (call.outcome() == Outcome.REJECTED) {
            boolean isFull = loop.state() == LoopState.RUNNING;
            sends.refused(isFull ? CloseStatus.SERVICE_OVERLOAD : CloseStatus.GOING_AWAY);
            return;
        }
        call.handle((nothing, error) -> {
            if (call.outcome() == Outcome.STOPPED) {
                sends.refused(CloseStatus.GOING_AWAY); // the message is lost
            }
            return Sends.passOn(error);
        });
    }

    private void run(Task method) throws Exception {
        hasBegun = true;
        try {
            method.run();
        } catch (Throwable e) {
            sends.close(CloseStatus.SERVER_ERROR);
            throw e; // to the error handler
        }
    }

    /** The session has ended. On a thread of the server. */
    void closed(CloseStatus status) {
        sends.ended();
        // what is attached runs on the active thread, also while the loop drains, or its lane is full
        turns.enqueue(Lane.ACTIVE, () -> tellEnd(status)).handle((nothing, error) -> {
            if (!isEndTold.get()) { // the turn was refused, or ended by a stop
                tellEnd(status);
                return null;
            }
            return Sends.passOn(error);
        });
    }

    private void tellEnd(CloseStatus status) {
        if (!isEndTold.compareAndSet(false, true) || !hasBegun) {
            return;
        }
        try {
            handler.afterConnectionClosed(this, status);
        } catch (Exception e) {
            throw new CompletionException(e); // to the error handler
        }
    }
}
