package dev.pel.spring.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** Sessions on the loop, with a client in the same JVM. */
class BoundWebSocketHandlerTests {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final FakeSession client = new FakeSession();
    private final Chat chat = new Chat();
    private EventLoop loop;
    private BoundWebSocketHandler handler;

    private void open(UnaryOperator<EventLoopOptions> change) {
        loop = EventLoop.create(change.apply(EventLoopOptions.defaults()
                .withDaemon(true)
                .withStopDeadline(Duration.ofMillis(100))
                .withErrorHandler(failures::add)));
        loop.start();
        handler = new BoundWebSocketHandler(loop, chat);
        handler.afterConnectionEstablished(client.session);
    }

    private void open() {
        open(options -> options);
    }

    @AfterEach
    void close() {
        client.reads.countDown();
        chat.gate.countDown();
        loop.close();
    }

    private void receive(String text) {
        handler.handleMessage(client.session, new TextMessage(text));
    }

    private static void until(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(LONG).untilAsserted(assertion);
    }

    // ------------------------------------------------------------------ receiving

    @Test
    void methodsOfTheHandlerRunOnTheActiveThreadInTheirOrder() {
        open();
        IntStream.range(0, 100).forEach(i -> receive("" + i));
        handler.handleTransportError(client.session, new IOException("planted"));
        handler.afterConnectionClosed(client.session, CloseStatus.NORMAL);
        until(() -> assertThat(chat.seen).contains("closed 1000"));
        assertThat(chat.seen.get(0)).isEqualTo("opened");
        List<String> numbers = IntStream.range(0, 100).mapToObj(i -> "" + i).toList();
        assertThat(chat.seen)
                .filteredOn(numbers::contains)
                .isSubsetOf(numbers)
                .isSortedAccordingTo((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
        assertThat(chat.seen.get(chat.seen.size() - 1)).isEqualTo("closed 1000");
        assertThat(chat.threads).containsOnly("pel-active");
        assertThat(handler.sessions()).isZero();
    }

    @Test
    void whatIsDeferredComesInTurnWithTheMessages() {
        open();
        chat.replies = false;
        receive("block");
        receive("defer");
        receive("after"); // has come before the message in front of it is handled
        chat.gate.countDown();
        until(() -> assertThat(chat.seen).containsExactly("opened", "block", "defer", "after", "deferred"));
    }

    @Test
    void messagesThatWaitWhenTheSessionClosesAreSkipped() {
        open();
        receive("block");
        receive("never");
        until(() -> assertThat(chat.seen).contains("block"));
        handler.afterConnectionClosed(client.session, CloseStatus.GOING_AWAY);
        chat.gate.countDown();
        until(() -> assertThat(chat.seen).containsExactly("opened", "block", "closed 1001"));
    }

    @Test
    void clientThatSendsTooMuchIsCutWithCode1013() {
        open(options -> options.withKeyCapacity(5));
        receive("block");
        IntStream.range(0, 20).forEach(i -> receive("" + i));
        until(() -> assertThat(client.closeCodes()).containsExactly(1013));
        assertThat(handler.cut()).isEqualTo(1);
    }

    @Test
    void exceptionOfTheHandlerReachesTheErrorHandlerAndClosesWithCode1011() {
        open();
        receive("fail");
        until(() -> assertThat(client.closeCodes()).containsExactly(1011));
        until(() -> assertThat(failures).hasSize(1));
        assertThat(failures.get(0).error()).hasMessage("planted");
    }

    @Test
    void binaryMessageIsKeptWhenTheServerUsesItsBufferAgain() {
        open();
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3});
        receive("block");
        handler.handleMessage(client.session, new BinaryMessage(buffer));
        buffer.put(0, (byte) 9);
        chat.gate.countDown();
        until(() -> assertThat(chat.seen).contains("binary 1"));
    }

    // ------------------------------------------------------------------ sending

    @Test
    void messagesAreSentInOrderOneAtATimeAndNeverOnTheActiveThread() {
        open();
        List<String> all = IntStream.range(0, 200).mapToObj(i -> "" + i).toList();
        chat.run(loop, session -> all.forEach(text -> session.sendMessage(new TextMessage(text))));
        until(() -> assertThat(client.sent).hasSize(all.size()));
        assertThat(client.sent).isEqualTo(all);
        assertThat(client.mostAtOnce).hasValue(1);
        assertThat(client.threads).allMatch(name -> name.startsWith("pel-passive"));
    }

    @Test
    void loopGoesOnWhileAClientDoesNotRead() throws Exception {
        open();
        client.reads = new CountDownLatch(1);
        chat.run(loop, session -> session.sendMessage(new TextMessage("stuck")));
        assertThat(loop.enqueue(Lane.ACTIVE, () -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(loop.next(() -> 2).get(30, TimeUnit.SECONDS)).isEqualTo(2);
        client.reads.countDown();
        until(() -> assertThat(client.sent).containsExactly("stuck"));
    }

    @Test
    void clientThatDoesNotReadInTimeIsCutWithCode1008() {
        loop = EventLoop.create(EventLoopOptions.defaults().withDaemon(true).withErrorHandler(failures::add));
        loop.start();
        handler = new BoundWebSocketHandler(loop, chat).withSendTimeLimit(Duration.ofMillis(50));
        handler.afterConnectionEstablished(client.session);
        client.reads = new CountDownLatch(1);
        chat.run(loop, session -> {
            session.sendMessage(new TextMessage("stuck"));
            session.sendMessage(new TextMessage("never"));
        });
        until(() -> assertThat(client.closeCodes()).containsExactly(1008));
        assertThat(client.closed.get(0).getReason()).isEqualTo("not sent within PT0.05S");
        assertThat(handler.cut()).isEqualTo(1);
        assertThat(client.sent).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void clientForWhomTooManyBytesWaitIsCutWithCode1008() {
        loop = EventLoop.create(EventLoopOptions.defaults().withDaemon(true));
        loop.start();
        handler = new BoundWebSocketHandler(loop, chat).withSendBufferSize(10);
        handler.afterConnectionEstablished(client.session);
        client.reads = new CountDownLatch(1);
        List<LoopFuture<?>> sends = new ArrayList<>();
        chat.run(loop, session -> {
            sends.add(session.send(new TextMessage("12345")));
            sends.add(session.send(new TextMessage("12345")));
            sends.add(session.send(new TextMessage("x")));
        });
        until(() -> assertThat(client.closeCodes()).containsExactly(1008));
        assertThat(client.closed.get(0).getReason()).isEqualTo("more than 10 bytes wait");
        assertThat(sends.get(1).outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(sends.get(2).outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void bytesThatWereSentNoLongerCount() {
        loop = EventLoop.create(EventLoopOptions.defaults().withDaemon(true));
        loop.start();
        handler = new BoundWebSocketHandler(loop, chat).withSendBufferSize(10);
        handler.afterConnectionEstablished(client.session);
        for (int i = 1; i <= 5; i++) {
            int sent = i;
            chat.run(loop, session -> session.sendMessage(new TextMessage("12345678")));
            until(() -> assertThat(client.sent).hasSize(sent));
            loop.enqueue(Lane.ACTIVE, () -> {}).join();
        }
        assertThat(handler.cut()).isZero();
    }

    @Test
    void brokenConnectionIsClosedAndIsNoFailure() {
        open();
        client.failure = new IOException("Broken pipe");
        chat.run(loop, session -> session.sendMessage(new TextMessage("lost")));
        until(() -> assertThat(client.closeCodes()).containsExactly(CloseStatus.SESSION_NOT_RELIABLE.getCode()));
        assertThat(handler.cut()).isZero();
        assertThat(failures).isEmpty();
    }

    @Test
    void sessionIsClosedWhenAllThatWasGivenBeforeHasBeenSent() {
        open();
        client.reads = new CountDownLatch(1);
        chat.run(loop, session -> {
            session.sendMessage(new TextMessage("last words"));
            session.close(CloseStatus.NORMAL);
            session.close(CloseStatus.SERVER_ERROR);
            assertThat(session.isOpen()).isFalse();
        });
        assertThat(client.closed).isEmpty();
        client.reads.countDown();
        until(() -> assertThat(client.closeCodes()).containsExactly(1000));
        assertThat(client.sent).containsExactly("last words");
    }

    // ------------------------------------------------------------------ the stop of the loop

    @Test
    void messageThatComesWhenTheLoopHasStoppedClosesWithCode1001() {
        open();
        loop.stop(Duration.ofSeconds(5)).join();
        receive("late");
        until(() -> assertThat(client.closeCodes()).containsExactly(1001));
        handler.afterConnectionClosed(client.session, CloseStatus.GOING_AWAY);
        until(() -> assertThat(chat.seen).containsExactly("opened", "closed 1001"));
    }

    @Test
    void handlerHearsNothingOfASessionThatComesWhenTheLoopHasStopped() {
        open();
        loop.stop(Duration.ofSeconds(5)).join();
        FakeSession late = new FakeSession();
        chat.seen.clear();
        handler.afterConnectionEstablished(late.session);
        until(() -> assertThat(late.closed)
                .containsExactly(CloseStatus.GOING_AWAY.withReason("the event loop was stopped")));
        handler.afterConnectionClosed(late.session, CloseStatus.GOING_AWAY);
        assertThat(chat.seen).isEmpty();
    }

    @Test
    void sessionThatLosesAMessageByAStopIsClosed() {
        open();
        client.reads = new CountDownLatch(1);
        chat.run(loop, session -> session.sendMessage(new TextMessage("lost")));
        loop.forceStop().join();
        until(() -> assertThat(client.closeCodes()).containsExactly(1001));
    }

    @Test
    void sessionWhoseReceivedMessageIsLostByAStopIsClosed() {
        open();
        receive("block");
        receive("lost");
        until(() -> assertThat(chat.seen).contains("block"));
        loop.forceStop().join();
        until(() -> assertThat(client.closeCodes()).containsExactly(1001));
    }

    @Test
    void sessionThatIsClosedWhenTheLoopHasStoppedIsClosed() {
        open();
        chat.run(loop, session -> {});
        loop.stop(Duration.ofSeconds(5)).join();
        chat.session.close(CloseStatus.NORMAL);
        until(() -> assertThat(client.closeCodes()).containsExactly(1000));
    }

    @Test
    void endOfASessionIsToldWhenItsTurnIsEndedByAStop() {
        open();
        receive("block");
        until(() -> assertThat(chat.seen).contains("block"));
        handler.afterConnectionClosed(client.session, CloseStatus.NORMAL);
        loop.forceStop().join();
        until(() -> assertThat(chat.seen).endsWith("closed 1000"));
    }

    @Test
    void messagesMayWaitAfterARestartOfTheLoop() {
        open();
        loop.stop(Duration.ofSeconds(5)).join();
        loop.start();
        receive("block");
        receive("b");
        chat.gate.countDown();
        until(() -> assertThat(client.sent).containsExactly("b"));
        assertThat(client.closed).isEmpty();
    }

    @Test
    void bytesThatWereSentNoLongerCountAlsoWhileTheActiveThreadIsBusy() {
        loop = EventLoop.create(EventLoopOptions.defaults().withDaemon(true));
        loop.start();
        handler = new BoundWebSocketHandler(loop, chat).withSendBufferSize(10);
        handler.afterConnectionEstablished(client.session);
        chat.run(loop, session -> {
            session.sendMessage(new TextMessage("12345678"));
            until(() -> assertThat(client.sent).hasSize(1));
            until(() -> assertThat(loop.running(Lane.PASSIVE)).isZero());
            session.sendMessage(new TextMessage("12345678"));
        });
        until(() -> assertThat(client.sent).hasSize(2));
        assertThat(handler.cut()).isZero();
    }

    @Test
    void sessionGoesOnAfterARestartOfTheLoop() {
        open();
        loop.stop(Duration.ofSeconds(5)).join();
        loop.start();
        receive("again");
        until(() -> assertThat(client.sent).containsExactly("again"));
        handler.afterConnectionClosed(client.session, CloseStatus.NORMAL);
        until(() -> assertThat(chat.seen).endsWith("closed 1000"));
    }

    // ------------------------------------------------------------------ bad input

    @Test
    void limitsMustBeMoreThanZero() {
        open();
        assertThatThrownBy(() -> handler.withSendTimeLimit(Duration.ZERO))
                .hasMessage("'sendTimeLimit' must be more than zero and at most PT24H but was PT0S");
        assertThatThrownBy(() -> handler.withSendBufferSize(0))
                .hasMessage("'sendBufferSize' must be at least 1 byte but was 0");
    }

    /** A handler that notes what it sees, and sends texts back. */
    private static final class Chat extends AbstractWebSocketHandler {
        private final List<String> seen = new CopyOnWriteArrayList<>();
        private final List<String> threads = new CopyOnWriteArrayList<>();
        private final CountDownLatch gate = new CountDownLatch(1);
        private volatile BoundWebSocketSession session;
        private volatile boolean replies = true;

        private void see(String what) {
            seen.add(what);
            threads.add(Thread.currentThread().getName());
        }

        /** Runs a body that has the session. */
        void run(EventLoop loop, java.util.function.Consumer<BoundWebSocketSession> body) {
            loop.enqueue(Lane.ACTIVE, () -> body.accept(session)).join();
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession opened) {
            session = (BoundWebSocketSession) opened;
            see("opened");
        }

        @Override
        protected void handleTextMessage(WebSocketSession from, TextMessage message) throws Exception {
            see(message.getPayload());
            switch (message.getPayload()) {
                case "block" -> gate.await(60, TimeUnit.SECONDS);
                case "fail" -> throw new IllegalStateException("planted");
                case "defer" -> session.bound().defer(() -> see("deferred"));
                default -> reply(from, message);
            }
        }

        private void reply(WebSocketSession to, WebSocketMessage<?> message) throws IOException {
            if (replies) {
                to.sendMessage(message);
            }
        }

        @Override
        protected void handleBinaryMessage(WebSocketSession from, BinaryMessage message) {
            see("binary " + message.getPayload().get(0));
        }

        @Override
        public void handleTransportError(WebSocketSession from, Throwable error) {
            see(error.getMessage());
        }

        @Override
        public void afterConnectionClosed(WebSocketSession closed, CloseStatus status) {
            see("closed " + status.getCode());
        }
    }
}
