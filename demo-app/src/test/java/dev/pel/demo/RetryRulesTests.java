package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.LoopFuture;
import dev.pel.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.http.HttpStatus;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;

class RetryRulesTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final EventLoop loop = EventLoop.create(EventLoopOptions.defaults());

    RetryRulesTests() {
        loop.start();
    }

    @AfterEach
    void stop() {
        loop.forceStop().join();
    }

    static Stream<Exception> passing() {
        return Stream.of(
                new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE),
                HttpClientErrorException.create(HttpStatus.TOO_MANY_REQUESTS, "busy", null, null, null),
                new ResourceAccessException("refused", new IOException("planted")));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void whatMayPassIsTriedAsOftenAsTheSettingsSay(Exception failure) {
        assertThat(attempts(failure, 3)).isEqualTo(1 + 3);
    }

    @Test
    void aNoticeThatTheGatewayDoesNotUnderstandIsTriedOnce() {
        assertThat(attempts(new HttpClientErrorException(HttpStatus.BAD_REQUEST), 3))
                .isEqualTo(1);
    }

    @Test
    void noRetriesMeanOneTry() {
        assertThat(attempts(new HttpServerErrorException(HttpStatus.SERVICE_UNAVAILABLE), 0))
                .isEqualTo(1);
    }

    private int attempts(Exception failure, int retries) {
        LoopFuture<@Nullable Void> call = loop.call("deliver")
                .retry(rule(retries))
                .next(() -> {
                    throw failure;
                });
        assertThat(call).failsWithin(LONG);
        return call.attempts();
    }

    private static Retry rule(int retries) {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("demo.delivery.retries", "" + retries)
                .withProperty("demo.delivery.pause", "1ms");
        return new RetryRules().gatewayRetry(Binder.get(environment).bindOrCreate("demo", DemoProperties.class));
    }
}
