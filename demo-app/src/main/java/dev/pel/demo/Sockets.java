package dev.pel.demo;

import dev.pel.EventLoop;
import dev.pel.spring.websocket.BoundWebSocketHandler;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/**
 * The demo's WebSockets, each brought onto the loop by pel's bound handler. Only pages of the demo itself may open them, which is Spring's default: a
 * browser says where a page comes from.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class Sockets {
    /** An id has 36 characters; what is larger than this is answered with code 1009. */
    private static final DataSize LARGEST_MESSAGE = DataSize.ofKilobytes(1);

    /** How long a client may neither send nor get anything. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(5);

    /** Takes the first view of an alert with 10 000 refused rows, which has about 1 MB. */
    private static final DataSize SEND_BUFFER = DataSize.ofMegabytes(4);

    @Bean
    WebSocketConfigurer boundSockets(EventLoop loop, ProgressSocket progress, CounterSocket counter) {
        int buffer = Math.toIntExact(SEND_BUFFER.toBytes());
        return registry -> registry.addHandler(
                        new BoundWebSocketHandler(loop, progress).withSendBufferSize(buffer), "/progress")
                .addHandler(new BoundWebSocketHandler(loop, counter), "/counter");
    }

    /** With what a session is closed whose client waits for something that has failed. */
    static CloseStatus statusOf(Throwable failure) {
        FailureReason reason = FailureReason.of(failure);
        CloseStatus status = switch (reason) {
            case LOOP_STOPPED -> CloseStatus.GOING_AWAY;
            case LANE_FULL -> CloseStatus.SERVICE_OVERLOAD;
            default -> CloseStatus.SERVER_ERROR;
        };
        return status.withReason(reason.text());
    }

    @Bean
    ServletServerContainerFactoryBean socketLimits() {
        ServletServerContainerFactoryBean limits = new ServletServerContainerFactoryBean();
        limits.setMaxTextMessageBufferSize(Math.toIntExact(LARGEST_MESSAGE.toBytes()));
        limits.setMaxBinaryMessageBufferSize(Math.toIntExact(LARGEST_MESSAGE.toBytes()));
        limits.setMaxSessionIdleTimeout(LONGEST_SILENCE.toMillis());
        return limits;
    }
}
