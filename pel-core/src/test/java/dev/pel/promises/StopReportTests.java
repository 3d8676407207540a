package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the report of a stop counts, and how it comes to those who wait for it. */
class StopReportTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    /** Else an application with a poller would warn at each deployment. */
    @Test
    void stopWarnsOfWhatItHasCutOffAndNotOfTimersThatAreDueLater() {
        EventLoop poller = loops.started();
        poller.delay(Duration.ofHours(1), () -> {});
        assertThat(get(poller.stop(LONG)).timersStopped()).isEqualTo(1);
        assertThat(log.with(" stopped in ")).isEmpty();

        EventLoop busy = loops.started();
        busy.next(() -> block(new CountDownLatch(1)));
        get(busy.forceStop());
        assertThat(log.with("force-stopped in ")).hasSize(1);
    }

    @Test
    @Tag("slow")
    void deadlineCutsOffAndTheReportSaysExactlyWhat() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(4)));
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(4);
        List<LoopFuture<?>> calls = new ArrayList<>();
        calls.add(loop.call("deaf").next(() -> {
            running.countDown();
            ignoreInterrupts(never);
        }));
        for (int i = 0; i < 3; i++) {
            calls.add(loop.next(() -> {
                running.countDown();
                block(never);
            }));
        }
        pass(running);
        for (int i = 0; i < 10; i++) {
            calls.add(loop.next(() -> 1));
        }
        StopReport report = get(loop.stop(Duration.ofMillis(500)));
        assertThat(report.interrupted()).isEqualTo(3);
        assertThat(report.neverStarted()).isEqualTo(10);
        assertThat(report.stuck()).singleElement().satisfies(stuck -> {
            assertThat(stuck.thread()).startsWith(loop.options().name() + "-passive-");
            assertThat(stuck.label()).isEqualTo("deaf");
            assertThat(stuck.lane()).isEqualTo(Lane.PASSIVE);
            assertThat(stuck.stack())
                    .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("ignoreInterrupts"));
        });
        assertThat(report.isClean()).isFalse();
        assertThat(report.toString()).contains("10 never started, 3 interrupted", "1 stuck", "deaf");
        assertThat(calls).allSatisfy(call -> {
            assertThat(call).isDone();
            assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        });
        LaneStats stats = loop.stats().lane(Lane.PASSIVE);
        assertThat(stats.ended(Outcome.STOPPED)).isEqualTo(14);
        assertThat(stats.submitted()).isEqualTo(14);
        never.countDown();
    }

    @Test
    void reportCountsAsDrainedOnlyWhatEndedDuringTheStop() {
        EventLoop loop = loops.started();
        for (int i = 0; i < 10; i++) {
            get(loop.work(() -> 1));
        }
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.work(() -> {
            running.countDown();
            pass(gate);
        });
        pass(running);
        CompletableFuture<StopReport> report = loop.stop(LONG);
        gate.countDown();
        assertThat(get(report).drained()).isEqualTo(1);
    }

    @Test
    void reportCountsCallsFirstAndWhatIsAttachedToThemAsEntriesOnly() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(LONG));
        CountDownLatch busy = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            block(new CountDownLatch(1));
        });
        pass(busy);
        CountDownLatch operations = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            loop.next(operations::countDown, () -> {});
        }
        pass(operations);
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        done.thenApply(one -> one);
        await().atMost(LONG).until(() -> loop.size(Lane.ACTIVE) == 4);
        StopReport report = get(loop.forceStop());
        assertThat(report.calls())
                .as("one ran, three had their bodies waiting")
                .isEqualTo(new StopReport.Tally(0, 3, 1));
        assertThat(report.entries().interrupted()).isEqualTo(1);
        assertThat(report.entries().drained() + report.entries().neverStarted())
                .as("what is attached runs, or is an entry that never started")
                .isEqualTo(4);
        assertThat(report.toString()).contains("calls: 3 never started, 1 interrupted; lane entries: ");
    }

    @Test
    void pairThatAStopEndsIsStopped() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> pair = loop.next(
                () -> 1,
                () -> {
                    running.countDown();
                    pass(new CountDownLatch(1));
                    return 2;
                },
                (one, two) -> {});
        pass(running);
        get(loop.forceStop());
        awaitDone(pair);
        assertThat(pair.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    void oneWhoWaitsForAReportIsNotHeldByWhatAnotherDoesWithIt() {
        EventLoop loop = loops.started();
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            pass(attached);
        });
        pass(running);
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<StopReport> one = loop.stop(LONG);
        loop.stop(LONG).thenRun(() -> {
            inside.countDown();
            ignoreInterrupts(gate);
        });
        attached.countDown();
        assertThat(get(one).isClean()).isTrue();
        pass(inside);
        gate.countDown();
    }

    @Test
    void reportDoesNotWaitBehindAttachedCodeAndCountsTheHandlesThatDo() {
        EventLoop loop = loops.started(options -> options.withInterruptGrace(Duration.ofMillis(10)));
        CountDownLatch entered = new CountDownLatch(4);
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            loop.next(() -> {
                entered.countDown();
                Loops.block(gate);
            });
        }
        pass(entered);
        List<LoopFuture<?>> handles = new ArrayList<>();
        for (int i = 0; i < 70; i++) { // more than there may be completion threads
            LoopFuture<?> handle = loop.next(() -> {});
            handles.add(handle);
            CompletableFuture.allOf(handle).whenComplete((value, error) -> pass(gate));
        }
        StopReport report = get(loop.forceStop());
        assertThat(report.completing()).isEqualTo(70);
        assertThat(report.isClean()).isFalse();
        assertThat(report).asString().contains("70 handles still to be told");
        gate.countDown();
        handles.forEach(Loops::awaitDone);
        assertThat(handles).allMatch(handle -> handle.outcome() == Outcome.STOPPED);
        loop.close();
    }

    @Test
    void twoOperationsWithOneBodyAreTwoCallsAndThreeEntries() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(2);
        LoopFuture<Void> pair = loop.next(
                () -> {
                    ran.countDown();
                    pass(gate);
                    return 1;
                },
                () -> {
                    ran.countDown();
                    pass(gate);
                    return 2;
                },
                (a, b) -> {});
        pass(ran);
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        gate.countDown();
        StopReport report = get(stop);
        get(pair);
        assertThat(report.calls()).isEqualTo(new StopReport.Tally(2, 0, 0));
        assertThat(report.entries()).isEqualTo(new StopReport.Tally(3, 0, 0));
        assertThat(loop.stats().submitted()).isEqualTo(3);
    }

    /** A handle whose function has returned a future that never ends. */
    private static LoopFuture<Object> waitingOutside(EventLoop loop, CountDownLatch waiting) {
        return loop.next(() -> 1).thenCompose(one -> {
            waiting.countDown();
            return new CompletableFuture<>();
        });
    }

    @Test
    void handleThatWaitsOutsideAndNobodyWantsIsNotCounted() {
        EventLoop loop = loops.started();
        CountDownLatch waiting = new CountDownLatch(1);
        LoopFuture<Object> composed = waitingOutside(loop, waiting);
        composed.thenRun(() -> {}).cancel(true);
        pass(waiting);
        get(loop.next(() -> 1)); // the composition is registered when its function has returned
        StopReport report = get(loop.stop(LONG));
        assertThat(composed.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.waitingOutside()).isZero();
        assertThat(report.isClean()).isTrue();
    }

    @Test
    void handlesThatWaitOutsideWhenTimeRunsOutAreCutOffAndTheReportSaysSo() {
        EventLoop loop = loops.started();
        CountDownLatch waiting = new CountDownLatch(2);
        LoopFuture<Object> composed = waitingOutside(loop, waiting);
        LoopFuture<Integer> handedOver = loop.next(() -> 1).thenApplyAsync(one -> one, task -> waiting.countDown());
        pass(waiting);
        get(loop.next(() -> 1)); // the composition is registered when its function has returned
        StopReport report = get(loop.stop(Duration.ofMillis(1)));
        assertThat(List.of(composed, handedOver))
                .allSatisfy(handle -> assertThat(handle.outcome()).isEqualTo(Outcome.STOPPED));
        assertThat(report.waitingOutside()).isEqualTo(2);
        assertThat(report.isClean()).isFalse();
        assertThat(log.with("2 handles that waited for something outside of the loop"))
                .hasSize(1);
    }
}
