package dev.pel.demo;

import dev.pel.Retry;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;

/** The rules by which {@code @Next} methods are tried again. */
@Configuration(proxyBeanMethods = false)
class RetryRules {
    /** How many times as long as the first pause the longest one is. */
    private static final int LONGEST = 10;

    /** How much of a pause is left to chance, so that notices that failed together do not come together again. */
    private static final double JITTER = 0.5;

    @Bean
    Retry gatewayRetry(DemoProperties properties) {
        int retries = properties.delivery().retries();
        Duration pause = properties.delivery().pause();
        return Retry.times(Math.max(1, retries)) // it takes no 0: the last line refuses all then
                .backoff(pause, pause.multipliedBy(LONGEST))
                .jitter(JITTER)
                .when(failure -> retries > 0 && mayPass(failure));
    }

    /** Whether it can be better next time: the gateway is down or busy. A notice that it does not understand it never will. */
    private static boolean mayPass(Throwable failure) {
        return failure instanceof HttpServerErrorException
                || failure instanceof HttpClientErrorException.TooManyRequests
                || failure instanceof ResourceAccessException;
    }
}
