package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class PelAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class));

    @Test
    void startsALoop() {
        contextRunner.run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(EventLoop.class).hasSingleBean(PelTemplate.class);
            assertThat(context.getBean(EventLoop.class).state()).isEqualTo(LoopState.RUNNING);
        });
    }

    @Test
    void stopsTheLoopWithTheContext() {
        EventLoop[] loop = new EventLoop[1];
        contextRunner.run(context -> loop[0] = context.getBean(EventLoop.class));
        assertThat(loop[0].state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void runsAnAnnotatedMethodOnThePassiveLane() {
        contextRunner.withUserConfiguration(BlockingConfiguration.class).run(context -> {
            CompletableFuture<String> handle = context.getBean(Blocking.class).load();
            assertThat(handle).isInstanceOf(LoopFuture.class);
            assertThat(handle.get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(context.getBean("pelPassiveLane", PelLane.class).lane()).isEqualTo(Lane.PASSIVE);
        });
    }

    static class Blocking {
        @Next
        CompletableFuture<String> load() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BlockingConfiguration {
        @Bean
        Blocking blocking() {
            return new Blocking();
        }
    }
}
