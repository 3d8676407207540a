package dev.pel.spring.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** Clients of a real server, over a real connection. */
@ExtendWith(OutputCaptureExtension.class)
class SlowClientTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void clientThatDoesNotReadIsCutAndTheLoopAndOtherClientsGoOn(CapturedOutput output) throws Exception {
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
                .properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off")
                .run()) {
            URI address = URI.create("ws://127.0.0.1:%s/flood"
                    .formatted(application.getEnvironment().getProperty("local.server.port")));
            BoundWebSocketHandler handler = application.getBean(BoundWebSocketHandler.class);
            Flood flood = application.getBean(Flood.class);
            EventLoop loop = application.getBean(EventLoop.class);
            CompletableFuture<String> answered = new CompletableFuture<>();

            WebSocket slow = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(address, new Reader(false, new CompletableFuture<>()))
                    .get(60, TimeUnit.SECONDS);
            slow.sendText("flood", true).get(60, TimeUnit.SECONDS);
            await().atMost(LONG).until(() -> handler.cut() == 1);
            assertThat(loop.enqueue(Lane.ACTIVE, () -> 1).get(60, TimeUnit.SECONDS))
                    .isEqualTo(1);
            WebSocket quick = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(address, new Reader(true, answered))
                    .get(60, TimeUnit.SECONDS);
            quick.sendText("hello", true).get(60, TimeUnit.SECONDS);
            assertThat(answered.get(60, TimeUnit.SECONDS)).isEqualTo("hello");
            await().atMost(LONG).untilAsserted(() -> assertThat(flood.closed).isCompleted());
            await().atMost(LONG).until(() -> handler.sessions() == 1);
            assertThat(loop.running(Lane.PASSIVE)).isZero();
            assertThat(output).contains("not sent within PT1S").doesNotContain("ERROR");
            slow.abort();
            quick.abort();
        }
    }

    /** Reads nothing, or all. */
    private static final class Reader implements WebSocket.Listener {
        private final boolean reads;
        private final CompletableFuture<String> first;

        Reader(boolean reads, CompletableFuture<String> first) {
            this.reads = reads;
            this.first = first;
        }

        @Override
        public void onOpen(WebSocket socket) {
            if (reads) {
                socket.request(Long.MAX_VALUE);
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            first.complete(text.toString());
            return null;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebSocket
    static class Application {
        /** As Boot's own module for WebSockets does. */
        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> webSockets() {
            return factory ->
                    factory.addContextCustomizers(context -> context.addServletContainerInitializer(new WsSci(), null));
        }

        @Bean
        Flood flood() {
            return new Flood();
        }

        @Bean
        BoundWebSocketHandler handler(EventLoop loop, Flood flood) {
            return new BoundWebSocketHandler(loop, flood)
                    .withSendTimeLimit(Duration.ofSeconds(1))
                    .withSendBufferSize(100_000_000);
        }

        @Bean
        WebSocketConfigurer sockets(BoundWebSocketHandler handler) {
            return registry -> registry.addHandler(handler, "/flood");
        }
    }

    /** Sends more than any buffer on the way takes, or the text that it got. */
    static class Flood extends TextWebSocketHandler {
        private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();

        @Override
        protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
            if (!message.getPayload().equals("flood")) {
                session.sendMessage(message);
                return;
            }
            TextMessage large = new TextMessage("x".repeat(1_000_000));
            for (int i = 0; i < 50; i++) {
                session.sendMessage(large);
            }
        }

        @Override
        public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
            closed.complete(status);
        }
    }
}
