package dev.pel.spring.websocket;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.flow.Bound;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * What is sent to one session, one message after the other on passive threads. It ends the session when the client is too slow. From any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of handle: what fails past it reaches the error handler
final class Sends {
    private final WebSocketSession session;
    private final SendLimits limits;
    private final CutSessions cuts;
    private final Closer closer;
    private final Bound messages;
    private final Bound sends;
    private final AtomicLong bytes = new AtomicLong();

    /** Whether the handler has closed the session. */
    private final AtomicBoolean isClosing = new AtomicBoolean();

    /** Whether the session is given up, and closed without what waits. */
    private final AtomicBoolean isGivenUp = new AtomicBoolean();

    /**
     * Sends nothing yet.
     *
     * @param messages what comes from the client; nothing more of it is wanted when the session is given up
     */
    Sends(
            EventLoop loop,
            WebSocketSession session,
            SendLimits limits,
            CutSessions cuts,
            Closer closer,
            Bound messages) {
        this.session = session;
        this.limits = limits;
        this.cuts = cuts;
        this.closer = closer;
        this.messages = messages;
        this.sends = loop.bind("sends of WebSocket session " + session.getId(), session::isOpen)
                .with(call -> loop.call("websocket send").timeout(limits.time()));
    }

    boolean isOpen() {
        return !isGivenUp.get() && !isClosing.get() && session.isOpen();
    }

    // ------------------------------------------------------------------ sending

    LoopFuture<@Nullable Void> send(WebSocketMessage<?> message) {
        Pending pending = new Pending(message);
        if (bytes.addAndGet(pending.length) > limits.bytes()) {
            cut(CloseStatus.POLICY_VIOLATION.withReason("more than %d bytes wait".formatted(limits.bytes())));
        }
        return submitted(sends.next(pending::write), pending);
    }

    private LoopFuture<@Nullable Void> submitted(LoopFuture<@Nullable Void> call, Pending pending) {
        call.handle((nothing, error) -> {
            pending.release();
            return error == null || failed(cause(error), pending) ? null : passOn(error);
        });
        return call;
    }

    /** One message on its way. */
    private final class Pending {
        private final WebSocketMessage<?> message;
        private final int length;
        private final long due = System.nanoTime() + limits.time().toNanos();
        private final AtomicBoolean isReleased = new AtomicBoolean();
        private volatile boolean hasBegun;

        Pending(WebSocketMessage<?> message) {
            this.message = message;
            this.length = message.getPayloadLength();
        }

        /** On a passive thread. */
        void write() throws IOException {
            hasBegun = true;
            try {
                session.sendMessage(message);
            } catch (IOException | RuntimeException e) {
                if (System.nanoTime() - due < 0) {
                    throw e;
                }
                // by this type it is known to come from the interrupt of the call that has timed out
                InterruptedIOException interrupted = new InterruptedIOException("The message was not sent in time");
                interrupted.initCause(e);
                throw interrupted;
            } finally {
                release(); // here, because the active thread may be busy
            }
        }

        void release() {
            if (isReleased.compareAndSet(false, true)) {
                bytes.addAndGet(-length);
            }
        }
    }

    /** Says whether the failure is dealt with here. */
    private boolean failed(Throwable error, Pending pending) {
        if (error instanceof CallTimeoutException) {
            cut(
                    pending.hasBegun
                            ? CloseStatus.POLICY_VIOLATION.withReason("not sent within " + limits.time())
                            : CloseStatus.SERVICE_OVERLOAD.withReason("no thread was free within " + limits.time()));
        } else if (error instanceof CallRejectedException refused) {
            refused(refused.isFull() ? CloseStatus.SERVICE_OVERLOAD : CloseStatus.GOING_AWAY);
        } else if (error instanceof CallStoppedException) {
            refused(CloseStatus.GOING_AWAY);
        } else if (!(error instanceof CancellationException)) { // which says that the session is closed
            giveUp(CloseStatus.SESSION_NOT_RELIABLE);
            return error instanceof IOException; // the client is gone, as it is when somebody closes a browser
        }
        return true;
    }

    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Throws what a call has failed with, for the error handler. */
    static @Nullable Void passOn(@Nullable Throwable error) {
        if (error == null) {
            return null;
        }
        throw error instanceof CompletionException known ? known : new CompletionException(error);
    }

    // ------------------------------------------------------------------ the end of the session

    /** Closes the session when what was given before has been sent. */
    void close(CloseStatus status) {
        if (isClosing.compareAndSet(false, true)) {
            LoopFuture<@Nullable Void> call = sends.next(() -> session.close(status));
            call.handle((nothing, error) -> {
                if (error != null) {
                    giveUp(status); // refused, stopped, too late, or the client is gone
                }
                return null;
            });
        }
    }

    /** Closes the session because the loop has not taken something of it. */
    void refused(CloseStatus status) {
        if (status.equalsCode(CloseStatus.SERVICE_OVERLOAD)) {
            cut(status.withReason("too many messages wait"));
        } else {
            giveUp(status.withReason("the event loop was stopped"));
        }
    }

    private void cut(CloseStatus status) {
        if (giveUp(status)) {
            cuts.cut(session.getId(), status);
        }
    }

    /** Throws away what waits, and closes the session. */
    private boolean giveUp(CloseStatus status) {
        if (!isGivenUp.compareAndSet(false, true)) {
            return false;
        }
        sends.close();
        messages.close();
        closer.close(session, status);
        return true;
    }

    /** The session has ended. */
    void ended() {
        isClosing.set(true);
        sends.close();
        messages.close();
    }
}
