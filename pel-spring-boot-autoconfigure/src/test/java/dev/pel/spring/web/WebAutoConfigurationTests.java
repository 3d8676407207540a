package dev.pel.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.spring.PelAutoConfiguration;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import reactor.core.publisher.Mono;

class WebAutoConfigurationTests {
    private static final AutoConfigurations PEL = AutoConfigurations.of(
            PelAutoConfiguration.class, PelWebMvcAutoConfiguration.class, PelWebFluxAutoConfiguration.class);

    private final ApplicationContextRunner plain = new ApplicationContextRunner().withConfiguration(PEL);
    private final WebApplicationContextRunner servlet = new WebApplicationContextRunner()
            .withConfiguration(PEL)
            .withConfiguration(AutoConfigurations.of(WebMvcAutoConfiguration.class));
    private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
            .withConfiguration(PEL)
            .withConfiguration(
                    AutoConfigurations.of(WebFluxAutoConfiguration.class, ErrorWebFluxAutoConfiguration.class));

    @Test
    void anApplicationWithoutWebHasNothingOfIt() {
        plain.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(PelWebProperties.class)
                .doesNotHaveBean(HandleAdapterPostProcessor.class)
                .doesNotHaveBean(WebFluxProblemHandler.class));
    }

    @Test
    void eachKindOfWebApplicationHasItsOwn() {
        servlet.run(context -> assertThat(context)
                .hasSingleBean(MvcProblemResolver.class)
                .hasSingleBean(HandleAdapterPostProcessor.class)
                .doesNotHaveBean(WebFluxProblemHandler.class));
        reactive.run(context -> assertThat(context)
                .hasSingleBean(WebFluxProblemHandler.class)
                .doesNotHaveBean(HandleKeepingPostProcessor.class)
                .doesNotHaveBean(MvcProblemResolver.class));
    }

    @ParameterizedTest
    @ValueSource(classes = {RequestMappingHandlerAdapter.class, HttpServletResponse.class})
    void withoutSpringMvcOrServletsThereIsNothingForThem(Class<?> missing) {
        new WebApplicationContextRunner()
                .withConfiguration(PEL)
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PelWebProperties.class));
    }

    @ParameterizedTest
    @ValueSource(classes = {WebFluxConfigurer.class, Mono.class})
    void withoutWebFluxThereIsNothingForIt(Class<?> missing) {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(PEL)
                .withClassLoader(new FilteredClassLoader(missing))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PelWebProperties.class));
    }

    @Test
    void withoutPelThereIsNothingOfIt() {
        servlet.withPropertyValues("pel.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PelWebProperties.class));
        reactive.withPropertyValues("pel.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PelWebProperties.class));
    }

    @Test
    void aBeanOfTheApplicationReplacesTheAnswers() {
        servlet.withBean("pelMvcProblemResolver", String.class, () -> "own")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(MvcProblemResolver.class));
        reactive.withBean("pelWebFluxProblemHandler", String.class, () -> "own")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WebFluxProblemHandler.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "-1s", "999ms", "1500ms"})
    void aTimeThatTheHeaderCannotTellStopsTheStart(String value) {
        servlet.withPropertyValues("pel.web.retry-after=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining(
                                "'pel.web.retry-after' must be at least 1s, in whole seconds, but was PT"));
    }

    @Test
    void theHandlerOfHandlesIsTheFirstOfTheAdapter() {
        servlet.run(context -> assertThat(
                        context.getBean(RequestMappingHandlerAdapter.class).getReturnValueHandlers())
                .first()
                .isInstanceOf(HandleReturnValueHandler.class));
    }
}
