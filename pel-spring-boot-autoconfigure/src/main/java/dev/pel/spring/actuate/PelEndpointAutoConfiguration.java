package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelProperties;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

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
    PelEndpoint pelEndpoint(EventLoop loop, PelProperties properties) {
        return new PelEndpoint(loop, properties.endpoint().maxThreads());
    }
}
