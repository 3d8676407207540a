package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelProperties;
import dev.pel.spring.PelProperties.ShowValues;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** The actuator endpoint {@code pel}. */
@AutoConfiguration(after = PelAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnAvailableEndpoint(PelEndpoint.class)
@ConditionalOnSingleCandidate(EventLoop.class)
@ImportRuntimeHints(LoopHints.class)
public final class PelEndpointAutoConfiguration {

    PelEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "pelEndpoint")
    PelEndpoint pelEndpoint(
            EventLoop loop,
            PelProperties properties,
            ObjectProvider<RecentFailures> failures,
            ObjectProvider<SanitizingFunction> sanitizing) {
        ShownFailures shown = new ShownFailures(
                failures.getIfAvailable(),
                Show.valueOf(properties.endpoint().showValues().name()),
                new Sanitizer(sanitizing.orderedStream().toList()));
        return new PelEndpoint(loop, properties.endpoint().maxThreads(), shown);
    }

    @Bean
    @Conditional(FailuresAreShown.class)
    RecentFailures pelRecentFailures() {
        return new RecentFailures(Clock.systemUTC());
    }

    /** With "never" nothing is kept, so that a heap dump does not show what the endpoint must not. */
    static final class FailuresAreShown implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return Binder.get(context.getEnvironment())
                            .bind("pel.endpoint.show-values", ShowValues.class)
                            .orElse(ShowValues.NEVER)
                    != ShowValues.NEVER;
        }
    }
}
