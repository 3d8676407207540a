package dev.pel.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.test.Simulation;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;

/** The life of a context whose loop is simulated. */
class SimulatedContextTests {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
            .withUserConfiguration(Simulated.class);

    @Test
    void contextThatClosesLetsVirtualTimePassForWhatDrains() {
        AtomicReference<LoopFuture<?>> call = new AtomicReference<>();
        AtomicReference<EventLoop> loop = new AtomicReference<>();
        runner.run(context -> {
            loop.set(context.getBean(EventLoop.class));
            Simulation simulation = context.getBean(Simulation.class);
            call.set(loop.get().next(simulation.taking(Duration.ofSeconds(19), 1)));
        });
        assertThat(loop.get().state()).isEqualTo(LoopState.STOPPED);
        assertThat(call.get().outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"after-web-server", "before-web-server"})
    void contextLetsVirtualTimePassInWhicheverPhaseItsLoopIsStopped(String phase) {
        runner.withPropertyValues("pel.stop.phase=" + phase)
                .run(context -> assertThat(
                                context.getBean(SimulationLifecycle.class).getPhase())
                        .isEqualTo(context.getBean("pelLifecycle", SmartLifecycle.class)
                                        .getPhase()
                                + 1));
    }

    @Test
    void contextThatIsPausedStartsItsLoopAgain() {
        runner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            context.stop();
            assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
            context.start();
            assertThat(loop.next(() -> "again").join()).isEqualTo("again");
        });
    }

    @Test
    void contextIsClosedByAnotherThreadWhileThisOneWaits() {
        AtomicReference<EventLoop> loop = new AtomicReference<>();
        runner.run(context -> {
            loop.set(context.getBean(EventLoop.class));
            Thread hook = new Thread(context::close);
            hook.start();
            hook.join();
        });
        assertThat(loop.get().state()).isEqualTo(LoopState.STOPPED);
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurePelSimulation(seed = 5)
    static class Simulated {}
}
