package dev.pel.spring.test;

import dev.pel.test.SimulationOptions;
import java.time.Duration;

/** What an {@link AutoConfigurePelSimulation} says. */
final class DeclaredSimulation {
    private DeclaredSimulation() {}

    /** With what the system properties say in its place. */
    static SimulationOptions of(AutoConfigurePelSimulation annotation, String place) {
        return declared(annotation, place).withProperties();
    }

    private static SimulationOptions declared(AutoConfigurePelSimulation annotation, String place) {
        try {
            return SimulationOptions.defaults()
                    .withSeed(annotation.seed())
                    .withDecisions(annotation.decisions())
                    .withLimit(Duration.ofSeconds(annotation.limit()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "@AutoConfigurePelSimulation of %s: %s".formatted(place, e.getMessage()), e);
        }
    }
}
