package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.event.EventListener;
import org.springframework.resilience.annotation.Retryable;

/** Listeners of Spring's events on the active thread. */
@ExtendWith(OutputCaptureExtension.class)
class EnqueuedListenerTests {
    private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, AopAutoConfiguration.class))
            .withBean(ErrorHandler.class, () -> failures::add)
            .withBean(Shop.class);

    @Test
    void aListenerRunsOnTheActiveThread() {
        contextRunner.run(context -> {
            context.publishEvent(new Placed(1));
            assertThat(context.getBean(Shop.class).heard().poll(10, SECONDS)).isEqualTo("1 on pel-active");
        });
    }

    @Test
    void eventsAreHeardInTheOrderOfTheirPublication() {
        contextRunner.run(context -> {
            for (int i = 0; i < 1_000; i++) {
                context.publishEvent(new Placed(i));
            }
            context.getBean(EventLoop.class).enqueue(Lane.ACTIVE, () -> {}).get(10, SECONDS);
            assertThat(context.getBean(Shop.class).heard())
                    .containsExactlyElementsOf(IntStream.range(0, 1_000)
                            .mapToObj(number -> number + " on pel-active")
                            .toList());
        });
    }

    @Test
    void anEventOfABodyIsHeardInALaterTurn() {
        contextRunner.run(context -> {
            Shop shop = context.getBean(Shop.class);
            List<String> heardMeanwhile = context.getBean(EventLoop.class)
                    .enqueue(Lane.ACTIVE, () -> {
                        context.publishEvent(new Placed(1));
                        return List.copyOf(shop.heard());
                    })
                    .get(10, SECONDS);
            assertThat(heardMeanwhile).isEmpty();
            assertThat(shop.heard().poll(10, SECONDS)).isEqualTo("1 on pel-active");
        });
    }

    @Test
    void whatAListenerThrowsReachesTheErrorHandlerAndNotThePublisher() {
        contextRunner.run(context -> {
            context.publishEvent(new Placed(-1));
            Failure failure = failures.poll(10, SECONDS);
            assertThat(failure).isNotNull();
            assertThat(failure.error()).hasMessage("on purpose");
            assertThat(failure.label()).isEqualTo("Shop.placed");
            assertThat(failure.lane()).isEqualTo(Lane.ACTIVE);
        });
    }

    @Test
    void anEventThatTheLoopRefusesIsToldInTheLog(CapturedOutput output) {
        contextRunner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            loop.close();
            context.publishEvent(new Placed(1));
            assertThat(loop.stats().lane(Lane.ACTIVE).ended(Outcome.REJECTED)).isEqualTo(1);
            loop.start(); // tells what is left to tell
            await().until(() -> output.toString().contains("does not accept calls: its state is STOPPED"));
            assertThat(context.getBean(Shop.class).heard()).isEmpty();
        });
    }

    @Test
    void aCallBeforeTheStartOfTheLoopRunsWhenItStarts() {
        contextRunner
                .withBean(CallsEarly.class)
                .run(context -> assertThat(context.getBean(Shop.class).heard().poll(10, SECONDS))
                        .isEqualTo("7 on pel-active"));
    }

    @Test
    void theMethodMustReturnVoid() {
        contextRunner
                .withBean(WithResult.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@Enqueue method " + EnqueuedListenerTests.class.getName()
                                + "$WithResult.load() returns CompletableFuture, but must return void")
                        .hasStackTraceContaining("call the method with PelTemplate.enqueue"));
    }

    @Test
    void aMethodRunsOnOneLaneOnly() {
        contextRunner
                .withBean(Both.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("has both @Enqueue and @Next, and can run on one lane only"));
    }

    @ParameterizedTest
    @ValueSource(classes = {Retried.class, RetriedByClass.class})
    void aMethodThatIsTriedAgainByRetryableStopsTheStart(Class<?> type) {
        contextRunner
                .withBean(type)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "@Enqueue method " + type.getName() + ".hear() is tried again by @Retryable")
                        .hasStackTraceContaining("whose pauses would hold the active thread")
                        .hasStackTraceContaining("Remove @Retryable, or use @Next(retries = …)"));
    }

    record Placed(int number) {}

    static class Shop {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        BlockingQueue<String> heard() {
            return heard;
        }

        @EventListener
        @Enqueue
        public void placed(Placed event) {
            if (event.number() < 0) {
                throw new IllegalStateException("on purpose");
            }
            heard.add(event.number() + " on " + Thread.currentThread().getName());
        }
    }

    static class CallsEarly implements SmartInitializingSingleton {
        private final Shop shop;

        CallsEarly(Shop shop) {
            this.shop = shop;
        }

        @Override
        public void afterSingletonsInstantiated() {
            shop.placed(new Placed(7)); // as the listener would: it is not registered for sure yet
        }
    }

    static class WithResult {
        @Enqueue
        public CompletableFuture<String> load() {
            return LoopFuture.completed("");
        }
    }

    static class Retried {
        @Enqueue
        @Retryable
        public void hear() {}
    }

    @Retryable
    static class RetriedByClass {
        @Enqueue
        public void hear() {}
    }

    static class Both {
        @Enqueue
        @Next
        public void both() {}
    }
}
