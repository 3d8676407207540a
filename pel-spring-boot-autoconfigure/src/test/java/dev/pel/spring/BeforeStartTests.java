package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Beans submit while the context is made, before its loop starts. */
class BeforeStartTests {
    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class));

    @Test
    void whatConstructorsAndInitMethodsSubmitRunsWhenTheContextStarts() {
        contextRunner.withBean(Early.class).run(context -> {
            Early early = context.getBean(Early.class);
            assertThat(early.ran.await(10, SECONDS)).isTrue();
            assertThat(early.call.get(10, SECONDS)).isEqualTo("called");
        });
    }

    @Test
    void whatWasSubmittedEndsAsStoppedWhenTheContextDoesNotStart() {
        AtomicReference<LoopFuture<String>> call = new AtomicReference<>();
        contextRunner
                .withBean(Early.class)
                .withInitializer(context -> context.getBeanFactory().registerSingleton("calls", call))
                .withBean(Failing.class)
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(call.get().outcome()).isEqualTo(Outcome.STOPPED);
                });
    }

    static class Failing {
        Failing(Early early, AtomicReference<LoopFuture<String>> call) {
            call.set(early.call);
            throw new IllegalStateException("on purpose");
        }
    }

    static class Early implements InitializingBean {
        final CountDownLatch ran = new CountDownLatch(2);
        final LoopFuture<String> call;
        private final PelTemplate pel;

        Early(PelTemplate pel) {
            this.pel = pel;
            this.call = pel.next(() -> "called");
            pel.enqueue(Lane.ACTIVE, ran::countDown);
        }

        @Override
        public void afterPropertiesSet() {
            pel.delay(Duration.ofMillis(1), ran::countDown);
        }
    }
}
