package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.spring.EventLoopOptionsCustomizer;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.function.Supplier;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Meters of the loops, where there is a registry. */
@AutoConfiguration(
        after = {
            PelAutoConfiguration.class,
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnSingleCandidate(EventLoop.class)
public final class PelMetricsAutoConfiguration {

    PelMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "pelLoopGauges")
    LoopGauges pelLoopGauges(ListableBeanFactory beans) {
        return new LoopGauges(all(beans, EventLoop.class), all(beans, MeterRegistry.class));
    }

    @Bean
    @ConditionalOnMissingBean(name = "pelCallMeters")
    CallMetersCustomizer pelCallMeters(
            ListableBeanFactory beans, ObjectProvider<MeterRegistry> registries, PelProperties properties) {
        return new CallMetersCustomizer(
                all(beans, EventLoop.class), registries, all(beans, MeterRegistry.class), properties.metrics());
    }

    @Bean
    @ConditionalOnMissingBean(name = "pelStreamMeters")
    EventLoopOptionsCustomizer pelStreamMeters() {
        return options -> options.withListener(new StreamMeters());
    }

    private static <T> Supplier<Collection<T>> all(ListableBeanFactory beans, Class<T> type) {
        return () -> beans.getBeansOfType(type, false, false).values();
    }
}
