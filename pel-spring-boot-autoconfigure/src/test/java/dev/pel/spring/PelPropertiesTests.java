package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.LaneOptions;
import dev.pel.ThreadKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PelPropertiesTests {

    private static final boolean VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    private static final LaneOptions PASSIVE = EventLoopOptions.defaults().passive();

    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class));

    /** Of the latest context with a source of its own, because a context that has failed cannot be asked. */
    private Environment environment;

    @Test
    void keepsTheDefaultsOfTheEngineButDoesNotKeepTheApplicationAlive() {
        contextRunner.run(context -> {
            EventLoopOptions options = options(context.getBean(EventLoop.class));
            EventLoopOptions defaults = EventLoopOptions.defaults();
            assertThat(options.withHooks(defaults.hooks())).isEqualTo(defaults.withDaemon(true));
        });
    }

    @Test
    void reachesEveryOption() {
        contextRunner
                .withPropertyValues(
                        "pel.name=orders",
                        "pel.active.capacity=101",
                        "pel.active.high-water=71",
                        "pel.active.low-water=11",
                        "pel.active.settle=20ms",
                        "pel.active.turn-budget=3ms",
                        "pel.passive.threads=7",
                        "pel.passive.min-threads=5",
                        "pel.passive.max-threads=9",
                        "pel.passive.grow-after=15ms",
                        "pel.passive.keep-alive=25s",
                        "pel.passive.recycle-after=1000",
                        "pel.passive.hung-after=2m",
                        "pel.passive.max-hung=3",
                        "pel.passive.capacity=102",
                        "pel.passive.high-water=72",
                        "pel.passive.low-water=12",
                        "pel.passive.thread-kind=platform",
                        "pel.work.threads=3",
                        "pel.work.capacity=103",
                        "pel.work.high-water=73",
                        "pel.work.low-water=13",
                        "pel.timers.capacity=104",
                        "pel.keys.capacity=105",
                        "pel.scripts.capacity=106",
                        "pel.stop.deadline=5s",
                        "pel.stop.interrupt-grace=50ms",
                        "pel.failures.unobserved-grace=300ms",
                        "pel.failures.call-site-interval=1ms")
                .run(context -> {
                    EventLoopOptions options = options(context.getBean(EventLoop.class));
                    assertThat(options)
                            .isEqualTo(EventLoopOptions.defaults()
                                    .withName("orders")
                                    .withActive(lane -> lane.withCapacity(101).withWaterMarks(71, 11))
                                    .withPassive(lane -> lane.withThreads(5, 9)
                                            .withElastic(elastic -> elastic.withGrowAfter(Duration.ofMillis(15))
                                                    .withKeepAlive(Duration.ofSeconds(25))
                                                    .withRecycleAfter(1_000)
                                                    .withHungAfter(Duration.ofMinutes(2))
                                                    .withMaxHung(3))
                                            .withCapacity(102)
                                            .withWaterMarks(72, 12))
                                    .withWork(lane -> lane.withThreads(3)
                                            .withCapacity(103)
                                            .withWaterMarks(73, 13))
                                    .withTimerCapacity(104)
                                    .withKeyCapacity(105)
                                    .withScriptCapacity(106)
                                    .withSettle(Duration.ofMillis(20))
                                    .withTurnBudget(Duration.ofMillis(3))
                                    .withStopDeadline(Duration.ofSeconds(5))
                                    .withInterruptGrace(Duration.ofMillis(50))
                                    .withCallSiteInterval(Duration.ofMillis(1))
                                    .withUnobservedGrace(Duration.ofMillis(300))
                                    .withDaemon(true)
                                    .withHooks(options.hooks()));
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    pel.name                      |  ""   | 'pel.name' must not be blank but was ''
                    pel.active.capacity           | 0     | 'pel.active.capacity' must be at least 1 but was 0
                    pel.active.high-water         | 101   | 'pel.active.high-water' must be between 1 and 100 percent but was 101
                    pel.active.low-water          | 80    | 'pel.active.low-water' must be at least 0 and below 'pel.active.high-water', 80 by default, but was 80
                    pel.active.high-water         | 40    | 'pel.active.high-water' must be above 'pel.active.low-water', 50 by default, but was 40
                    pel.active.settle             | -1ms  | 'pel.active.settle' must not be negative but was PT-0.001S
                    pel.active.turn-budget        | -1ms  | 'pel.active.turn-budget' must not be negative but was PT-0.001S
                    pel.passive.threads           | 0     | 'pel.passive.threads' must be between 1 and 4096 but was 0
                    pel.passive.threads           | 5000  | 'pel.passive.threads' must be between 1 and 4096 but was 5000
                    pel.passive.min-threads       | 0     | 'pel.passive.min-threads' must be between 1 and 4096 but was 0
                    pel.passive.min-threads       | 65    | 'pel.passive.min-threads' must be at most 'pel.passive.max-threads', 64 by default, but was 65
                    pel.passive.max-threads       | 5000  | 'pel.passive.max-threads' must be between 1 and 4096 but was 5000
                    pel.passive.max-threads       | 63    | 'pel.passive.max-threads' must be at least 'pel.passive.min-threads', 64 by default, but was 63
                    pel.passive.grow-after        | 0     | 'pel.passive.grow-after' must be at least 1 ms but was PT0S
                    pel.passive.keep-alive        | -1s   | 'pel.passive.keep-alive' must be at least 1 ms but was PT-1S
                    pel.passive.recycle-after     | -1    | 'pel.passive.recycle-after' must not be negative but was -1
                    pel.passive.hung-after        | 1us   | 'pel.passive.hung-after' must be at least 1 ms, or zero for never but was PT0.000001S
                    pel.passive.max-hung          | 0     | 'pel.passive.max-hung' must be at least 1 but was 0
                    pel.passive.capacity          | -1    | 'pel.passive.capacity' must be at least 1 but was -1
                    pel.passive.high-water        | 0     | 'pel.passive.high-water' must be between 1 and 100 percent but was 0
                    pel.work.threads              | -3    | 'pel.work.threads' must be between 1 and 4096 but was -3
                    pel.work.low-water            | -1    | 'pel.work.low-water' must be at least 0 but was -1
                    pel.timers.capacity           | 0     | 'pel.timers.capacity' must be at least 1 but was 0
                    pel.keys.capacity             | 0     | 'pel.keys.capacity' must be at least 1 but was 0
                    pel.scripts.capacity          | 0     | 'pel.scripts.capacity' must be at least 1 but was 0
                    pel.stop.deadline             | -1s   | 'pel.stop.deadline' must not be negative but was PT-1S
                    pel.stop.interrupt-grace      | -1s   | 'pel.stop.interrupt-grace' must not be negative but was PT-1S
                    pel.failures.unobserved-grace | -1s   | 'pel.failures.unobserved-grace' must not be negative but was PT-1S
                    pel.failures.call-site-interval   | -1s   | 'pel.failures.call-site-interval' must not be negative but was PT-1S
                    pel.metrics.labels            | -1    | 'pel.metrics.labels' must be at least 0 but was -1
                    pel.endpoint.max-threads      | 0     | 'pel.endpoint.max-threads' must be at least 1 but was 0
                    """)
    void refusesAWrongValueWithKeyRuleAndValue(String key, String value, String message) {
        contextRunner.withPropertyValues(key + "=" + value).run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure())
                    .hasStackTraceContaining(PelPropertyException.class.getName() + ": " + message);
        });
    }

    @Test
    void refusesMoreThreadsAtLeastThanAtMost() {
        contextRunner
                .withPropertyValues("pel.passive.min-threads=9", "pel.passive.max-threads=8")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "'pel.passive.max-threads' must be at least 'pel.passive.min-threads', 9, but was 8"));
    }

    @Test
    void takesThePlainNumberOfThreadsForTheBoundThatIsNotSet() {
        contextRunner
                .withPropertyValues("pel.passive.threads=7", "pel.passive.max-threads=20")
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).passive())
                        .isEqualTo(PASSIVE.withThreads(7, 20)));
    }

    @Test
    void tellsAtTheEndOfAFailedStartWhichPropertyAndWhereItWasSet() {
        Environment[] environment = new Environment[1];
        ApplicationContextRunner capturing =
                contextRunner.withInitializer(context -> environment[0] = context.getEnvironment());
        capturing.withPropertyValues("pel.passive.threads=0").run(context -> {
            FailureAnalysis analysis =
                    new PelPropertyFailureAnalyzer(environment[0]).analyze(context.getStartupFailure());
            assertThat(analysis.getDescription())
                    .startsWith("'pel.passive.threads' must be between 1 and 4096 but was 0. It was set in ")
                    .contains("\"pel.passive.threads\" from property source");
            assertThat(analysis.getAction())
                    .isEqualTo(
                            "Change the value of 'pel.passive.threads', or remove the key so that its default counts.");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pel.active.settle",
                "pel.active.turn-budget",
                "pel.passive.grow-after",
                "pel.passive.keep-alive",
                "pel.passive.hung-after",
                "pel.stop.deadline",
                "pel.stop.interrupt-grace",
                "pel.failures.unobserved-grace",
                "pel.failures.call-site-interval"
            })
    void refusesADurationWithoutAUnit(String key) {
        contextRunner
                .withPropertyValues(key + "=20")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("'" + key + "' must have a unit (write 20s or 20ms) but was 20"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PEL_STOP_INTERRUPTGRACE", "PEL_STOP_INTERRUPT_GRACE"})
    void refusesADurationWithoutAUnitInAnEnvironmentVariable(String variable) {
        contextRunner
                .withInitializer(
                        withFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, "7"))))
                .run(context -> assertThat(analysis(context).getDescription())
                        .startsWith("'pel.stop.interrupt-grace' must have a unit (write 7s or 7ms) but was 7."
                                + " It was set in \"" + variable
                                + "\" from property source \"test-systemEnvironment\""));
    }

    @Test
    void refusesADurationWithoutAUnitOnTheCommandLine() {
        contextRunner
                .withInitializer(withFirst(new SimpleCommandLinePropertySource("--pel.stop.deadline=+20")))
                .run(context -> assertThat(analysis(context).getDescription())
                        .startsWith("'pel.stop.deadline' must have a unit (write +20s or +20ms) but was +20."
                                + " It was set in \"pel.stop.deadline\" from property source \"commandLineArgs\""));
    }

    @Test
    void refusesADurationThatIsANumberOfAPlaceholder() {
        contextRunner
                .withPropertyValues("pel.stop.deadline=${seconds}", "seconds=20")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "'pel.stop.deadline' must have a unit (write 20s or 20ms) but was 20"));
    }

    @Test
    void refusesADurationThatYamlMakesANumber() {
        contextRunner
                .withInitializer(withFirst(new MapPropertySource("yaml", Map.of("pel.stop.deadline", 20))))
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "'pel.stop.deadline' must have a unit (write 20s or 20ms) but was 20"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0s", "PT0S"})
    void takesZeroWithAndWithoutAUnit(String zero) {
        contextRunner
                .withPropertyValues("pel.stop.deadline=" + zero)
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).stopDeadline())
                        .isZero());
    }

    @Test
    void takesADurationThatHasItsUnitByItsType() {
        contextRunner
                .withInitializer(
                        withFirst(new MapPropertySource("code", Map.of("pel.stop.deadline", Duration.ofMillis(70)))))
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).stopDeadline())
                        .hasMillis(70));
    }

    @Test
    void saysNothingOfDurationsOfTheApplication() {
        contextRunner
                .withUserConfiguration(OwnProperties.class)
                .withPropertyValues("pelican.pause=20")
                .run(context ->
                        assertThat(context.getBean(Pelican.class).pause()).hasMillis(20));
    }

    @Test
    void takesLimits() {
        contextRunner
                .withPropertyValues(
                        "pel.limits.ldap.concurrency=8",
                        "pel.limits.ldap.capacity=100",
                        "pel.limits.sms.rate=100/s",
                        "pel.limits.sms.burst=10",
                        "pel.limits.report.rate=5/10m")
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).limits())
                        .isEqualTo(EventLoopOptions.defaults()
                                .withLimit(
                                        "ldap",
                                        limit -> limit.withConcurrency(8).withCapacity(100))
                                .withLimit(
                                        "sms",
                                        limit -> limit.withRate(100, Duration.ofSeconds(1))
                                                .withBurst(10))
                                .withLimit("report", limit -> limit.withRate(5, Duration.ofMinutes(10)))
                                .limits()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    pel.limits.a.concurrency | 0        | 'pel.limits.a.concurrency' must be at least 1 but was 0
                    pel.limits.a.burst       | 3        | 'pel.limits.a.burst' must come with 'pel.limits.a.rate' but was 3 without it
                    pel.limits[a.b].burst    | 3        | 'pel.limits[a.b].burst' must come with 'pel.limits[a.b].rate' but was 3 without it
                    pel.limits[a_b].rate     | 100      | 'pel.limits[a_b].rate' must be a number of at least 1
                    pel.limits.a.capacity    | 3        | 'pel.limits.a.capacity' must come with 'pel.limits.a.concurrency' or 'pel.limits.a.rate' but was 3 without them
                    pel.limits.a.rate        | 100      | 'pel.limits.a.rate' must be a number of at least 1 and a time, such as 100/s, 30/m or 5/10s, but was '100'
                    pel.limits.a.rate        | 0/s      | 'pel.limits.a.rate' must be a number of at least 1 and a time, such as 100/s, 30/m or 5/10s, but was '0/s'
                    pel.limits.a.rate        | 1/0s     | 'pel.limits.a.rate' must be a number of at least 1 and a time, such as 100/s, 30/m or 5/10s, but was '1/0s'
                    pel.limits.a.rate        | 9/fortnight | 'pel.limits.a.rate' must be a number of at least 1 and a time, such as 100/s, 30/m or 5/10s, but was '9/fortnight'
                    """)
    void refusesAWrongLimit(String key, String value, String message) {
        contextRunner
                .withPropertyValues(key + "=" + value)
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining(message));
    }

    @Test
    void namesBothKeysOfARuleThatTheyHaveTogether() {
        contextRunner
                .withPropertyValues("pel.passive.high-water=40", "pel.passive.low-water=60")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("'pel.passive.low-water' must be at least 0 and below"
                                + " 'pel.passive.high-water', 40, but was 60"));
    }

    @Test
    void ofALongValueOnlyTheBeginningIsRepeated() {
        contextRunner
                .withPropertyValues("pel.name=" + "\t".repeat(3_000_000))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .satisfies(
                                cause -> assertThat(cause.getMessage().length()).isLessThan(3_000)));
    }

    @Test
    void takesVirtualThreadsForThePassiveLaneWhereTheApplicationAndJavaHaveThem() {
        contextRunner
                .withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).passive())
                        .isEqualTo(
                                VIRTUAL_THREADS
                                        ? PASSIVE.withKind(ThreadKind.VIRTUAL).withThreads(1024)
                                        : PASSIVE));
    }

    @Test
    void takesAsManyVirtualThreadsAsItIsTold() {
        contextRunner
                .withPropertyValues("spring.threads.virtual.enabled=true", "pel.passive.threads=2000")
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).passive())
                        .isEqualTo(PASSIVE.withThreads(2000)
                                .withKind(VIRTUAL_THREADS ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM)));
    }

    @Test
    void keepsPlatformThreadsWhenToldSo() {
        contextRunner
                .withPropertyValues("spring.threads.virtual.enabled=true", "pel.passive.thread-kind=platform")
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).passive())
                        .isEqualTo(EventLoopOptions.defaults().passive()));
    }

    @Test
    void refusesAnUnknownPhaseOfTheStop() {
        contextRunner
                .withPropertyValues("pel.stop.phase=during-web-server")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("pel.stop.phase")
                        .hasStackTraceContaining("during-web-server"));
    }

    @Test
    void neverMakesTheWorkLaneVirtualByItself() {
        contextRunner
                .withPropertyValues("spring.threads.virtual.enabled=true")
                .run(context -> assertThat(
                                options(context.getBean(EventLoop.class)).work())
                        .isEqualTo(EventLoopOptions.defaults().work()));
    }

    @Test
    void refusesVirtualThreadsWhenToldToUseThemOnAJavaThatHasNone() {
        contextRunner.withPropertyValues("pel.passive.thread-kind=virtual").run(context -> {
            if (VIRTUAL_THREADS) {
                assertThat(options(context.getBean(EventLoop.class)).passive().kind())
                        .isEqualTo(ThreadKind.VIRTUAL);
            } else {
                assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("'pel.passive.thread-kind' must be platform on Java "
                                + Runtime.version().feature()
                                + ", because virtual threads need Java 21, but was virtual");
            }
        });
    }

    private ApplicationContextInitializer<ConfigurableApplicationContext> withFirst(PropertySource<?> source) {
        return context -> {
            environment = context.getEnvironment();
            context.getEnvironment().getPropertySources().addFirst(source);
        };
    }

    private FailureAnalysis analysis(AssertableApplicationContext context) {
        return new PelPropertyFailureAnalyzer(environment).analyze(context.getStartupFailure());
    }

    @ConfigurationProperties("pelican")
    record Pelican(Duration pause) {}

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(Pelican.class)
    static class OwnProperties {}

    private static EventLoopOptions options(EventLoop loop) {
        return loop.options();
    }
}
