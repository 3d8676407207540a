package dev.pel.spring.websocket;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/** A session whose client is in the same JVM. */
final class FakeSession {
    final List<String> sent = new CopyOnWriteArrayList<>();
    final List<CloseStatus> closed = new CopyOnWriteArrayList<>();

    /** Threads that have sent or closed. */
    final List<String> threads = new CopyOnWriteArrayList<>();

    final AtomicInteger mostAtOnce = new AtomicInteger();

    /** Closed while the client does not read. */
    volatile CountDownLatch reads = new CountDownLatch(0);

    volatile @Nullable Exception failure;
    private final AtomicInteger sending = new AtomicInteger();
    private volatile boolean isOpen = true;

    final WebSocketSession session = (WebSocketSession) Proxy.newProxyInstance(
            WebSocketSession.class.getClassLoader(),
            new Class<?>[] {WebSocketSession.class},
            (proxy, method, arguments) -> call(method, arguments == null ? new Object[0] : arguments));

    private @Nullable Object call(Method method, Object[] arguments) throws Exception {
        switch (method.getName()) {
            case "getId":
                return "7";
            case "isOpen":
                return isOpen;
            case "sendMessage":
                send((TextMessage) arguments[0]);
                return null;
            case "close":
                threads.add(Thread.currentThread().getName());
                closed.add((CloseStatus) arguments[0]);
                isOpen = false;
                return null;
            default:
                throw new UnsupportedOperationException(method.toString());
        }
    }

    private void send(TextMessage message) throws Exception {
        threads.add(Thread.currentThread().getName());
        mostAtOnce.accumulateAndGet(sending.incrementAndGet(), Math::max);
        try {
            if (!reads.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody reads");
            }
            Exception planted = failure;
            if (planted != null) {
                throw planted;
            }
            sent.add(message.getPayload());
        } finally {
            sending.decrementAndGet();
        }
    }

    List<Integer> closeCodes() {
        List<Integer> codes = new ArrayList<>();
        closed.forEach(status -> codes.add(status.getCode()));
        return codes;
    }

    void leaves() {
        isOpen = false;
    }
}
