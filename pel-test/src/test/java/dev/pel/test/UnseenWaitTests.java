package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A test's own thread that waits in a way in which no virtual time passes is told so. */
@Timeout(60)
class UnseenWaitTests {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Simulation simulation =
            Simulation.withOptions(SimulationOptions.defaults().withSeed(3).withPatience(Duration.ofSeconds(1)));

    @Test
    void waitForAPlainFutureIsToldAtTheNextTouchOfTheSimulation() throws Exception {
        EventLoop loop = simulation.loop();
        CompletableFuture<String> answer = new CompletableFuture<>();
        loop.next(simulation.taking(HOUR, "done"), answer::complete);
        assertThat(answer.get()).isEqualTo("done");
        assertToldBy(simulation::runUntilIdle);
        simulation.close();
    }

    @Test
    void joinOfAllHandlesIsToldWhenTheSimulationIsClosed() {
        EventLoop loop = simulation.loop();
        LoopFuture<Integer> one = loop.next(simulation.taking(HOUR, 1));
        LoopFuture<Integer> two = loop.next(simulation.taking(HOUR, 2));
        CompletableFuture.allOf(one, two).join();
        assertThat(one.join() + two.join()).isEqualTo(3);
        assertToldBy(simulation::close);
    }

    @Test
    void waitForALatchIsTold() throws Exception {
        CountDownLatch shown = new CountDownLatch(1);
        simulation.loop().delay(HOUR, shown::countDown);
        shown.await();
        assertToldBy(simulation::close);
    }

    @Test
    void waitForWhatNeverComesIsInterrupted() {
        CompletableFuture<String> never = new CompletableFuture<>();
        simulation.loop().delay(HOUR, () -> {});
        assertThatThrownBy(never::get).isInstanceOf(InterruptedException.class);
        assertToldBy(simulation::close);
    }

    @Test
    void joinOfAHandleThatNeverComesIsEndedByAStopOfItsLoop() {
        EventLoop loop = simulation.loop();
        LoopFuture<Object> never = loop.next(() -> 1).thenCompose(one -> new CompletableFuture<>());
        assertThatThrownBy(() -> CompletableFuture.allOf(never).join()).hasMessageContaining("stop");
        assertThat(Thread.interrupted()).isTrue();
        assertToldBy(simulation::close);
    }

    @Test
    void waitOfATestThatIsOverIsNotMeddledWith() throws Exception {
        CompletableFuture<String> ofTheNextTest = new CompletableFuture<>();
        simulation.loop().delay(HOUR, () -> {});
        simulation.assertNoFailures();
        assertThatThrownBy(() -> ofTheNextTest.get(3, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(simulation.elapsed()).isLessThan(HOUR);
        simulation.close();
    }

    private void assertToldBy(ThrowingCallable touch) {
        assertThatThrownBy(touch)
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("has waited for 1 s in a way in which no virtual time passes")
                .hasMessageContaining("simulation.runUntilIdle()")
                .hasMessageContaining("dev.pel.test.UnseenWaitTests.");
    }
}
