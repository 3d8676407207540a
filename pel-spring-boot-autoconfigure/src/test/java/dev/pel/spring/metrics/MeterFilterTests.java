package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelLoopBuilder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Filters of the application may rename meters, drop their tags and deny them; what is left of them counts everything. */
class MeterFilterTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    PelMetricsAutoConfiguration.class));
    private final ApplicationContextRunner simple = contextRunner.withBean(SimpleMeterRegistry.class);

    private static ApplicationContextRunner with(ApplicationContextRunner runner, MeterFilter filter) {
        return runner.withBean(MeterFilter.class, () -> filter);
    }

    /** Ten calls with one label and ten with another, of which five fail. */
    private static void twentyCalls(ApplicationContext context) throws InterruptedException, TimeoutException {
        EventLoop loop = context.getBean(EventLoop.class);
        for (int i = 0; i < 20; i++) {
            int number = i;
            try {
                loop.call(number % 2 == 0 ? "even" : "odd")
                        .next(() -> number < 15 ? number : refuse())
                        .get(10, SECONDS);
            } catch (ExecutionException e) {
                assertThat(number).isGreaterThanOrEqualTo(15);
            }
        }
    }

    private static int refuse() {
        throw new IllegalStateException("on purpose");
    }

    private static long timed(MeterRegistry registry, String... tags) {
        return (long) registry.get("pel.call.run").tags(tags).functionTimers().stream()
                .mapToDouble(FunctionTimer::count)
                .sum();
    }

    private static long counted(MeterRegistry registry, String... tags) {
        return (long) registry.get("pel.calls").tags(tags).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    @Test
    void withoutLabelsAllCallsAreTimedTogether() {
        with(simple, MeterFilter.ignoreTags("label")).run(context -> {
            twentyCalls(context);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(timed(registry, "lane", "passive", "outcome", "succeeded"))
                    .isEqualTo(15);
            assertThat(timed(registry, "lane", "passive", "outcome", "failed")).isEqualTo(5);
            assertThat(registry.get("pel.call.run").functionTimers())
                    .allMatch(timer -> timer.getId().getTag("label") == null);
        });
    }

    @Test
    void withoutOutcomesAllCallsAreCountedTogether() {
        with(simple, MeterFilter.ignoreTags("outcome")).run(context -> {
            twentyCalls(context);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(counted(registry, "lane", "passive")).isEqualTo(20);
            assertThat(timed(registry, "lane", "passive", "label", "odd")).isEqualTo(10);
            assertThat(timed(registry, "lane", "passive", "label", "even")).isEqualTo(10);
        });
    }

    @Test
    void withoutLanesAllLanesAreAdded() {
        with(simple, MeterFilter.ignoreTags("lane"))
                .withPropertyValues("pel.passive.threads=5", "pel.work.threads=2")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    loop.next(() -> 1).get(10, SECONDS);
                    loop.work(() -> 1).get(10, SECONDS);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("pel.lane.threads").gauge().value()).isEqualTo(1 + 5 + 2);
                    assertThat(registry.get("pel.lane.capacity").gauge().value())
                            .isEqualTo(3 * 10_000);
                    assertThat(counted(registry, "outcome", "succeeded")).isEqualTo(2);
                });
    }

    @Test
    void withoutLoopsAllLoopsAreAdded() {
        with(simple, MeterFilter.ignoreTags("loop"))
                .withUserConfiguration(SecondLoop.class)
                .run(context -> {
                    context.getBean(EventLoop.class).next(() -> 1).get(10, SECONDS);
                    context.getBean("second", EventLoop.class).next(() -> 1).get(10, SECONDS);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(counted(registry, "lane", "passive")).isEqualTo(2);
                    assertThat(registry.get("pel.lane.threads")
                                    .tag("lane", "active")
                                    .gauge()
                                    .value())
                            .isEqualTo(2);
                });
    }

    @Test
    void theLongestOfAllIsTheLongest() {
        with(simple, MeterFilter.ignoreTags("label")).run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            loop.call("slow").next(() -> Thread.sleep(50)).get(10, SECONDS);
            loop.call("quick").next(() -> {}).get(10, SECONDS);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            TimeGauge longest = registry.get("pel.call.run.max").timeGauge();
            FunctionTimer all = registry.get("pel.call.run").functionTimer();
            assertThat(longest.value(NANOSECONDS))
                    .isGreaterThanOrEqualTo(50_000_000)
                    .isLessThan(all.totalTime(NANOSECONDS));
        });
    }

    @Test
    void renamedMetersCountEverything() {
        MeterFilter renaming = new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.withName(id.getName().replace("pel.", "loop."));
            }
        };
        with(simple, renaming).withUserConfiguration(FewTags.class).run(context -> {
            twentyCalls(context);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("loop.calls")
                            .tag("lane", "passive")
                            .functionCounter()
                            .count())
                    .isEqualTo(20);
            assertThat(registry.get("loop.call.wait")
                            .tag("lane", "passive")
                            .functionTimer()
                            .count())
                    .isEqualTo(20);
            assertThat(registry.get("loop.lane.threads").tag("lane", "active").gauge())
                    .extracting(Gauge::value)
                    .isEqualTo(1.0);
        });
    }

    @Test
    void metersMergedByReplacedValuesCountEverything() {
        MeterFilter few =
                MeterFilter.replaceTagValues("outcome", outcome -> outcome.equals("succeeded") ? "good" : "bad");
        with(simple, few).run(context -> {
            twentyCalls(context);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(counted(registry, "outcome", "good")).isEqualTo(15);
            assertThat(counted(registry, "outcome", "bad")).isEqualTo(5);
        });
    }

    @Test
    void deniedMetersLeaveTheOthersAlone() {
        with(simple, MeterFilter.denyNameStartsWith("pel.call.")).run(context -> {
            twentyCalls(context);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.find("pel.call.run").meters()).isEmpty();
            assertThat(counted(registry, "lane", "passive")).isEqualTo(20);
        });
    }

    @Test
    void aMeterThatWasRemovedComesBackWithWhatIsNewUnderItsId() {
        with(simple, MeterFilter.ignoreTags("label")).run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            loop.call("first").next(() -> 1).get(10, SECONDS);
            registry.remove(registry.get("pel.call.run").functionTimer());
            loop.call("second").next(() -> 1).get(10, SECONDS);
            assertThat(timed(registry, "lane", "passive")).isEqualTo(1);
        });
    }

    @Test
    void everyPartOfACompositeCountsEverything() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        prometheus.config().meterFilter(MeterFilter.ignoreTags("outcome"));
        with(simple, MeterFilter.ignoreTags("label"))
                .withBean(PrometheusMeterRegistry.class, () -> prometheus)
                .run(context -> {
                    assertThat(context.getBean(MeterRegistry.class)).isInstanceOf(CompositeMeterRegistry.class);
                    twentyCalls(context);
                    assertThat(timed(context.getBean(SimpleMeterRegistry.class), "outcome", "succeeded"))
                            .isEqualTo(15);
                    assertThat(prometheus.scrape())
                            .contains(
                                    "pel_calls_total{lane=\"passive\",loop=\"pel\"} 20.0",
                                    "pel_call_run_seconds_count{lane=\"passive\",loop=\"pel\"} 20",
                                    "pel_lane_threads{lane=\"passive\",loop=\"pel\"} 64.0");
                });
    }

    @Test
    void filtersOfACompositeThatTheApplicationMakesAreKept() {
        CompositeMeterRegistry own = new CompositeMeterRegistry();
        SimpleMeterRegistry part = new SimpleMeterRegistry();
        own.add(part);
        own.config().commonTags("region", "west");
        with(contextRunner, MeterFilter.ignoreTags("label"))
                .withBean(CompositeMeterRegistry.class, () -> own)
                .run(context -> {
                    twentyCalls(context);
                    assertThat(timed(part, "region", "west", "outcome", "succeeded"))
                            .isEqualTo(15);
                    assertThat(counted(part, "region", "west", "lane", "passive"))
                            .isEqualTo(20);
                });
    }

    @Test
    void histogramsCountEverything() {
        with(simple, MeterFilter.ignoreTags("label"))
                .withPropertyValues("pel.metrics.histograms=true")
                .run(context -> {
                    twentyCalls(context);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("pel.call.run")
                                    .tags("outcome", "succeeded")
                                    .timer()
                                    .count())
                            .isEqualTo(15);
                    assertThat(counted(registry, "lane", "passive")).isEqualTo(20);
                });
    }

    @Test
    void noTagIsLeftThatAFilterDrops() {
        with(simple, MeterFilter.ignoreTags("loop", "lane", "label", "outcome", "result"))
                .run(context -> {
                    twentyCalls(context);
                    List<Meter> meters = context.getBean(MeterRegistry.class).getMeters().stream()
                            .filter(meter -> meter.getId().getName().startsWith("pel."))
                            .toList();
                    assertThat(meters)
                            .isNotEmpty()
                            .flatExtracting(meter -> meter.getId().getTags())
                            .extracting(Tag::getKey)
                            .isEmpty();
                    assertThat(counted(context.getBean(MeterRegistry.class))).isEqualTo(20);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class FewTags {
        @Bean
        MeterFilter fewTags() {
            return MeterFilter.ignoreTags("label", "outcome");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondLoop {
        @Bean(defaultCandidate = false)
        EventLoop second(PelLoopBuilder builder) {
            return builder.name("second").build();
        }
    }
}
