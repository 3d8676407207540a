package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.EventLoopOptions;
import dev.pel.spring.EventLoopOptionsCustomizer;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Meters of the loop, where there is a registry. */
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
    LoopGauges pelLoopGauges(EventLoop loop) {
        return new LoopGauges(loop);
    }

    @Bean(defaultCandidate = false)
    @ConditionalOnMissingBean(name = "pelCallMeters")
    CallMeters pelCallMeters(ObjectProvider<MeterRegistry> registries, PelProperties properties) {
        return new CallMeters(registries, properties.metrics());
    }

    /** Not a listener for every loop: two loops in the same meters could not be told apart. First, to see the loop's name. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    EventLoopOptionsCustomizer pelCallMetersCustomizer(
            PelProperties properties, @Qualifier("pelCallMeters") EventLoopListener meters) {
        String name = Objects.requireNonNullElse(
                properties.name(), EventLoopOptions.defaults().name());
        return options -> options.name().equals(name) ? options.withListener(meters) : options;
    }
}
