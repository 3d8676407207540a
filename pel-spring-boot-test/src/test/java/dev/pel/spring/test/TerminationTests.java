package dev.pel.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Task;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.test.Simulation;
import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A JVM that is asked to end does so, whatever a simulation in it does. */
class TerminationTests {
    private static final String READY = "the simulation goes on";

    /** What the simulation does for ever. */
    enum Work {
        /** A chain that takes no virtual time, so that no deadline of a stop is ever reached. */
        CHAIN {
            @Override
            void begin(EventLoop loop) {
                System.out.println(READY);
                repeat(loop, () -> Thread.sleep(5));
            }

            private void repeat(EventLoop loop, Task operation) {
                loop.next(operation, () -> repeat(loop, operation));
            }
        },
        /** A timer that sets itself anew. */
        TIMER {
            @Override
            void begin(EventLoop loop) {
                System.out.println(READY);
                repeat(loop);
            }

            private void repeat(EventLoop loop) {
                loop.delay(Duration.ofSeconds(1), () -> repeat(loop));
            }
        },
        /** An operation that does not end and cares for no interrupt. */
        BLOCKED {
            @Override
            void begin(EventLoop loop) {
                loop.next(() -> {
                    System.out.println(READY);
                    while (true) {
                        Thread.onSpinWait();
                    }
                });
            }
        };

        abstract void begin(EventLoop loop);
    }

    @ParameterizedTest
    @EnumSource
    void jvmWithAContextEndsWhenItIsAskedTo(Work work) throws Exception {
        ends(work, true);
    }

    @ParameterizedTest
    @EnumSource
    void jvmWithoutAContextEndsWhenItIsAskedTo(Work work) throws Exception {
        ends(work, false);
    }

    private static void ends(Work work, boolean withContext) throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dpel.sim.decisions=1000000000",
                        "-Dpel.sim.limit=100000",
                        Child.class.getName(),
                        work.name(),
                        Boolean.toString(withContext))
                .redirectError(new File("/dev/null"))
                .start();
        try (BufferedReader output = jvm.inputReader(UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.equals(READY)) {
                line = output.readLine();
            }
            assertThat(line).isEqualTo(READY);
            Thread rest = new Thread(() -> output.lines().forEach(ignored -> {})); // a full pipe would hold it up
            rest.start();
            jvm.destroy();
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** What runs in the other JVM. */
    static class Child {
        public static void main(String[] arguments) {
            Simulation simulation;
            EventLoop loop;
            if (Boolean.parseBoolean(arguments[1])) {
                SpringApplication application = new SpringApplication(Simulated.class);
                application.setWebApplicationType(WebApplicationType.NONE);
                ConfigurableApplicationContext context = application.run();
                simulation = context.getBean(Simulation.class);
                loop = context.getBean(EventLoop.class);
            } else {
                simulation = Simulation.withSeed(1);
                loop = simulation.loop();
            }
            Work.valueOf(arguments[0]).begin(loop);
            simulation.runUntilIdle();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurePelSimulation
    @ImportAutoConfiguration(PelAutoConfiguration.class)
    static class Simulated {}
}
