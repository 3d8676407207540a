package dev.pel.spring.test;

import dev.pel.test.Simulation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Import;

/**
 * On a Spring test: the loops that the context makes, configured as ever, run on virtual time, and the {@link Simulation} that lets
 * it pass is a bean. Time and threads are those of the context: they go on from test to test.
 *
 * <pre>{@code
 * @SpringBootTest
 * @AutoConfigurePelSimulation
 * class RemindersTests {
 *     @Autowired
 *     Simulation simulation;
 *
 *     @Test
 *     void remindsAfterADay(@Autowired EventLoop loop) {
 *         LoopFuture<?> reminder = loop.delay(Duration.ofDays(1), () -> {});
 *         simulation.advance(Duration.ofDays(1));
 *         assertThat(reminder).isCompleted();
 *     }
 * }
 * }</pre>
 *
 * <p>The test's own thread, a web request of {@code MockMvc} included, drives the simulation. Requests of a real web server come on
 * other threads, whose order no seed chooses.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Import(PelSimulationConfiguration.class)
public @interface AutoConfigurePelSimulation {
    /**
     * Chooses the order in which threads run; {@code -Dpel.sim.seed=17} takes its place.
     *
     * @return the seed
     */
    long seed() default 1;

    /**
     * How often the seed may decide which thread runs next while the test's thread waits; {@code -Dpel.sim.decisions} takes its place.
     *
     * @return at least 1
     */
    long decisions() default 2_000_000;

    /**
     * How long the test's thread may wait, in seconds of real time; {@code -Dpel.sim.limit} takes its place.
     *
     * @return at least 1
     */
    long limit() default 60;
}
