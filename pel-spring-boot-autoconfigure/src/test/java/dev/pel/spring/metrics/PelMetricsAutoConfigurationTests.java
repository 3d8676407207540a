package dev.pel.spring.metrics;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.Outcome;
import dev.pel.flow.ForEach;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelLoopBuilder;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class PelMetricsAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    PelMetricsAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class);

    @Test
    void showsWhatTheLanesHold() {
        contextRunner
                .withPropertyValues("pel.work.threads=3", "pel.work.capacity=7")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    CountDownLatch release = new CountDownLatch(1);
                    for (int i = 0; i < 5; i++) {
                        loop.work(() -> release.await());
                    }
                    await().until(() -> gauge(registry, "pel.lane.running", "work") == 3);
                    assertThat(gauge(registry, "pel.lane.size", "work")).isEqualTo(2);
                    assertThat(gauge(registry, "pel.lane.threads", "work")).isEqualTo(3);
                    assertThat(gauge(registry, "pel.lane.capacity", "work")).isEqualTo(7);
                    assertThat(gauge(registry, "pel.lane.threads", "active")).isEqualTo(1);
                    assertThat(gauge(registry, "pel.lane.threads", "passive")).isEqualTo(64);
                    release.countDown();
                });
    }

    @Test
    void showsWhatKeysAndLimitsHold() {
        contextRunner
                .withPropertyValues(
                        "pel.limits.ldap.concurrency=1", "pel.limits.ldap.capacity=2", "pel.keys.capacity=2")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    CountDownLatch release = new CountDownLatch(1);
                    for (int i = 0; i < 4; i++) {
                        loop.call("look up").limit("ldap").next(() -> release.await());
                        loop.call("book").key("an account").next(() -> release.await());
                    }
                    assertThat(ofKeys(registry, "pel.keys.used")).isEqualTo(1);
                    assertThat(ofKeys(registry, "pel.keys.waiting")).isEqualTo(2);
                    assertThat(ofKeys(registry, "pel.keys.longest")).isEqualTo(2);
                    assertThat(ofLimit(registry, "pel.limit.used")).isEqualTo(1);
                    assertThat(ofLimit(registry, "pel.limit.waiting")).isEqualTo(2);
                    assertThat(ofLimit(registry, "pel.limit.capacity")).isEqualTo(2);
                    assertThat(rejected(registry, "pel.limit.rejected")).isEqualTo(1);
                    assertThat(rejected(registry, "pel.keys.rejected")).isEqualTo(1);
                    assertThat(registry.get("pel.limit.wait.oldest")
                                    .tag("limit", "ldap")
                                    .timeGauge()
                                    .value(MILLISECONDS))
                            .isPositive();
                    release.countDown();
                });
    }

    @Test
    void showsStreamsAndTheirItems() {
        contextRunner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            CompletableFuture<Object> call = new CompletableFuture<>();
            ForEach stream = loop.forEach(List.of(1, 2, 3, 4, 5))
                    .collectFailures(1)
                    .concurrency(2)
                    .run(item -> switch (item) {
                        case 1 -> CompletableFuture.completedFuture(item);
                        case 2 -> CompletableFuture.failedFuture(new IllegalStateException("planted"));
                        default -> call;
                    });
            await().until(() -> ofStreams(registry, "pel.streams.in.flight") == 2);
            assertThat(ofStreams(registry, "pel.streams.running")).isOne();
            assertThat(items(registry, "done")).isOne();
            assertThat(items(registry, "failed")).isOne();
            stream.cancel();
            await().until(() -> ofStreams(registry, "pel.streams.running") == 0);
            assertThat(ofStreams(registry, "pel.streams.in.flight")).isZero();
            assertThat(items(registry, "done")).isOne();
            assertThat(items(registry, "failed")).isOne();
            assertThat(items(registry, "discarded")).isEqualTo(2);
        });
    }

    private static double ofStreams(MeterRegistry registry, String meter) {
        return registry.get(meter).tag("loop", "pel").gauge().value();
    }

    private static double items(MeterRegistry registry, String result) {
        return registry.get("pel.streams.items")
                .tags("loop", "pel", "result", result)
                .functionCounter()
                .count();
    }

    @Test
    void showsWhatALimitAllowsNow() {
        contextRunner.withPropertyValues("pel.limits.ldap.concurrency=4").run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(ofLimit(registry, "pel.limit.concurrency")).isEqualTo(4);
            assertThat(ofLimit(registry, "pel.limit.rate")).isNaN();
            assertThat(ofLimit(registry, "pel.limit.capacity")).isNaN();
            loop.changeLimit("ldap", limit -> limit.withConcurrency(2).withRate(5, Duration.ofSeconds(2)));
            assertThat(ofLimit(registry, "pel.limit.concurrency")).isEqualTo(2);
            assertThat(ofLimit(registry, "pel.limit.rate")).isEqualTo(2.5);
        });
    }

    private static double ofKeys(MeterRegistry registry, String meter) {
        return registry.get(meter).tag("loop", "pel").gauge().value();
    }

    private static double rejected(MeterRegistry registry, String meter) {
        return registry.get(meter).tag("loop", "pel").functionCounter().count();
    }

    private static double ofLimit(MeterRegistry registry, String meter) {
        return registry.get(meter).tags("loop", "pel", "limit", "ldap").gauge().value();
    }

    @Test
    void theGaugesFollowANewStart() {
        contextRunner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            loop.resize(Lane.PASSIVE, 3);
            assertThat(gauge(context.getBean(MeterRegistry.class), "pel.lane.threads", "passive"))
                    .isEqualTo(3);
            loop.close();
            loop.start();
            assertThat(gauge(context.getBean(MeterRegistry.class), "pel.lane.threads", "passive"))
                    .isEqualTo(64);
        });
    }

    @Test
    void timesWaitingAndRunningByLaneLabelAndOutcome() {
        contextRunner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            loop.call("orders").next(() -> 1, value -> {}).get(10, SECONDS);
            loop.next(() -> 2).get(10, SECONDS);
            assertThat(timer(registry, "pel.call.run", "passive", "orders", "succeeded")
                            .count())
                    .isEqualTo(1);
            assertThat(timer(registry, "pel.call.wait", "passive", "orders", "succeeded")
                            .count())
                    .isEqualTo(1);
            assertThat(timer(registry, "pel.call.run", "active", "orders", "succeeded")
                            .count())
                    .isEqualTo(1);
            assertThat(timer(registry, "pel.call.run", "passive", "none", "succeeded")
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void whatNeverRanHasOnlyWaited() {
        contextRunner.withPropertyValues("pel.work.threads=1").run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            CountDownLatch release = new CountDownLatch(1);
            loop.work(() -> release.await());
            loop.call("in vain").work(() -> 1).cancel(true);
            release.countDown();
            assertThat(timer(registry, "pel.call.wait", "work", "in vain", "cancelled")
                            .count())
                    .isEqualTo(1);
            assertThat(timer(registry, "pel.call.run", "work", "in vain", "cancelled")
                            .count())
                    .isZero();
        });
    }

    @Test
    void theCountsAreThoseOfTheLoop() {
        contextRunner
                .withPropertyValues("pel.active.capacity=100000", "pel.passive.capacity=50000")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    List<CompletableFuture<?>> calls = new ArrayList<>();
                    for (int i = 0; i < 20_000; i++) {
                        int number = i;
                        calls.add(loop.call("label " + i % 5)
                                .next(() -> number % 7 == 0 ? refuse() : number, value -> {}));
                        calls.add(loop.work(() -> number));
                    }
                    for (CompletableFuture<?> call : calls) {
                        call.exceptionally(thrown -> null).get(20, SECONDS);
                    }
                    loop.close();
                    for (Lane lane : Lane.values()) {
                        for (Outcome outcome : List.of(Outcome.SUCCEEDED, Outcome.FAILED, Outcome.REJECTED)) {
                            double ended = loop.stats().lane(lane).ended(outcome);
                            double ran = outcome == Outcome.REJECTED ? 0 : ended;
                            assertThat(counted(registry, "pel.calls", lane, outcome))
                                    .isEqualTo(ended);
                            assertThat(counted(registry, "pel.call.wait", lane, outcome))
                                    .isEqualTo(ran);
                            assertThat(counted(registry, "pel.call.run", lane, outcome))
                                    .isEqualTo(ran);
                        }
                    }
                    assertThat(counted(registry, "pel.call.run", Lane.PASSIVE, Outcome.FAILED))
                            .isPositive();
                });
    }

    @Test
    void theLongestTimesAreShown() {
        contextRunner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            loop.call("slow").next(() -> Thread.sleep(50)).get(10, SECONDS);
            loop.call("slow").next(() -> {}).get(10, SECONDS);
            double longest = longest(registry, "pel.call.run.max", "passive", "slow");
            double total = timer(registry, "pel.call.run", "passive", "slow", "succeeded")
                    .totalTime(MILLISECONDS);
            assertThat(longest).isGreaterThanOrEqualTo(50).isLessThan(total);
            assertThat(longest(registry, "pel.call.wait.max", "passive", "slow"))
                    .isPositive();
        });
    }

    @Test
    void thereAreHistogramsWhenAskedFor() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        contextRunner
                .withBean(PrometheusMeterRegistry.class, () -> prometheus)
                .withPropertyValues("pel.metrics.histograms=true")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    loop.call("orders").next(() -> 1, value -> {}).get(10, SECONDS);
                    String orders = "{label=\"orders\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"";
                    assertThat(prometheus.scrape())
                            .contains(
                                    "pel_call_run_seconds_bucket" + orders,
                                    "pel_call_wait_seconds_bucket" + orders,
                                    "pel_call_run_seconds_count" + orders + "} 1",
                                    "pel_call_run_seconds_max" + orders,
                                    "pel_calls_total{lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"} 1.0")
                            .doesNotContain("max_seconds");
                });
    }

    @Test
    void thereAreNoHistogramsOtherwise() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        contextRunner.withBean(PrometheusMeterRegistry.class, () -> prometheus).run(context -> {
            context.getBean(EventLoop.class).next(() -> 1).get(10, SECONDS);
            String passive = "{label=\"none\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"}";
            assertThat(prometheus.scrape())
                    .contains(
                            "pel_call_run_seconds_count" + passive + " 1",
                            "pel_call_run_seconds_sum" + passive,
                            "pel_call_run_max_seconds" + passive)
                    .doesNotContain("bucket");
        });
    }

    @Test
    void countsEveryOutcome() {
        contextRunner
                .withPropertyValues("pel.work.threads=1", "pel.work.capacity=1")
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    loop.next(() -> 1).get(10, SECONDS);
                    loop.next(() -> {
                        throw new IllegalStateException("on purpose");
                    });
                    loop.call("late").timeout(Duration.ofMillis(1)).next(() -> new CountDownLatch(1).await());
                    loop.next(() -> new CountDownLatch(1).await()).cancel(true);
                    CountDownLatch entered = new CountDownLatch(1);
                    loop.work(() -> {
                        entered.countDown();
                        new CountDownLatch(1).await();
                    });
                    assertThat(entered.await(10, SECONDS)).isTrue();
                    loop.work(() -> 1);
                    loop.work(() -> 1);
                    await().until(() -> registry.find("pel.calls")
                                    .tag("outcome", "timedOut")
                                    .functionCounter()
                            != null);
                    loop.forceStop().get(10, SECONDS);
                    await().untilAsserted(() -> {
                        assertThat(calls(registry, "passive", "succeeded")).isEqualTo(1);
                        assertThat(calls(registry, "passive", "failed")).isEqualTo(1);
                        assertThat(calls(registry, "passive", "timedOut")).isEqualTo(1);
                        assertThat(calls(registry, "passive", "cancelled")).isEqualTo(1);
                        assertThat(calls(registry, "work", "stopped")).isEqualTo(2);
                        assertThat(calls(registry, "work", "rejected")).isEqualTo(1);
                    });
                });
    }

    @Test
    void countsFailuresThatReachTheErrorHandler() {
        contextRunner.withPropertyValues("pel.failures.unobserved-grace=0s").run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("pel.errors").counter().count()).isZero();
            loop.enqueue(Lane.ACTIVE, () -> {
                throw new IllegalStateException("on purpose");
            });
            await().until(() -> registry.get("pel.errors").counter().count() == 1);
        });
    }

    @Test
    void moreLabelsThanAllowedAreOthers() {
        contextRunner.withPropertyValues("pel.metrics.labels=2").run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            for (int i = 0; i < 10; i++) {
                loop.call("label " + i).next(() -> 1).get(10, SECONDS);
                loop.next(() -> 1).get(10, SECONDS);
            }
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(labels(registry)).containsExactly("label 0", "label 1", "none", "other");
            assertThat(timer(registry, "pel.call.run", "passive", "other", "succeeded")
                            .count())
                    .isEqualTo(8);
        });
    }

    @Test
    void noLabelsAtAllArePossible() {
        contextRunner.withPropertyValues("pel.metrics.labels=0").run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            loop.call("a").next(() -> 1).get(10, SECONDS);
            assertThat(labels(context.getBean(MeterRegistry.class))).containsExactly("other");
        });
    }

    @Test
    void tellsLoopsApartByTheirNames() {
        contextRunner.withUserConfiguration(SecondLoop.class).run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            EventLoop reports = context.getBean("reportsLoop", EventLoop.class);
            context.getBean(EventLoop.class).next(() -> 1).get(10, SECONDS);
            reports.next(() -> 1).get(10, SECONDS);
            reports.next(() -> 1).get(10, SECONDS);
            reports.enqueue(Lane.ACTIVE, () -> {
                throw new IllegalStateException("on purpose");
            });
            for (String name : List.of("pel", "reports")) {
                RequiredSearch ofLoop = registry.get("pel.calls").tags("loop", name, "lane", "passive");
                assertThat(ofLoop.functionCounter().count()).isEqualTo(name.equals("pel") ? 1 : 2);
                assertThat(registry.get("pel.lane.threads")
                                .tags("loop", name, "lane", "passive")
                                .gauge()
                                .value())
                        .isEqualTo(name.equals("pel") ? 64 : 3);
            }
            await().until(() -> errors(registry, "reports") == 1);
            assertThat(errors(registry, "pel")).isZero();
        });
    }

    private static double errors(MeterRegistry registry, String loop) {
        return registry.get("pel.errors").tag("loop", loop).counter().count();
    }

    @Test
    void theTagIsTheNameThatALoopHasInTheEnd() {
        contextRunner.withUserConfiguration(RenamedLoop.class).run(context -> {
            context.getBean("renamedLoop", EventLoop.class).next(() -> 1).get(10, SECONDS);
            assertThat(context.getBean(MeterRegistry.class)
                            .get("pel.calls")
                            .tag("loop", "in the end")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void leavesLoopsOutThatAreNoBeans() {
        contextRunner.run(context -> {
            try (EventLoop second =
                    context.getBean(PelLoopBuilder.class).name("second").build()) {
                second.start();
                second.next(() -> 1).get(10, SECONDS);
                assertThat(context.getBean(MeterRegistry.class)
                                .find("pel.calls")
                                .meter())
                        .isNull();
            }
        });
    }

    @Test
    void metersCanBeSwitchedOff() {
        contextRunner.withPropertyValues("management.metrics.enable.pel=false").run(context -> {
            context.getBean(EventLoop.class).next(() -> 1).get(10, SECONDS);
            assertThat(context.getBean(MeterRegistry.class).getMeters())
                    .extracting(Meter::getId)
                    .noneMatch(id -> id.getName().startsWith("pel."));
        });
    }

    @Test
    void theRegistryMayNeedBeansThatNeedTheLoop() {
        contextRunner
                .withBean(RegistryOfTheApplication.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void thereAreNoMetersWithoutARegistry() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, PelMetricsAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LoopGauges.class));
    }

    @Test
    void thereAreNoMetersWithoutMicrometer() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, PelMetricsAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(EventLoop.class));
    }

    @Test
    void thereAreNoMetersWithoutALoop() {
        contextRunner
                .withPropertyValues("pel.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LoopGauges.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondLoop {
        @Bean(defaultCandidate = false)
        EventLoop reportsLoop(PelLoopBuilder builder) {
            return builder.name("reports")
                    .customize(options -> options.withPassive(passive -> passive.withThreads(3)))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RenamedLoop {
        @Bean(defaultCandidate = false)
        EventLoop renamedLoop(PelLoopBuilder builder) {
            return builder.name("at first")
                    .customize(options -> options.withName("in the end"))
                    .build();
        }
    }

    private static double gauge(MeterRegistry registry, String name, String lane) {
        return registry.get(name).tag("lane", lane).gauge().value();
    }

    private static FunctionTimer timer(MeterRegistry registry, String name, String lane, String label, String outcome) {
        return registry.get(name)
                .tags("lane", lane, "label", label, "outcome", outcome)
                .functionTimer();
    }

    private static double longest(MeterRegistry registry, String name, String lane, String label) {
        return registry.get(name)
                .tags("lane", lane, "label", label, "outcome", "succeeded")
                .timeGauge()
                .value(MILLISECONDS);
    }

    /** The sum over all labels. */
    private static double counted(MeterRegistry registry, String name, Lane lane, Outcome outcome) {
        return registry
                .find(name)
                .tags(
                        "lane",
                        lane.name().toLowerCase(Locale.ROOT),
                        "outcome",
                        outcome.name().toLowerCase(Locale.ROOT))
                .meters()
                .stream()
                .flatMap(meter -> StreamSupport.stream(meter.measure().spliterator(), false))
                .filter(measurement -> measurement.getStatistic() == Statistic.COUNT)
                .mapToDouble(Measurement::getValue)
                .sum();
    }

    private static int refuse() {
        throw new IllegalStateException("on purpose");
    }

    private static double calls(MeterRegistry registry, String lane, String outcome) {
        return registry.get("pel.calls")
                .tags("lane", lane, "outcome", outcome)
                .functionCounter()
                .count();
    }

    private static Set<String> labels(MeterRegistry registry) {
        Set<String> labels = new TreeSet<>();
        registry.find("pel.call.run")
                .functionTimers()
                .forEach(timer -> labels.add(timer.getId().getTag("label")));
        return labels;
    }

    /** As registries of monitoring systems do: is made with a client that the application makes, with the loop. */
    static class RegistryOfTheApplication extends SimpleMeterRegistry {
        @Autowired
        private EventLoop loop;
    }
}
