package dev.pel.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once for each of many seeds, each time in another order of threads, on virtual time. Its parameter, and that of
 * {@code @BeforeEach} and {@code @AfterEach}, is the {@link Simulation}, which is closed afterwards.
 *
 * <pre>{@code
 * @PelSimulation
 * void showsTheOrderAfterAnHour(Simulation simulation) {
 *     EventLoop loop = simulation.loop();
 *     LoopFuture<?> timer = loop.delay(Duration.ofHours(1), () -> loop.next(() -> repository.load(id), this::show));
 *     simulation.runUntilIdle();
 *     assertThat(timer).isCompleted();
 *     assertThat(simulation.elapsed()).isEqualTo(Duration.ofHours(1));
 * }
 * }</pre>
 *
 * <p>The first seed that fails ends the test, and the failure names it. {@code -Dpel.sim.seed=17} runs that seed alone, the same way
 * it ran before; {@code -Dpel.sim.seeds=10000} runs so many, and {@code -Dpel.sim.first=5001} begins there.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(PelSimulationExtension.class)
public @interface PelSimulation {
    /**
     * How many seeds: 1, 2, 3, and so on, unless the system properties say otherwise.
     *
     * @return the number, at least 1
     */
    int seeds() default 100;

    /**
     * How likely a park ends for no reason.
     *
     * @return from 0 to 1, see {@link Faults#spuriousWakeUps}
     */
    double spuriousWakeUps() default 0.01;

    /**
     * How likely the system gives no more threads.
     *
     * @return from 0 to 1, see {@link Faults#threadStartFailures}
     */
    double threadStartFailures() default 0;

    /**
     * How likely {@link Simulation#mayFail} throws.
     *
     * @return from 0 to 1, see {@link Faults#operationFailures}
     */
    double operationFailures() default 0;

    /**
     * How likely an operation is interrupted where it sleeps or may fail.
     *
     * @return from 0 to 1, see {@link Faults#interrupts}
     */
    double interrupts() default 0;

    /**
     * How often the seed may decide which thread runs next while the test's thread waits; {@code -Dpel.sim.decisions} takes its place.
     *
     * @return at least 1, see {@link SimulationOptions#decisions}
     */
    long decisions() default SimulationOptions.MOST_DECISIONS;

    /**
     * How long the test's thread may wait, in seconds of real time; {@code -Dpel.sim.limit} takes its place.
     *
     * @return at least 1, see {@link SimulationOptions#limit}
     */
    long limit() default SimulationOptions.MOST_SECONDS;
}
