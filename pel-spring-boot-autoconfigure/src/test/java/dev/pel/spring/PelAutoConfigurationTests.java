package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.pel.ContextPropagator;
import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopState;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@ExtendWith(OutputCaptureExtension.class)
class PelAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class));

    private static final BeanDefinitionCustomizer PRIMARY = bean -> bean.setPrimary(true);
    private static final BeanDefinitionCustomizer QUALIFIED_ONLY =
            bean -> ((AbstractBeanDefinition) bean).setDefaultCandidate(false);

    private static EventLoop loop(String name) {
        return EventLoop.create(EventLoopOptions.defaults().withName(name));
    }

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
    void isNotThereWhenDisabled() {
        contextRunner
                .withPropertyValues("pel.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(EventLoop.class)
                        .doesNotHaveBean(PelTemplate.class)
                        .doesNotHaveBean(PelLane.class)
                        .doesNotHaveBean(PelLoopBuilder.class)
                        .doesNotHaveBean(CallPostProcessor.class));
    }

    @Test
    void startsTheLoopInLazyModeToo() {
        contextRunner
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    assertThat(context.getBeanFactory().containsSingleton("pelEventLoop"))
                            .isTrue();
                    assertThat(context.getBean(EventLoop.class).state()).isEqualTo(LoopState.RUNNING);
                });
    }

    @Test
    void leavesNoThreadBehindWhenTheStartFails() {
        EventLoop[] loop = new EventLoop[1];
        contextRunner
                .withBean(FailingLifecycle.class, () -> new FailingLifecycle(loop))
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(loop[0].state()).isEqualTo(LoopState.STOPPED);
                });
    }

    @Test
    void offersEachLaneAsABean() {
        contextRunner.withUserConfiguration(LanesConfiguration.class).run(context -> {
            Lanes lanes = context.getBean(Lanes.class);
            assertThat(lanes.active().lane()).isEqualTo(Lane.ACTIVE);
            assertThat(lanes.passive().lane()).isEqualTo(Lane.PASSIVE);
            assertThat(lanes.work().lane()).isEqualTo(Lane.WORK);
        });
    }

    @Test
    void offersAnExecutorOnlyToThoseWhoNameIt() {
        contextRunner.run(context -> assertThat(context.getBeanNamesForType(Executor.class))
                .containsExactlyInAnyOrder("pelActive", "pelPassive", "pelWork")
                .allMatch(name ->
                        context.getBeanFactory().getBeanDefinition(name) instanceof AbstractBeanDefinition definition
                                && !definition.isDefaultCandidate()));
    }

    @Test
    void theLoopOfTheApplicationWins() {
        EventLoop own = EventLoop.create(EventLoopOptions.defaults().withName("own"));
        contextRunner.withBean(EventLoop.class, () -> own).run(context -> {
            assertThat(context).hasSingleBean(EventLoop.class);
            assertThat(own.state()).isEqualTo(LoopState.RUNNING);
            assertThat(context.getBean(PelTemplate.class).stats().name()).isEqualTo("own");
        });
        assertThat(own.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void saysWhichBeanTakesThePlaceOfItsLoop(CapturedOutput output) {
        contextRunner
                .withUserConfiguration(ForgottenDefaultCandidate.class)
                .run(context -> assertThat(output)
                        .containsOnlyOnce(
                                "EventLoop bean 'reportsLoop' takes the place of pel's own loop; for a loop beside"
                                        + " it declare @Bean(defaultCandidate = false)"));
    }

    @Test
    void saysWhichOfTheLoopsTakesThePlaceOfItsOwn(CapturedOutput output) {
        contextRunner
                .withUserConfiguration(ForgottenDefaultCandidate.class)
                .withBean("orders", EventLoop.class, () -> loop("orders"), PRIMARY)
                .run(context -> assertThat(output)
                        .containsOnlyOnce("takes the place of")
                        .contains("EventLoop bean 'orders' takes the place of pel's own loop"));
    }

    @Test
    void saysNothingOfTheLoopOfAChildContextThatHasOneOfItsParent(CapturedOutput output) {
        contextRunner.run(parent -> contextRunner
                .withParent(parent)
                .withUserConfiguration(ForgottenDefaultCandidate.class)
                .run(child -> assertThat(output).doesNotContain("takes the place of")));
    }

    @Test
    void saysNothingOfLoopsBesideItsOwn(CapturedOutput output) {
        contextRunner
                .withUserConfiguration(SecondLoopConfiguration.class)
                .run(context -> assertThat(output).doesNotContain("takes the place of"));
    }

    @Test
    void theTemplateOfTheApplicationWins() {
        PelTemplate own = mock(PelTemplate.class);
        contextRunner
                .withBean("own", PelTemplate.class, () -> own)
                .run(context -> assertThat(context.getBean(PelTemplate.class)).isSameAs(own));
    }

    @Test
    void theLaneOfTheApplicationWins() {
        PelLane own = mock(PelLane.class);
        contextRunner
                .withBean("pelWorkLane", PelLane.class, () -> own)
                .run(context -> assertThat(context.getBean("pelWorkLane")).isSameAs(own));
    }

    @Test
    void theBuilderOfTheApplicationWins() {
        PelLoopBuilder own = new PelLoopBuilder(EventLoopOptions.defaults().withName("built"), List.of());
        contextRunner
                .withBean(PelLoopBuilder.class, () -> own)
                .run(context -> assertThat(
                                context.getBean(EventLoop.class).options().name())
                        .isEqualTo("built"));
    }

    @Test
    void keepsItsLoopBesideASecondOne() {
        contextRunner.withUserConfiguration(SecondLoopConfiguration.class).run(context -> {
            EventLoop first = context.getBean("pelEventLoop", EventLoop.class);
            EventLoop second = context.getBean("reportsLoop", EventLoop.class);
            assertThat(context.getBean(PelTemplate.class).stats().name()).isEqualTo("pel");
            assertThat(second.options().name()).isEqualTo("reports");
            assertThat(second.options().passive().threads()).isEqualTo(4);
            assertThat(second.options().passive().capacity()).isEqualTo(77);
            assertThat(first.state()).isEqualTo(LoopState.RUNNING);
            assertThat(second.state()).isEqualTo(LoopState.RUNNING);
        });
    }

    @Test
    void refusesTwoLoopsOfWhichNeitherIsTheOne() {
        contextRunner
                .withBean("a", EventLoop.class, () -> loop("a"))
                .withBean("b", EventLoop.class, () -> loop("b"))
                .withBean("user", NeedsTemplate.class)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .isInstanceOf(AmbiguousBeansException.class)
                        .hasMessageStartingWith(
                                "pel needs one bean of type dev.pel.EventLoop, but there are 2: 'a', 'b', of which none is"
                                        + " primary.")
                        .hasMessageContaining("@Primary")
                        .hasMessageContaining("defaultCandidate = false"));
    }

    @Test
    void refusesTwoPrimaryLoops() {
        contextRunner
                .withBean("a", EventLoop.class, () -> loop("a"), PRIMARY)
                .withBean("b", EventLoop.class, () -> loop("b"), PRIMARY)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContaining("there are 2: 'a', 'b', of which 2 are primary"));
    }

    @Test
    void takesThePrimaryOneOfTwoLoops() {
        contextRunner
                .withBean("a", EventLoop.class, () -> loop("a"))
                .withBean("b", EventLoop.class, () -> loop("b"), PRIMARY)
                .run(context -> assertThat(
                                context.getBean(PelTemplate.class).stats().name())
                        .isEqualTo("b"));
    }

    @Test
    void takesTheLoopBesideWhichThereIsOnlyAFallback() {
        contextRunner
                .withBean("a", EventLoop.class, () -> loop("a"), bean -> bean.setFallback(true))
                .withBean("b", EventLoop.class, () -> loop("b"))
                .run(context -> assertThat(
                                context.getBean(PelTemplate.class).stats().name())
                        .isEqualTo("b"));
    }

    @Test
    void keepsItsLoopBesideAnyNumberOfQualifiedOnes() {
        contextRunner
                .withBean("a", EventLoop.class, () -> loop("a"), QUALIFIED_ONLY)
                .withBean("b", EventLoop.class, () -> loop("b"), QUALIFIED_ONLY)
                .run(context -> {
                    assertThat(context.getBean(PelTemplate.class).stats().name())
                            .isEqualTo("pel");
                    assertThat(context.getBeansOfType(EventLoop.class).values())
                            .hasSize(3)
                            .allMatch(loop -> loop.state() == LoopState.RUNNING);
                });
    }

    @Test
    void refusesTwoLoopsWithTheSameName() {
        EventLoop own = loop("pel");
        contextRunner
                .withBean("mine", EventLoop.class, () -> own, QUALIFIED_ONLY)
                .run(context -> {
                    assertThat(context)
                            .hasFailed()
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(AmbiguousBeansException.class)
                            .hasMessageMatching("The loops of the beans '\\w+' and '\\w+' have the same name 'pel'. .*")
                            .hasMessageContaining("'mine'")
                            .hasMessageContaining("'pelEventLoop'")
                            .hasMessageContaining("'pel.name'");
                    assertThat(own.state()).isNotEqualTo(LoopState.RUNNING);
                });
    }

    @Test
    void appliesCustomizersInTheirOrder() {
        contextRunner
                .withUserConfiguration(CustomizersConfiguration.class)
                .run(context -> assertThat(
                                context.getBean(EventLoop.class).options().name())
                        .isEqualTo("pel-first-second"));
    }

    @Test
    void takesTheErrorHandler() {
        BlockingQueue<Failure> failures = new ArrayBlockingQueue<>(1);
        contextRunner.withBean(ErrorHandler.class, () -> failures::add).run(context -> {
            context.getBean(PelTemplate.class).call("broken").enqueue(Lane.ACTIVE, () -> {
                throw new IllegalStateException("on purpose");
            });
            assertThat(failures.poll(10, SECONDS).label()).isEqualTo("broken");
        });
    }

    @Test
    void refusesTwoErrorHandlersOfWhichNeitherIsTheOne() {
        contextRunner
                .withBean("a", ErrorHandler.class, () -> failure -> {})
                .withBean("b", ErrorHandler.class, () -> failure -> {})
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .isInstanceOf(AmbiguousBeansException.class)
                        .hasMessageContaining(
                                "pel needs one bean of type dev.pel.ErrorHandler, but there are 2: 'a', 'b'"));
    }

    @Test
    void takesTheErrorHandlerThatNeedsNoQualifier() {
        ErrorHandler own = failure -> {};
        contextRunner
                .withBean("a", ErrorHandler.class, () -> failure -> {}, QUALIFIED_ONLY)
                .withBean("b", ErrorHandler.class, () -> own)
                .run(context -> assertThat(context.getBean(EventLoop.class)
                                .options()
                                .hooks()
                                .errorHandler())
                        .isSameAs(own));
    }

    @Test
    void takesListenersInTheirOrder() {
        contextRunner
                .withUserConfiguration(ListenersConfiguration.class)
                .run(context -> assertThat(context.getBean(EventLoop.class)
                                .options()
                                .hooks()
                                .listeners())
                        .containsExactly(
                                context.getBean("early", EventLoopListener.class),
                                context.getBean("late", EventLoopListener.class)));
    }

    @Test
    void takesPropagatorsAfterThatOfTheLoggingContext() {
        ContextPropagator own = () -> null;
        contextRunner
                .withBean(ContextPropagator.class, () -> own)
                .run(context -> assertThat(propagators(context.getBean(EventLoop.class)))
                        .containsOnlyOnce(own)
                        .hasSize(3));
    }

    @Test
    void carriesOnlyWhatTheApplicationDoesWhenPropagationIsOff() {
        ContextPropagator own = () -> null;
        contextRunner
                .withBean(ContextPropagator.class, () -> own)
                .withPropertyValues("pel.context.propagation=none")
                .run(context -> assertThat(propagators(context.getBean(EventLoop.class)))
                        .containsExactly(own));
    }

    @Test
    void worksWithoutTheLibraryOfContextPropagation() {
        contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer")).run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean("pelContextPropagator");
            assertThat(propagators(context.getBean(EventLoop.class))).hasSize(1);
        });
    }

    /** Those that carry something. */
    private static List<ContextPropagator> propagators(EventLoop loop) {
        return loop.options().hooks().propagators().stream()
                .filter(propagator -> !(propagator instanceof TransactionBarrier))
                .toList();
    }

    record NeedsTemplate(PelTemplate pel) {}

    record Lanes(PelLane active, PelLane passive, PelLane work) {}

    @Configuration(proxyBeanMethods = false)
    static class LanesConfiguration {
        @Bean
        Lanes lanes(
                @Qualifier("pelActiveLane") PelLane active,
                @Qualifier("pelPassiveLane") PelLane passive,
                @Qualifier("pelWorkLane") PelLane work) {
            return new Lanes(active, passive, work);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondLoopConfiguration {
        @Bean(defaultCandidate = false)
        EventLoop reportsLoop(PelLoopBuilder builder) {
            return builder.name("reports")
                    .customize(options -> options.withPassive(
                            passive -> passive.withThreads(4).withCapacity(77)))
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ForgottenDefaultCandidate {
        @Bean
        EventLoop reportsLoop(PelLoopBuilder builder) {
            return builder.name("reports").build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CustomizersConfiguration {
        @Bean
        @Order(2)
        EventLoopOptionsCustomizer second() {
            return options -> options.withName(options.name() + "-second");
        }

        @Bean
        @Order(1)
        EventLoopOptionsCustomizer first() {
            return options -> options.withName(options.name() + "-first");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ListenersConfiguration {
        @Bean
        @Order(2)
        EventLoopListener late() {
            return new EventLoopListener() {};
        }

        @Bean
        @Order(1)
        EventLoopListener early() {
            return new EventLoopListener() {};
        }
    }

    /** Starts after the loop, as a web server does, and cannot. */
    static final class FailingLifecycle implements SmartLifecycle {
        private final EventLoop[] loop;

        @Autowired
        private EventLoop started;

        FailingLifecycle(EventLoop[] loop) {
            this.loop = loop;
        }

        @Override
        public void start() {
            loop[0] = started;
            throw new IllegalStateException("the port is taken");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }
    }
}
