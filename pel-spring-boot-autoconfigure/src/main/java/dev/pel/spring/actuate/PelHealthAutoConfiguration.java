package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health contributor {@code pel}. */
@AutoConfiguration(after = PelAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnEnabledHealthIndicator("pel")
@ConditionalOnSingleCandidate(EventLoop.class)
public final class PelHealthAutoConfiguration {

    PelHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "pelHealthIndicator")
    HealthIndicator pelHealthIndicator(EventLoop loop, ListableBeanFactory beans) {
        return new PelHealthIndicator(new LoopsByName(
                loop, () -> beans.getBeansOfType(EventLoop.class, false, false).values()));
    }
}
