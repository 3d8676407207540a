package dev.pel.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.ElasticOptions;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneOptions;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** When the threads of an elastic lane come and go, on virtual time. */
class ElasticTimeTests {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MILLI = Duration.ofMillis(1);

    /** One to four threads: another one after 10 ms, and none after a minute. */
    private static EventLoop loop(Simulation simulation, UnaryOperator<ElasticOptions> change) {
        return started(simulation, passive -> passive.withThreads(1, 4).withElastic(change));
    }

    private static EventLoop started(Simulation simulation, UnaryOperator<LaneOptions> change) {
        EventLoop loop = simulation.loop(options -> options.withPassive(change));
        loop.start();
        return loop;
    }

    private static EventLoop loop(Simulation simulation) {
        return loop(simulation, elastic -> elastic);
    }

    private static LaneStats passive(EventLoop loop) {
        return loop.stats().lane(Lane.PASSIVE);
    }

    private static LoopFuture<Duration> beginningOf(Simulation simulation, EventLoop loop, Duration takes) {
        return loop.next(() -> {
            Duration began = simulation.elapsed();
            simulation.sleep(takes);
            return began;
        });
    }

    @PelSimulation
    void oneThreadIsAddedEachTimeTheHeadOfTheQueueHasWaited(Simulation simulation) {
        EventLoop loop = loop(simulation);
        List<LoopFuture<Duration>> begins = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            begins.add(beginningOf(simulation, loop, SECOND));
        }
        simulation.runUntilIdle();
        assertThat(begins.stream().map(LoopFuture::join).map(began -> began.toMillis() / 5 * 5))
                .containsExactly(0L, 10L, 20L, 30L, 1_000L, 1_010L);
    }

    @PelSimulation
    void longQueueOfShortOperationsDoesNotMakeTheLaneGrow(Simulation simulation) {
        EventLoop loop = loop(simulation, elastic -> elastic.withGrowAfter(SECOND));
        for (int i = 0; i < 100; i++) {
            beginningOf(simulation, loop, MILLI);
        }
        simulation.advance(Duration.ofMillis(500));
        assertThat(passive(loop).ended(Outcome.SUCCEEDED)).isEqualTo(100);
        assertThat(passive(loop).threads()).isEqualTo(1);
    }

    @PelSimulation
    void threadsThatAreTooManyEndWhenTheyHaveBeenIdleForLong(Simulation simulation) {
        EventLoop loop = loop(simulation);
        for (int i = 0; i < 4; i++) {
            beginningOf(simulation, loop, SECOND);
        }
        simulation.advance(Duration.ofSeconds(60));
        assertThat(passive(loop).threads()).isEqualTo(4);
        simulation.advance(Duration.ofSeconds(2));
        assertThat(passive(loop).threads()).isEqualTo(1);
    }

    @PelSimulation
    void threadThatIsUsedNowAndThenStays(Simulation simulation) {
        EventLoop loop = loop(simulation);
        beginningOf(simulation, loop, SECOND);
        beginningOf(simulation, loop, SECOND);
        for (int i = 0; i < 5; i++) {
            simulation.advance(Duration.ofSeconds(40));
            LoopFuture<Duration> one = beginningOf(simulation, loop, SECOND);
            LoopFuture<Duration> other = beginningOf(simulation, loop, SECOND);
            simulation.advance(SECOND);
            assertThat(one.join().minus(other.join()).abs())
                    .as("both threads are there")
                    .isLessThan(Duration.ofMillis(5));
        }
    }

    @PelSimulation
    void timeForWhichACallWaitsForItsKeyDoesNotMakeTheLaneGrow(Simulation simulation) {
        EventLoop loop = loop(simulation);
        for (int i = 0; i < 5; i++) {
            loop.call("keyed").key("one").next(() -> simulation.sleep(SECOND));
        }
        simulation.advance(Duration.ofSeconds(10));
        assertThat(passive(loop).ended(Outcome.SUCCEEDED)).isEqualTo(5);
        assertThat(passive(loop).threads()).isEqualTo(1);
    }

    @PelSimulation
    void idleLoopHasNothingToLookAt(Simulation simulation) {
        EventLoop loop =
                loop(simulation, elastic -> elastic.withHungAfter(SECOND).withRecycleAfter(2));
        for (int i = 0; i < 5; i++) {
            beginningOf(simulation, loop, MILLI);
        }
        simulation.advance(Duration.ofMinutes(5));
        long before = simulation.decisions();
        simulation.advance(Duration.ofHours(1));
        assertThat(simulation.decisions() - before).isLessThan(100);
    }

    // ------------------------------------------------------------------ hung threads

    private static EventLoop hanging(Simulation simulation) {
        return started(
                simulation,
                passive ->
                        passive.withThreads(1).withElastic(elastic -> elastic.withHungAfter(Duration.ofSeconds(30))));
    }

    @PelSimulation
    void threadHangsWhenItsOperationTakesLongerThanItShould(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        LoopFuture<Duration> hung = beginningOf(simulation, loop, Duration.ofMinutes(2));
        LoopFuture<Duration> next = beginningOf(simulation, loop, MILLI);
        simulation.advance(Duration.ofSeconds(29));
        assertThat(passive(loop).pool().hung()).isEmpty();
        assertThat(next).isNotDone();
        simulation.advance(Duration.ofSeconds(2));
        assertThat(passive(loop).pool().hung()).hasSize(1);
        assertThat(next).isCompleted();
        simulation.runUntilIdle();
        assertThat(hung).isCompleted();
        assertThat(passive(loop).pool().hung()).isEmpty();
        assertThat(passive(loop).threads()).isEqualTo(1);
    }

    @PelSimulation
    void threadThatIsLongInManyOperationsDoesNotHang(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        for (int i = 0; i < 10; i++) {
            beginningOf(simulation, loop, Duration.ofSeconds(20));
        }
        simulation.runUntilIdle();
        assertThat(passive(loop).pool().replaced()).isZero();
    }

    @PelSimulation
    void threadThatWaitsForACallOfTheLoopDoesNotHang(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        LoopFuture<String> work = loop.work(simulation.taking(Duration.ofMinutes(5), "work"));
        simulation.advance(SECOND); // it has begun elsewhere, so that the thread that waits does not run it
        LoopFuture<String> waits = loop.next(() -> work.join());
        LoopFuture<String> limited = loop.next(() -> work.get(1, TimeUnit.HOURS));
        simulation.runUntilIdle();
        assertThat(waits.join()).isEqualTo("work");
        assertThat(limited.join()).isEqualTo("work");
        assertThat(passive(loop).pool().replaced()).isZero();
    }

    @PelSimulation
    void timesBetweenTheWaitsOfAnOperationAreNotAddedUp(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        LoopFuture<String> waits = loop.next(() -> {
            for (int i = 0; i < 6; i++) {
                loop.delay(Duration.ofSeconds(20), () -> {}).join();
                simulation.sleep(Duration.ofSeconds(12));
            }
            return "came back";
        });
        simulation.runUntilIdle();
        assertThat(waits.join()).isEqualTo("came back");
        assertThat(passive(loop).pool().replaced()).isZero();
    }

    @PelSimulation
    void timeOfAnOperationInsideAJoinIsNotThatOfTheOneThatWaits(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        LoopFuture<String> waits = loop.next(() -> {
            for (int i = 0; i < 6; i++) {
                loop.next(() -> simulation.sleep(Duration.ofSeconds(20))).join();
                simulation.sleep(Duration.ofSeconds(12));
            }
            return "came back";
        });
        simulation.runUntilIdle();
        assertThat(waits.join()).isEqualTo("came back");
        assertThat(passive(loop).pool().replaced()).isZero();
    }

    @PelSimulation
    void operationThatGoesOnAfterAWaitHangsAsAnyOther(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        LoopFuture<?> waits = loop.next(() -> {
            loop.delay(Duration.ofSeconds(20), () -> {}).join();
            simulation.sleep(Duration.ofMinutes(2));
        });
        simulation.advance(Duration.ofSeconds(49));
        assertThat(passive(loop).pool().hung()).isEmpty();
        simulation.advance(Duration.ofSeconds(2));
        assertThat(passive(loop).pool().hung()).hasSize(1);
        simulation.runUntilIdle();
        assertThat(waits).isCompleted();
    }

    @PelSimulation
    void operationInsideAJoinHangsAsAnyOther(Simulation simulation) {
        EventLoop loop = hanging(simulation);
        LoopFuture<String> waits = loop.next(() -> loop.call("inner")
                .next(simulation.taking(Duration.ofMinutes(5), "inside"))
                .join());
        simulation.advance(Duration.ofMinutes(1));
        assertThat(passive(loop).pool().hung()).singleElement().returns("inner", LaneStats.HungThread::label);
        simulation.runUntilIdle();
        assertThat(waits.join()).isEqualTo("inside");
        assertThat(passive(loop).threads()).isEqualTo(1);
    }
}
