package dev.pel.spring.sources;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.spring.PelAutoConfiguration;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/** Listeners of messages that pause while a lane is under pressure. */
@ExtendWith(OutputCaptureExtension.class)
class SourcePauseTests {
    private final FakeContainer kafka = new FakeContainer();
    private final FakeContainer rabbit = new FakeContainer();
    private final FakeContainer jms = new FakeContainer();

    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, PelPressureAutoConfiguration.class))
            .withPropertyValues(
                    "pel.passive.threads=1",
                    "pel.passive.capacity=10",
                    "pel.stop.deadline=100ms",
                    "pel.pressure.min-pause=0");

    private final ApplicationContextRunner contextRunner = plain.withBean(
                    KafkaListenerEndpointRegistry.class, () -> new Kafkas(kafka))
            .withBean(RabbitListenerEndpointRegistry.class, () -> new Rabbits(rabbit))
            .withBean(JmsListenerEndpointRegistry.class, () -> new Jmses(jms));

    /** Holds the passive lane under pressure until the gate is opened. */
    private static CountDownLatch pressure(EventLoop loop) {
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 10; i++) {
            loop.next(() -> gate.await(60, SECONDS));
        }
        return gate;
    }

    private FakeContainer container(String id) {
        return switch (id) {
            case "kafka" -> kafka;
            case "rabbit" -> rabbit;
            default -> jms;
        };
    }

    private static void awaitTold(FakeContainer container, String... what) {
        await().atMost(30, SECONDS)
                .untilAsserted(() -> assertThat(container.told).containsExactly(what));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "rabbit", "jms"})
    void listenerPausesUnderPressureAndGoesOnAfterIt(String id) {
        boolean canPause = id.equals("kafka");
        contextRunner.withPropertyValues("pel.pressure.pause=" + id).run(context -> {
            CountDownLatch gate = pressure(context.getBean(EventLoop.class));
            awaitTold(container(id), canPause ? "pause" : "stop");
            gate.countDown();
            awaitTold(container(id), canPause ? "pause" : "stop", canPause ? "resume" : "start");
        });
    }

    @Test
    void severalListenersPauseAndOthersDoNot() {
        contextRunner
                .withPropertyValues("pel.pressure.pause[0]=rabbit", "pel.pressure.pause[1]=kafka")
                .run(context -> {
                    CountDownLatch gate = pressure(context.getBean(EventLoop.class));
                    awaitTold(rabbit, "stop");
                    awaitTold(kafka, "pause");
                    gate.countDown();
                    awaitTold(rabbit, "stop", "start");
                    awaitTold(kafka, "pause", "resume");
                    assertThat(jms.told).isEmpty();
                });
    }

    @Test
    void whatOthersHavePausedIsLeftToThem() {
        kafka.isPaused = true;
        jms.isRunning = false;
        contextRunner.withPropertyValues("pel.pressure.pause=kafka,jms,rabbit").run(context -> {
            CountDownLatch gate = pressure(context.getBean(EventLoop.class));
            awaitTold(rabbit, "stop");
            gate.countDown();
            awaitTold(rabbit, "stop", "start");
            assertThat(kafka.told).isEmpty();
            assertThat(jms.told).isEmpty();
        });
    }

    @Test
    void forcedStopOfTheLoopLetsListenersGoOn() {
        contextRunner.withPropertyValues("pel.pressure.pause=rabbit").run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            pressure(loop);
            awaitTold(rabbit, "stop");
            loop.forceStop().get(30, SECONDS);
            awaitTold(rabbit, "stop", "start");
        });
    }

    @Test
    void pausedListenerIsNotStartedWhenTheApplicationEnds() {
        contextRunner.withPropertyValues("pel.pressure.pause=rabbit").run(context -> {
            CountDownLatch gate = pressure(context.getBean(EventLoop.class));
            awaitTold(rabbit, "stop");
            SourcePause pause = context.getBean(SourcePause.class);
            Rabbits registry = context.getBean(Rabbits.class);
            registry.atStop = () -> assertThat(pause.isRunning()).isFalse();
            context.getSourceApplicationContext().close();
            assertThat(registry.isStopped)
                    .as("the registry is stopped after the pause")
                    .isTrue();
            gate.countDown();
            assertThat(rabbit.told).containsExactly("stop");
        });
    }

    @Test
    void failedPauseIsToldAndCountedAndTriedAgain(CapturedOutput output) {
        contextRunner.withPropertyValues("pel.pressure.pause=rabbit").run(context -> {
            SourcePause pause = context.getBean(SourcePause.class);
            EventLoop loop = context.getBean(EventLoop.class);
            rabbit.failure = new IllegalStateException("planted");
            CountDownLatch first = pressure(loop);
            // more than one: it looks once at the start as well, which may come after the pressure
            await().atMost(30, SECONDS).until(() -> pause.failures() > 0);
            assertThat(output).contains("Listener 'rabbit' could not be paused");
            rabbit.failure = null;
            awaitTold(rabbit, "stop"); // though the pressure does not change
            long before = pause.failures();
            rabbit.failure = new NoClassDefFoundError("planted");
            first.countDown();
            await().atMost(30, SECONDS).until(() -> pause.failures() > before);
            rabbit.failure = null;
            awaitTold(rabbit, "stop", "start");
        });
    }

    @Test
    void metersSayWhatIsPaused() {
        contextRunner.withPropertyValues("pel.pressure.pause=rabbit").run(context -> {
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            context.getBean(MeterBinder.class).bindTo(meters);
            assertThat(meters.get("pel.source.paused")
                            .tag("source", "rabbit")
                            .gauge()
                            .value())
                    .isZero();
            CountDownLatch gate = pressure(context.getBean(EventLoop.class));
            awaitTold(rabbit, "stop");
            await().atMost(30, SECONDS)
                    .until(() ->
                            meters.get("pel.source.pauses").functionCounter().count() == 1);
            assertThat(meters.get("pel.source.paused")
                            .tag("source", "rabbit")
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThat(meters.get("pel.source.failures").functionCounter().count())
                    .isZero();
            gate.countDown();
        });
    }

    // ------------------------------------------------------------------ what stops the start

    @Test
    void unknownIdStopsTheStart() {
        contextRunner
                .withPropertyValues("pel.pressure.pause=orders")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage(
                                "'pel.pressure.pause' must name listeners of Kafka, RabbitMQ or JMS by their ids, but there is none with"
                                        + " the id 'orders'. Known are [jms, kafka, rabbit]. Give the listener that id, such as"
                                        + " @RabbitListener(id = \"orders\", …), or take it out of the property."));
    }

    @Test
    void blankIdStopsTheStart() {
        contextRunner
                .withPropertyValues("pel.pressure.pause[0]=rabbit", "pel.pressure.pause[1]=")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining(
                                "'pel.pressure.pause' must be ids of listeners, separated by commas, but one is ''"));
    }

    @ParameterizedTest
    @CsvSource({"-1s, PT-1S", "25h, PT25H", "200000d, PT4800000H"})
    void leastPauseThatIsNegativeOrLongerThanADayStopsTheStart(String pause, Duration given) {
        contextRunner
                .withPropertyValues("pel.pressure.pause=rabbit", "pel.pressure.min-pause=" + pause)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessage("'pel.pressure.min-pause' must be between 0 and 1 day but was '%s'", given));
    }

    @Test
    void withoutALibraryThereIsNoListenerToPause() {
        plain.withClassLoader(new FilteredClassLoader(
                        "org.springframework.kafka", "org.springframework.amqp", "org.springframework.jms"))
                .withPropertyValues("pel.pressure.pause=orders")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("Known are []"));
    }

    @Test
    void loopThatTellsNoPressureStopsTheStart() {
        contextRunner
                .withBean("own", EventLoop.class, () -> EventLoop.create(EventLoopOptions.defaults()))
                .withPropertyValues("pel.pressure.pause=rabbit")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("needs a loop that tells its pressure"));
    }

    @Test
    void nothingIsThereUnlessAListenerIsNamed() {
        contextRunner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(SourcePause.class)
                .doesNotHaveBean(PelPressureProperties.class));
        contextRunner
                .withPropertyValues("pel.enabled=false", "pel.pressure.pause=rabbit")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SourcePause.class));
    }

    // ------------------------------------------------------------------ registries

    private static final class Kafkas extends KafkaListenerEndpointRegistry {
        private final FakeContainer container;

        Kafkas(FakeContainer container) {
            this.container = container;
        }

        @Override
        public Set<String> getListenerContainerIds() {
            return Set.of("kafka");
        }

        @Override
        public org.springframework.kafka.listener.@Nullable MessageListenerContainer getListenerContainer(String id) {
            return id.equals("kafka")
                    ? container.as(org.springframework.kafka.listener.MessageListenerContainer.class)
                    : null;
        }
    }

    private static final class Rabbits extends RabbitListenerEndpointRegistry {
        private final FakeContainer container;
        private volatile Runnable atStop = () -> {};
        private volatile boolean isStopped;

        Rabbits(FakeContainer container) {
            this.container = container;
        }

        @Override
        public Set<String> getListenerContainerIds() {
            return Set.of("rabbit");
        }

        @Override
        public org.springframework.amqp.core.@Nullable MessageListenerContainer getListenerContainer(String id) {
            return id.equals("rabbit")
                    ? container.as(org.springframework.amqp.core.MessageListenerContainer.class)
                    : null;
        }

        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public void stop(Runnable callback) {
            atStop.run();
            isStopped = true;
            super.stop(callback);
        }
    }

    private static final class Jmses extends JmsListenerEndpointRegistry {
        private final FakeContainer container;

        Jmses(FakeContainer container) {
            this.container = container;
        }

        @Override
        public Set<String> getListenerContainerIds() {
            return Set.of("jms");
        }

        @Override
        public org.springframework.jms.listener.@Nullable MessageListenerContainer getListenerContainer(String id) {
            return id.equals("jms")
                    ? container.as(org.springframework.jms.listener.MessageListenerContainer.class)
                    : null;
        }
    }
}
