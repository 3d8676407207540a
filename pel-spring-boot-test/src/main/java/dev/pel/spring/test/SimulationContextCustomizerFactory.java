package dev.pel.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestContextAnnotationUtils.AnnotationDescriptor;

/** Finds out which simulation a test class wants, before it gets a context. */
final class SimulationContextCustomizerFactory implements ContextCustomizerFactory {
    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        AnnotationDescriptor<AutoConfigurePelSimulation> found =
                TestContextAnnotationUtils.findAnnotationDescriptor(testClass, AutoConfigurePelSimulation.class);
        return found == null
                ? null
                : new SimulationContextCustomizer(DeclaredSimulation.of(
                        found.getAnnotation(), found.getRootDeclaringClass().getSimpleName()));
    }
}
