package dev.pel.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.spring.PelAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

/** The web part can be prepared ahead of time. */
class WebAheadOfTimeTests {

    @Test
    void generatesCodeForEveryBeanOfSpringMvc() {
        AnnotationConfigServletWebApplicationContext context = new AnnotationConfigServletWebApplicationContext();
        context.register(Servlet.class);
        assertGenerated(context, "dev/pel/spring/web/PelWebMvcAutoConfiguration__BeanDefinitions");
    }

    @Test
    void generatesCodeForEveryBeanOfWebFlux() {
        AnnotationConfigReactiveWebApplicationContext context = new AnnotationConfigReactiveWebApplicationContext();
        context.register(Reactive.class);
        assertGenerated(context, "dev/pel/spring/web/PelWebFluxAutoConfiguration__BeanDefinitions");
    }

    private static void assertGenerated(GenericApplicationContext context, String name) {
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        DefaultGenerationContext run = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("dev.pel.spring.web", "Application")), files);

        new ApplicationContextAotGenerator().processAheadOfTime(context, run);
        run.writeGeneratedContent();

        assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet()).anyMatch(file -> file.startsWith(name));
        assertThat(RuntimeHintsPredicates.reflection().onType(PelWebProperties.class))
                .as("the keys can be bound")
                .accepts(run.getRuntimeHints());
    }

    @ImportAutoConfiguration({
        PropertyPlaceholderAutoConfiguration.class,
        PelAutoConfiguration.class,
        PelWebMvcAutoConfiguration.class,
        WebMvcAutoConfiguration.class
    })
    static class Servlet {}

    @ImportAutoConfiguration({
        PropertyPlaceholderAutoConfiguration.class,
        PelAutoConfiguration.class,
        PelWebFluxAutoConfiguration.class,
        WebFluxAutoConfiguration.class
    })
    static class Reactive {}
}
