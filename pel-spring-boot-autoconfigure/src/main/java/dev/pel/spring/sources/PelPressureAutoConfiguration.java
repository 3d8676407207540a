package dev.pel.spring.sources;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Pauses the listeners that {@code pel.pressure.pause} names while a lane is under pressure. */
@AutoConfiguration(after = PelAutoConfiguration.class)
@ConditionalOnBean(EventLoop.class)
@Conditional(PelPressureAutoConfiguration.SomethingIsPaused.class)
@EnableConfigurationProperties(PelPressureProperties.class)
public final class PelPressureAutoConfiguration {
    private static final String BEAN = "pelSourcePause";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    PelPressureAutoConfiguration() {}

    @Bean(BEAN)
    @ConditionalOnMissingBean(name = BEAN)
    SourcePause pelSourcePause(
            PelPressureProperties properties, ObjectProvider<Registries> found, ConfigurableListableBeanFactory beans) {
        return new SourcePause(
                properties.pause(),
                () -> registries(found, beans),
                () -> beans.getBeansOfType(EventLoop.class, false, false).values(),
                thread(),
                new PauseTiming(properties.minPause(), RETRY_AFTER, System::nanoTime));
    }

    private static List<Registry> registries(ObjectProvider<Registries> found, ConfigurableListableBeanFactory beans) {
        List<Registry> all = new ArrayList<>();
        found.forEach(some -> all.addAll(some.all()));
        // so that it is stopped before them: it must not start a container that Spring has stopped
        all.forEach(registry -> beans.registerDependentBean(registry.beanName(), BEAN));
        return all;
    }

    private static ScheduledThreadPoolExecutor thread() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("pel-sources-");
        threads.setDaemon(true);
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, threads);
        one.setKeepAliveTime(10, TimeUnit.SECONDS);
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** The registries of one library. */
    interface Registries {
        Collection<Registry> all();
    }

    private static <T> Registries of(
            ConfigurableListableBeanFactory beans, Class<T> type, BiFunction<String, T, Registry> registry) {
        return () -> beans.getBeansOfType(type, false, false).entrySet().stream()
                .map(bean -> registry.apply(bean.getKey(), bean.getValue()))
                .toList();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(KafkaListenerEndpointRegistry.class)
    static class Kafka {
        @Bean
        Registries pelKafkaRegistries(ConfigurableListableBeanFactory beans) {
            return of(beans, KafkaListenerEndpointRegistry.class, KafkaRegistry::new);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RabbitListenerEndpointRegistry.class)
    static class Rabbit {
        @Bean
        Registries pelRabbitRegistries(ConfigurableListableBeanFactory beans) {
            return of(beans, RabbitListenerEndpointRegistry.class, RabbitRegistry::new);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JmsListenerEndpointRegistry.class)
    static class Jms {
        @Bean
        Registries pelJmsRegistries(ConfigurableListableBeanFactory beans) {
            return of(beans, JmsListenerEndpointRegistry.class, JmsRegistry::new);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Meters {
        @Bean
        @ConditionalOnMissingBean(name = "pelSourceMeters")
        MeterBinder pelSourceMeters(SourcePause pause) {
            return new SourceMeters(pause);
        }
    }

    /** The property names a listener. */
    static final class SomethingIsPaused extends OnPropertyListCondition {
        SomethingIsPaused() {
            super("pel.pressure.pause", () -> ConditionMessage.forCondition("Listeners to pause"));
        }
    }
}
