package dev.pel.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.test.Simulation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** What Spring's own annotations have the loop do, on virtual time. */
@SpringBootTest(classes = SimulatedSchedulesTests.Application.class)
@AutoConfigurePelSimulation
class SimulatedSchedulesTests {
    @Test
    void methodWithAScheduleRunsAtItsTimesAndAlwaysHasATimerPending(
            @Autowired Simulation simulation, @Autowired Jobs jobs) {
        simulation.advance(Duration.ZERO); // the run at the start
        int before = jobs.runs();
        simulation.advance(Duration.ofHours(3));
        assertThat(jobs.runs() - before).isEqualTo(3);
        assertThatThrownBy(simulation::assertQuiescent).hasMessageContaining("1 timer is pending, the next");
    }

    @Test
    void futureOfAnAsyncMethodIsDoneWhenTheSimulationHasAdvanced(
            @Autowired Simulation simulation, @Autowired Jobs jobs) {
        CompletableFuture<String> future = jobs.later();
        simulation.advance(Duration.ZERO);
        assertThat(future).isCompletedWithValue("done");
    }

    public static class Jobs {
        private int runs;

        @Scheduled(fixedRate = 3_600_000, scheduler = "pelTaskScheduler")
        public void job() {
            runs++;
        }

        public int runs() { // the bean is a proxy, which has no fields
            return runs;
        }

        @Async("pelPassive")
        public CompletableFuture<String> later() {
            return CompletableFuture.completedFuture("done");
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @EnableScheduling
    @EnableAsync
    @Import(Jobs.class)
    static class Application {}
}
