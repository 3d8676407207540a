package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.spring.EventLoopOptionsCustomizer;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.PelProperties;
import dev.pel.spring.PelProperties.ShowValues;
import java.time.Clock;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.server.WebFilter;

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
            ListableBeanFactory beans,
            PelProperties properties,
            ObjectProvider<SanitizingFunction> sanitizing,
            ObjectProvider<RequestQuery> query) {
        LoopsByName loops = new LoopsByName(
                loop, () -> beans.getBeansOfType(EventLoop.class, false, false).values());
        ShownFailures shown = new ShownFailures(
                Show.valueOf(properties.endpoint().showValues().name()),
                new Sanitizer(sanitizing.orderedStream().toList()));
        return new PelEndpoint(
                loops, properties.endpoint().maxThreads(), shown, query.getIfAvailable(() -> () -> false));
    }

    @Bean
    UnknownParameters pelUnknownParameters(ObjectProvider<RequestQuery> query) {
        return new UnknownParameters(query.getIfAvailable(() -> () -> false));
    }

    @Bean
    EventLoopOptionsCustomizer pelRunningStreams() {
        return options -> options.withListener(new RunningStreams());
    }

    @Bean
    @Conditional(FailuresAreShown.class)
    EventLoopOptionsCustomizer pelRecentFailures() {
        return options -> options.withListener(new RecentFailures(Clock.systemUTC()));
    }

    /** In a servlet container the request is bound to its thread. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ServletRequestAttributes.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class Servlet {

        @Bean
        RequestQuery pelRequestQuery() {
            return new ServletRequestQuery();
        }
    }

    /** In a reactive server it is not. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebFilter.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class Reactive {

        @Bean
        WebFilter pelQueryRefusal(WebEndpointProperties endpoints) {
            String name = endpoints.getPathMapping().getOrDefault("pel", "pel");
            return new QueryRefusal(endpoints.getBasePath() + "/" + name);
        }
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
