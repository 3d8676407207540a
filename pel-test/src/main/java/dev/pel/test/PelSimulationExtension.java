package dev.pel.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a test for one seed after the other. */
final class PelSimulationExtension implements TestTemplateInvocationContextProvider {
    private static final Namespace NAMESPACE = Namespace.create(PelSimulationExtension.class);

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true; // it comes with the annotation
    }

    private static PelSimulation annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), PelSimulation.class)
                .orElseThrow();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        PelSimulation how = annotation(context);
        SimulationOptions options = declared(context, how).withProperties();
        AtomicBoolean failed = new AtomicBoolean();
        // the stream is asked for the next seed when the one before has run
        return Seeds.chosen(how.seeds()).stream()
                .takeWhile(seed -> !failed.get())
                .mapToObj(seed -> new SeedContext(new SeedExtension(options.withSeed(seed), failed)));
    }

    private static SimulationOptions declared(ExtensionContext context, PelSimulation how) {
        try {
            if (how.seeds() < 1) {
                throw new IllegalArgumentException("'seeds' must be at least 1 but was " + how.seeds());
            }
            Faults faults = new Faults(
                    how.spuriousWakeUps(), how.threadStartFailures(), how.operationFailures(), how.interrupts());
            return SimulationOptions.defaults()
                    .withFaults(faults)
                    .withDecisions(how.decisions())
                    .withLimit(Duration.ofSeconds(how.limit()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "@PelSimulation of %s.%s: %s"
                            .formatted(
                                    context.getRequiredTestClass().getSimpleName(),
                                    context.getRequiredTestMethod().getName(),
                                    e.getMessage()),
                    e);
        }
    }

    private static SimulatedThreads threads(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(SimulatedThreads.class, key -> new SimulatedThreads(), SimulatedThreads.class);
    }

    private record SeedContext(SeedExtension extension) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return "seed " + extension.options.seed();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(extension);
        }
    }

    /** One seed of one test. */
    private static final class SeedExtension
            implements ParameterResolver,
                    BeforeEachCallback,
                    AfterEachCallback,
                    TestExecutionExceptionHandler,
                    LifecycleMethodExecutionExceptionHandler {
        private final SimulationOptions options;
        private final AtomicBoolean failed;

        SeedExtension(SimulationOptions options, AtomicBoolean failed) {
            this.options = options;
            this.failed = failed;
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            simulation(context);
        }

        private Simulation simulation(ExtensionContext context) {
            return context.getStore(NAMESPACE)
                    .computeIfAbsent(
                            options, key -> new Simulation(options, threads(context), false), Simulation.class);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Simulation.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return simulation(context);
        }

        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable error) throws Throwable {
            rethrow(context, error);
        }

        @Override
        public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable error)
                throws Throwable {
            rethrow(context, error);
        }

        @Override
        public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable error)
                throws Throwable {
            rethrow(context, error);
        }

        private void rethrow(ExtensionContext context, Throwable error) throws Throwable {
            throw isAborted(error) ? error : named(context, error.toString(), error);
        }

        /** An assumption does not hold: of JUnit's own kind, or of one that it takes for that. */
        private static boolean isAborted(Throwable error) {
            return error.getClass().getSimpleName().equals("TestAbortedException");
        }

        @Override
        public void afterEach(ExtensionContext context) {
            try {
                simulation(context).close();
            } catch (SimulationFailure e) {
                Throwable own = context.getExecutionException().orElse(null);
                if (own == null) {
                    throw atTheEnd(context, e);
                }
                own.addSuppressed(e);
            }
        }

        /** Of a failure that nobody has dealt with the test is to have the original as its cause. */
        private SimulationFailure atTheEnd(ExtensionContext context, SimulationFailure error) {
            Throwable original = error.getCause();
            SimulationFailure named = named(context, error.what(), original == null ? error : original);
            if (original != null) {
                Stream.of(error.getSuppressed()).forEach(named::addSuppressed);
            }
            return named;
        }

        private SimulationFailure named(ExtensionContext context, String what, Throwable cause) {
            failed.set(true);
            Simulation simulation = simulation(context);
            return new SimulationFailure(
                    "Seed %d, after %s and %d decisions: %s\nTo run it again: -Dtest=%s#%s -Dpel.sim.seed=%d"
                            .formatted(
                                    options.seed(),
                                    simulation.elapsed(),
                                    simulation.decisions(),
                                    what,
                                    context.getRequiredTestClass().getSimpleName(),
                                    context.getRequiredTestMethod().getName(),
                                    options.seed()),
                    cause);
        }
    }
}
