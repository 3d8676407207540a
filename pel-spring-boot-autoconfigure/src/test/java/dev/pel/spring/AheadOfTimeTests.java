package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.spring.actuate.PelEndpointAutoConfiguration;
import dev.pel.spring.actuate.PelHealthAutoConfiguration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** The context can be prepared ahead of time, with all that the starter adds. */
class AheadOfTimeTests {

    @Test
    void generatesCodeForEveryBeanAndHintsForTheEndpoint() {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        TestPropertyValues.of("management.endpoints.web.exposure.include=pel").applyTo(context);
        context.register(Application.class);
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        DefaultGenerationContext run = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("dev.pel.spring", "Application")), files);

        new ApplicationContextAotGenerator().processAheadOfTime(context, run);
        run.writeGeneratedContent();

        assertThat(files.getGeneratedFiles(Kind.SOURCE).keySet())
                .anyMatch(name -> name.startsWith("dev/pel/spring/PelAutoConfiguration__BeanDefinitions"))
                .anyMatch(name -> name.startsWith("dev/pel/spring/actuate/PelEndpointAutoConfiguration__"));
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(TypeReference.of("dev.pel.spring.actuate.StopDescription$Stuck")))
                .accepts(run.getRuntimeHints());
    }

    @ImportAutoConfiguration({
        PropertyPlaceholderAutoConfiguration.class,
        PelAutoConfiguration.class,
        PelEndpointAutoConfiguration.class,
        PelHealthAutoConfiguration.class
    })
    @Import(Loads.class)
    static class Application {}

    static class Loads {
        @Next
        CompletableFuture<String> load() {
            return CompletableFuture.completedFuture("loaded");
        }
    }
}
