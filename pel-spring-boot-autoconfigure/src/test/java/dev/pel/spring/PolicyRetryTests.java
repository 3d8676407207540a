package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.Ordered;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/** Spring's policy for retries, as a rule of the loop. */
class PolicyRetryTests {
    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class));
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void anOperationIsTriedAsOftenAsThePolicySays() {
        contextRunner.run(context -> {
            RetryPolicy policy = RetryPolicy.builder()
                    .maxRetries(3)
                    .delay(Duration.ofMillis(1))
                    .build();
            assertThat(call(context.getBean(PelTemplate.class), policy, failing(3))
                            .get(10, SECONDS))
                    .isEqualTo(4);
        });
    }

    @Test
    void thePolicyCountsForEachCallAnew() {
        contextRunner.run(context -> {
            RetryPolicy policy = RetryPolicy.builder()
                    .maxRetries(1)
                    .delay(Duration.ofMillis(1))
                    .build();
            PelTemplate pel = context.getBean(PelTemplate.class);
            assertThat(call(pel, policy, failing(1)).get(10, SECONDS)).isEqualTo(2);
            attempts.set(0);
            assertThat(call(pel, policy, failing(1)).get(10, SECONDS)).isEqualTo(2);
        });
    }

    @Test
    void theCallFailsWithTheLastFailureWhenThePolicyEnds() {
        contextRunner.run(context -> {
            RetryPolicy policy = RetryPolicy.builder()
                    .maxRetries(2)
                    .delay(Duration.ofMillis(1))
                    .build();
            assertThatThrownBy(() -> call(context.getBean(PelTemplate.class), policy, failing(9))
                            .get(10, SECONDS))
                    .hasRootCauseMessage("attempt 3");
        });
    }

    @Test
    void aFailureThatThePolicyDoesNotNameIsNotTriedAgain() {
        contextRunner.run(context -> {
            RetryPolicy policy =
                    RetryPolicy.builder().excludes(IOException.class).build();
            assertThatThrownBy(() -> call(context.getBean(PelTemplate.class), policy, failing(9))
                            .get(10, SECONDS))
                    .hasRootCauseMessage("attempt 1");
        });
    }

    @Test
    void thePolicysTimeoutEndsTheAttempts() {
        contextRunner.run(context -> {
            RetryPolicy policy = RetryPolicy.builder()
                    .maxRetries(9)
                    .delay(Duration.ofSeconds(60))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            assertThatThrownBy(() -> call(context.getBean(PelTemplate.class), policy, failing(9))
                            .get(10, SECONDS))
                    .hasRootCauseMessage("attempt 1");
        });
    }

    @Test
    void anAnnotationNamesABeanThatIsAPolicy() {
        contextRunner
                .withBean(
                        "policy",
                        RetryPolicy.class,
                        () -> RetryPolicy.builder()
                                .maxRetries(4)
                                .delay(Duration.ofMillis(1))
                                .build())
                .withBean(Carrier.class)
                .run(context -> assertThat(context.getBean(Carrier.class)
                                .send(new AtomicInteger(4))
                                .get(10, SECONDS))
                        .isEqualTo("sent"));
    }

    @Test
    void retryableOfTheSameMethodIsInsideTheOperationAlsoWithTheHighestOrder() {
        contextRunner
                .withUserConfiguration(HighestOrder.class)
                .withBean(Twofold.class)
                .run(context -> {
                    assertThat(context.getBean(Twofold.class).send().get(10, SECONDS))
                            .matches("3 on pel-passive-\\d+");
                    assertThat(context.getBean(EventLoop.class)
                                    .stats()
                                    .lane(Lane.PASSIVE)
                                    .submitted())
                            .isEqualTo(1);
                });
    }

    private static LoopFuture<Integer> call(PelTemplate pel, RetryPolicy policy, Callable<Integer> operation) {
        return pel.call("send").retry(pel.retry(policy)).next(operation);
    }

    private Callable<Integer> failing(int failures) {
        return () -> {
            int attempt = attempts.incrementAndGet();
            if (attempt <= failures) {
                throw new IOException("attempt " + attempt);
            }
            return attempt;
        };
    }

    @EnableResilientMethods(order = Ordered.HIGHEST_PRECEDENCE)
    static class HighestOrder {}

    static class Twofold {
        private final AtomicInteger tries = new AtomicInteger();

        @Next
        @Retryable(maxRetries = 2, delay = 5)
        public CompletableFuture<String> send() {
            int attempt = tries.incrementAndGet();
            if (attempt < 3) {
                throw new IllegalStateException("on purpose");
            }
            return LoopFuture.completed(
                    attempt + " on " + Thread.currentThread().getName());
        }
    }

    static class Carrier {
        @Next(retry = "policy")
        public CompletableFuture<String> send(AtomicInteger failures) throws IOException {
            if (failures.getAndDecrement() > 0) {
                throw new IOException("not yet");
            }
            return LoopFuture.completed("sent");
        }
    }
}
