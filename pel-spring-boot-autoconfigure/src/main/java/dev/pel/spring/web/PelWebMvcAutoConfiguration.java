package dev.pel.spring.web;

import dev.pel.spring.PelAutoConfiguration;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** Handles that controllers of Spring MVC return, and answers for calls that pel has ended. */
@AutoConfiguration(after = PelAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({RequestMappingHandlerAdapter.class, HttpServletResponse.class})
@ConditionalOnBooleanProperty(name = "pel.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PelWebProperties.class)
public final class PelWebMvcAutoConfiguration {

    PelWebMvcAutoConfiguration() {}

    @Bean
    static HandleAdapterPostProcessor pelHandleAdapterPostProcessor(ObjectProvider<PelWebProperties> properties) {
        return new HandleAdapterPostProcessor(() -> properties.getObject().cancelAbandoned());
    }

    @Bean
    @ConditionalOnMissingBean(name = "pelMvcProblemResolver")
    @ConditionalOnBooleanProperty(name = "pel.web.problem-details", matchIfMissing = true)
    MvcProblemResolver pelMvcProblemResolver(
            PelWebProperties properties, ObjectProvider<RequestMappingHandlerAdapter> adapters) {
        return new MvcProblemResolver(new CallProblems(properties.retryAfter()), adapters);
    }
}
