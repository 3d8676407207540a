package dev.pel.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.spring.PelAutoConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PelActuateAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class, PelEndpointAutoConfiguration.class, PelHealthAutoConfiguration.class));

    @Test
    void thereIsNoEndpointUnlessItIsExposed() {
        contextRunner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PelEndpoint.class));
    }

    @Test
    void thereIsAnEndpointWhenItIsExposed() {
        contextRunner
                .withPropertyValues("management.endpoints.web.exposure.include=pel")
                .run(context -> assertThat(context).hasSingleBean(PelEndpoint.class));
    }

    @Test
    void thereIsNoEndpointWithoutAccess() {
        contextRunner
                .withPropertyValues(
                        "management.endpoints.web.exposure.include=pel", "management.endpoint.pel.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(PelEndpoint.class));
    }

    @Test
    void thereIsNoEndpointWithoutTheActuator() {
        contextRunner
                .withPropertyValues("management.endpoints.web.exposure.include=pel")
                .withClassLoader(new FilteredClassLoader(Endpoint.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("pelEndpoint"));
    }

    @Test
    void healthWorksWithoutTheActuator() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, PelHealthAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context.getBean("pelHealthIndicator", HealthIndicator.class)
                                .health()
                                .getStatus())
                        .isEqualTo(Status.UP));
    }

    @Test
    void thereIsNoHealthWithoutItsLibrary() {
        contextRunner
                .withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("pelHealthIndicator"));
    }

    @Test
    void thereIsNoHealthWhenItIsSwitchedOff() {
        contextRunner
                .withPropertyValues("management.health.pel.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("pelHealthIndicator"));
    }

    @Test
    void thereIsNeitherWithoutALoop() {
        contextRunner
                .withPropertyValues("pel.enabled=false", "management.endpoints.web.exposure.include=pel")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(PelEndpoint.class)
                        .doesNotHaveBean("pelHealthIndicator"));
    }

    @Test
    void theHealthOfTheApplicationWins() {
        HealthIndicator own = () -> Health.unknown().build();
        contextRunner
                .withBean("pelHealthIndicator", HealthIndicator.class, () -> own)
                .run(context ->
                        assertThat(context.getBean("pelHealthIndicator")).isSameAs(own));
    }

    @Test
    void isOutOfServiceUnlessTheLoopRuns() {
        contextRunner.run(context -> {
            HealthIndicator health = context.getBean("pelHealthIndicator", HealthIndicator.class);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            context.getBean(EventLoop.class).stop(Duration.ZERO).join();
            assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
            assertThat(health.health().getDetails()).containsEntry("state", "STOPPED");
        });
    }
}
