package dev.pel.spring.web;

import dev.pel.spring.PelAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import reactor.core.publisher.Mono;

/** Handles that controllers of WebFlux return, and answers for calls that pel has ended. */
@AutoConfiguration(
        after = PelAutoConfiguration.class,
        beforeName = "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({WebFluxConfigurer.class, Mono.class})
@ConditionalOnBooleanProperty(name = "pel.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PelWebProperties.class)
public final class PelWebFluxAutoConfiguration {

    PelWebFluxAutoConfiguration() {}

    @Bean
    @ConditionalOnBooleanProperty(name = "pel.web.cancel-abandoned", havingValue = false)
    static HandleKeepingPostProcessor pelHandleKeepingPostProcessor() {
        return new HandleKeepingPostProcessor();
    }

    @Bean
    @ConditionalOnMissingBean(name = "pelWebFluxProblemHandler")
    @ConditionalOnBooleanProperty(name = "pel.web.problem-details", matchIfMissing = true)
    WebFluxProblemHandler pelWebFluxProblemHandler(PelWebProperties properties, ServerCodecConfigurer codecs) {
        return new WebFluxProblemHandler(new CallProblems(properties.retryAfter()), codecs);
    }
}
