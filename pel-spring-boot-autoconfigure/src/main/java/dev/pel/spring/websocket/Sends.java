package dev.pel.spring.websocket;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.flow.Bound;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * What is sent to one session, one message after the other on passive threads. It ends the session when the client is too slow. From any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of handle, which deals with what fails
final class Sends {
    private static final Logger log = LoggerFactory.getLogger(BoundWebSocketHandler.class);

    /** How long a close waits that the passive lane has refused. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final EventLoop loop;
    private final WebSocketSession session;
    private final SendLimits limits;
    private final CutSessions cuts;
    private final Bound messages;
    private final Bound sends;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean isCut = new AtomicBoolean();
    private final AtomicBoolean isClosing = new AtomicBoolean();

    /** Whether the loop has stopped before all was sent or received: the session is of no use any more, and its next message closes it. */
    private volatile boolean isGivenUp;

    /**
     * Sends nothing yet.
     *
     * @param messages what comes from the client; nothing more of it is wanted when the session is cut
     */
    Sends(EventLoop loop, WebSocketSession session, SendLimits limits, CutSessions cuts, Bound messages) {
        this.loop = loop;
        this.session = session;
        this.limits = limits;
        this.cuts = cuts;
        this.messages = messages;
        this.sends = loop.bind("sends of WebSocket session " + session.getId(), session::isOpen)
                .with(call -> loop.call("websocket send").timeout(limits.time()));
    }

    boolean isOpen() {
        return !isCut.get() && !isClosing.get() && !isGivenUp && session.isOpen();
    }

    LoopFuture<@Nullable Void> send(WebSocketMessage<?> message) {
        int length = message.getPayloadLength();
        if (bytes.addAndGet(length) > limits.bytes()) {
            cut(CloseStatus.POLICY_VIOLATION.withReason("more than %d bytes wait".formatted(limits.bytes())));
        }
        long due = System.nanoTime() + limits.time().toNanos();
        return submitted(sends.next(() -> write(message, due)), length);
    }

    /** Says of an exception that comes after the time is over what it comes from: the interrupt of the call that has timed out. */
    private void write(WebSocketMessage<?> message, long due) throws IOException {
        try {
            session.sendMessage(message);
        } catch (IOException | RuntimeException e) {
            if (System.nanoTime() - due < 0) {
                throw e;
            }
            InterruptedIOException interrupted = new InterruptedIOException("The message was not sent in time");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private LoopFuture<@Nullable Void> submitted(LoopFuture<@Nullable Void> call, int length) {
        call.handle((nothing, error) -> {
            bytes.addAndGet(-length);
            if (error != null) {
                failed(cause(error));
            }
            return null;
        });
        return call;
    }

    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private void failed(Throwable error) {
        if (error instanceof CallTimeoutException) {
            cut(CloseStatus.POLICY_VIOLATION.withReason("not sent within " + limits.time()));
        } else if (error instanceof CallRejectedException refused && refused.isFull()) {
            cut(CloseStatus.POLICY_VIOLATION.withReason("too many messages wait"));
        } else if (error instanceof CallRejectedException || error instanceof CallStoppedException) {
            giveUp();
        } else if (!(error instanceof CancellationException)) {
            broken(error);
        }
    }

    /** What was to be sent, or has come, is lost because the loop has stopped. */
    void giveUp() {
        isGivenUp = true;
    }

    boolean isGivenUp() {
        return isGivenUp;
    }

    /** The connection is broken, as it is when somebody closes a browser. */
    private void broken(Throwable error) {
        if (isCut.compareAndSet(false, true)) {
            log.debug("WebSocket session '{}' is broken", session.getId(), error);
            end(CloseStatus.SESSION_NOT_RELIABLE);
        }
    }

    /** Closes the session when what was given before has been sent. */
    void close(CloseStatus status) {
        if (!isClosing.compareAndSet(false, true)) {
            return;
        }
        submitted(sends.next(() -> session.close(status)), 0);
    }

    /** Throws away what waits, and closes the session. */
    void cut(CloseStatus status) {
        if (isCut.compareAndSet(false, true)) {
            cuts.cut(session.getId(), status);
            end(status);
        }
    }

    private void end(CloseStatus status) {
        sends.close();
        messages.close();
        closeSoon(status);
    }

    /** On a passive thread: to close writes to the client. */
    private void closeSoon(CloseStatus status) {
        LoopFuture<?> call = loop.call("websocket close").next(() -> session.close(status));
        if (call.outcome() != Outcome.REJECTED) {
            return;
        }
        LoopFuture<?> later = loop.delay(PAUSE, () -> closeSoon(status));
        if (later.outcome() == Outcome.REJECTED) {
            closeHere(status);
        }
    }

    /** On the current thread, where the loop takes nothing any more. */
    void closeHere(CloseStatus status) {
        isClosing.set(true);
        try {
            session.close(status);
        } catch (IOException e) {
            log.debug("WebSocket session '{}' could not be closed", session.getId(), e);
        }
    }

    /** The session has ended. */
    void ended() {
        isClosing.set(true);
        sends.close();
        messages.close();
    }
}
