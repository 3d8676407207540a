package dev.pel.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.request;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.spring.PelTemplate;
import dev.pel.test.Simulation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application's tests on virtual time. */
@SpringBootTest(properties = "pel.passive.threads=3")
@AutoConfigureMockMvc
@AutoConfigurePelSimulation(seed = 11)
class AutoConfigurePelSimulationTests {
    private static final Duration DAY = Duration.ofDays(1);

    @Autowired
    Simulation simulation;

    @Autowired
    EventLoop loop;

    @Test
    void loopIsTheApplicationsOwnOnVirtualTime() {
        assertThat(loop.options().hooks().machine()).isSameAs(simulation.machine());
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(3);
        assertThat(simulation.seed()).isEqualTo(11);
    }

    @Test
    void dayPassesAtOnce() {
        Duration before = simulation.elapsed();
        LoopFuture<?> reminder = loop.delay(DAY, () -> {});
        simulation.advance(DAY.minusNanos(1));
        assertThat(reminder).isNotCompleted();
        simulation.advance(Duration.ofNanos(1));
        assertThat(reminder).isCompleted();
        assertThat(simulation.elapsed().minus(before)).isEqualTo(DAY);
        simulation.assertQuiescent();
    }

    @Test
    void quiescenceIsDeniedWhileTheApplicationsLoopHasATimer() {
        LoopFuture<?> reminder = loop.delay(DAY, () -> {});
        assertThatThrownBy(simulation::assertQuiescent).hasMessageContaining("1 timer pending");
        reminder.cancel(false);
        simulation.advance(Duration.ZERO);
        simulation.assertQuiescent();
    }

    @Test
    void requestWaitsForTheLoopInVirtualTime(@Autowired MockMvc mvc) throws Exception {
        MvcResult pending =
                mvc.perform(get("/slow")).andExpect(request().asyncStarted()).andReturn();
        simulation.runUntilIdle();
        mvc.perform(asyncDispatch(pending)).andExpect(content().string("after a day"));
    }

    @Test
    void templateWaitsInVirtualTime(@Autowired PelTemplate pel) {
        LoopFuture<String> call = pel.next(simulation.taking(DAY, "done"));
        assertThat(call.join()).isEqualTo("done");
    }

    @SpringBootApplication
    @RestController
    static class Application {
        @Autowired
        PelTemplate pel;

        @Autowired
        Simulation simulation;

        @GetMapping("/slow")
        CompletableFuture<String> slow() {
            return pel.next(simulation.taking(DAY, "after a day"));
        }
    }
}
