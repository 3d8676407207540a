package dev.pel.spring;

import dev.pel.ContextPropagator;
import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.StringValueResolver;

/** The loop, what applications inject around it, and the two annotations. */
@AutoConfiguration
@Conditional(PelIsEnabled.class)
@EnableConfigurationProperties(PelProperties.class)
public final class PelAutoConfiguration {

    private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

    PelAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    PelLoopBuilder pelLoopBuilder(
            PelProperties properties,
            Environment environment,
            ObjectProvider<ErrorHandler> errorHandler,
            ObjectProvider<EventLoopListener> listeners,
            ObjectProvider<ContextPropagator> propagators,
            ObjectProvider<EventLoopOptionsCustomizer> customizers) {
        // a daemon, because an application that ended without the starter ends with it: spring.main.keep-alive is the
        // switch
        EventLoopOptions options = new PropertyOptions(properties, Threading.VIRTUAL.isActive(environment))
                .options()
                .withDaemon(true);
        if (properties.context().propagation() == PelProperties.Propagation.NONE) {
            options = options.withHooks(options.hooks().withPropagators(List.of()));
        }
        ErrorHandler handler = errorHandler.getIfUnique();
        if (handler != null) {
            options = options.withErrorHandler(handler);
        }
        for (EventLoopListener listener : listeners.orderedStream().toList()) {
            options = options.withListener(listener);
        }
        for (ContextPropagator propagator : propagators.orderedStream().toList()) {
            options = options.withPropagator(propagator);
        }
        return new PelLoopBuilder(options, customizers.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    EventLoop pelEventLoop(PelLoopBuilder builder) {
        return builder.build();
    }

    /** In each context, because that of a parent knows only the loops of the parent. */
    @Bean
    @ConditionalOnMissingBean(name = "pelLifecycle", search = SearchStrategy.CURRENT)
    PelLifecycle pelLifecycle(ListableBeanFactory beans, Environment environment, PelProperties properties) {
        Duration timeout = Binder.get(environment)
                .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                .orElse(DEFAULT_PHASE_TIMEOUT);
        return new PelLifecycle(
                () -> beans.getBeansOfType(EventLoop.class, false, false),
                timeout,
                properties.stop().phase());
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static DurationUnits pelDurationUnits() {
        return new DurationUnits();
    }

    @Bean
    static SingleCandidates pelSingleCandidates() {
        return new SingleCandidates();
    }

    @Bean
    static LazyInitializationExcludeFilter pelIsNotLazy() {
        return LazyInitializationExcludeFilter.forBeanTypes(EventLoop.class, PelLifecycle.class);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CallPostProcessor pelCallPostProcessor(
            ObjectProvider<EventLoop> loop, TermChecks terms, ConfigurableBeanFactory beans, Environment environment) {
        CallMethods methods = new CallMethods();
        StringValueResolver placeholders = beans::resolveEmbeddedValue;
        return new CallPostProcessor(
                methods,
                new CallInterceptor(loop, methods, placeholders, new RetryBeans(beans)),
                StartChecks.of(placeholders, terms, environment));
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static TermChecks pelTermChecks(ObjectProvider<EventLoop> loop, ConfigurableBeanFactory beans) {
        return new TermChecks(loop, new RetryBeans(beans));
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CallAdviceFirst pelCallAdviceFirst() {
        return new CallAdviceFirst();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ChildContexts pelChildContexts(
            ApplicationContext context, TermChecks terms, ConfigurableBeanFactory beans, Environment environment) {
        return new ChildContexts(
                context, new CallMethods(), StartChecks.of(beans::resolveEmbeddedValue, terms, environment));
    }

    @Bean
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean
    PelTemplate pelTemplate(EventLoop loop, ConfigurableBeanFactory beans) {
        return new PelTemplate(loop, beans::resolveEmbeddedValue, new RetryBeans(beans));
    }

    @Bean
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean(name = "pelActiveLane")
    PelLane pelActiveLane(EventLoop loop) {
        return new LoopLane(loop, Lane.ACTIVE);
    }

    @Bean
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean(name = "pelPassiveLane")
    PelLane pelPassiveLane(EventLoop loop) {
        return new LoopLane(loop, Lane.PASSIVE);
    }

    @Bean
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean(name = "pelWorkLane")
    PelLane pelWorkLane(EventLoop loop) {
        return new LoopLane(loop, Lane.WORK);
    }

    @Bean(defaultCandidate = false, destroyMethod = "")
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean(name = "pelActive")
    LaneExecutorService pelActive(EventLoop loop) {
        return new LaneExecutorService(loop, Lane.ACTIVE);
    }

    @Bean(defaultCandidate = false, destroyMethod = "")
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean(name = "pelPassive")
    LaneExecutorService pelPassive(EventLoop loop) {
        return new LaneExecutorService(loop, Lane.PASSIVE);
    }

    @Bean(defaultCandidate = false, destroyMethod = "")
    @ConditionalOnSingleCandidate(EventLoop.class)
    @ConditionalOnMissingBean(name = "pelWork")
    LaneExecutorService pelWork(EventLoop loop) {
        return new LaneExecutorService(loop, Lane.WORK);
    }

    /** Context that others have registered. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ContextSnapshotFactory.class)
    @ConditionalOnProperty(name = "pel.context.propagation", havingValue = "auto", matchIfMissing = true)
    static class Propagation {

        @Bean
        @ConditionalOnMissingBean(name = "pelContextPropagator")
        ContextPropagator pelContextPropagator(ObjectProvider<ContextSnapshotFactory> factory) {
            ContextSnapshotFactory own = factory.getIfAvailable();
            ContextRegistry registry = ContextRegistry.getInstance();
            return own == null
                    ? new ThreadLocalsPropagator(registry)
                    : new MicrometerContextPropagator(own, new ThreadLocals(registry));
        }
    }

    /** Spring's transactions, which stay where they were begun. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(TransactionSynchronizationManager.class)
    static class Transactions {

        @Bean
        @ConditionalOnMissingBean(name = "pelTransactionBarrier")
        ContextPropagator pelTransactionBarrier() {
            return new TransactionBarrier();
        }
    }
}
