package dev.pel.demo;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A client of the demo's WebSockets. */
final class SocketClient implements WebSocket.Listener, AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder parts = new StringBuilder();
    private final WebSocket socket;

    SocketClient(int port, String path) {
        this(port, path, null);
    }

    /** As a page from somewhere, or no page at all. */
    SocketClient(int port, String path, @Nullable String origin) {
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (origin != null) {
            builder.header("Origin", origin);
        }
        socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + port + path), this)
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    SocketClient send(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    SocketClient sendBytes() {
        socket.sendBinary(ByteBuffer.allocate(1), true).join();
        return this;
    }

    /** What comes next. */
    String next() throws InterruptedException {
        String message = messages.poll(LONG.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("Nothing came within " + LONG);
        }
        return message;
    }

    AlertView nextView() throws InterruptedException {
        return JSON.readValue(next(), AlertView.class);
    }

    /** Code and reason, once the server has closed the connection. */
    String end() {
        await().atMost(LONG).until(closed::isDone);
        return closed.join();
    }

    /** Whether nothing has come that was not taken. */
    boolean isEmpty() {
        return messages.isEmpty();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        parts.append(text);
        if (last) {
            messages.add(parts.toString());
            parts.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete((code + " " + reason).strip());
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
