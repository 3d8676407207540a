package dev.pel.spring.test;

import dev.pel.test.SimulationOptions;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * A part of the key by which Spring caches contexts: the seed and all else that a simulation is made with. Tests that want another
 * simulation must not share its context.
 *
 * @param options what the annotation and the system properties say
 */
record SimulationContextCustomizer(SimulationOptions options) implements ContextCustomizer {

    /** The simulation is a bean of {@link PelSimulationConfiguration}, which the annotation imports: there is nothing left to do. */
    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        // only equality counts
    }
}
