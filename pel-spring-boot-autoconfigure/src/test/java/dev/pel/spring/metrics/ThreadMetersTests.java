package dev.pel.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.spring.PelAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Meters of threads that come and go. */
class ThreadMetersTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    PelMetricsAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class);

    private static double gauge(MeterRegistry registry, String name) {
        return registry.get(name).tags("loop", "pel", "lane", "passive").gauge().value();
    }

    private static double counter(MeterRegistry registry, String name) {
        return registry.get(name)
                .tags("loop", "pel", "lane", "passive")
                .functionCounter()
                .count();
    }

    @Test
    void threadsThatHangAreShownUntilTheyComeBack() {
        contextRunner
                .withPropertyValues("pel.passive.threads=1", "pel.passive.hung-after=100ms")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(gauge(registry, "pel.lane.threads.hung")).isZero();
                    CountDownLatch release = new CountDownLatch(1);
                    loop.next(() -> release.await());
                    await().atMost(LONG).until(() -> gauge(registry, "pel.lane.threads.hung") == 1);
                    assertThat(counter(registry, "pel.lane.threads.replaced")).isEqualTo(1);
                    assertThat(gauge(registry, "pel.lane.threads")).isEqualTo(1);
                    release.countDown();
                    await().atMost(LONG).until(() -> gauge(registry, "pel.lane.threads.hung") == 0);
                    assertThat(counter(registry, "pel.lane.threads.replaced")).isEqualTo(1);
                });
    }

    @Test
    void countOfReplacedThreadsDoesNotFallWithANewStart() {
        contextRunner
                .withPropertyValues("pel.passive.threads=1", "pel.passive.recycle-after=1")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    loop.next(() -> 1).get(LONG.toSeconds(), TimeUnit.SECONDS);
                    await().atMost(LONG).until(() -> counter(registry, "pel.lane.threads.recycled") == 1);
                    loop.forceStop().get(LONG.toSeconds(), TimeUnit.SECONDS);
                    loop.start();
                    assertThat(counter(registry, "pel.lane.threads.recycled")).isEqualTo(1);
                    loop.next(() -> 1).get(LONG.toSeconds(), TimeUnit.SECONDS);
                    await().atMost(LONG).until(() -> counter(registry, "pel.lane.threads.recycled") == 2);
                });
    }

    @Test
    void largestNumberOfThreadsFollowsAResize() {
        contextRunner
                .withPropertyValues("pel.passive.min-threads=2", "pel.passive.max-threads=9")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(gauge(registry, "pel.lane.threads")).isEqualTo(2);
                    assertThat(gauge(registry, "pel.lane.threads.max")).isEqualTo(9);
                    loop.resize(Lane.PASSIVE, 5);
                    assertThat(gauge(registry, "pel.lane.threads.max")).isEqualTo(5);
                });
    }
}
