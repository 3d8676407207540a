package dev.pel.promises;

import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static dev.pel.Loops.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads of the passive lane that do not come back from their operation. */
class HungThreadTests {
    /** Long enough for an operation that only returns, also on a busy machine. */
    private static final Duration HUNG_AFTER = Duration.ofMillis(500);

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch otherGate = new CountDownLatch(1);

    @AfterEach
    void open() {
        gate.countDown();
        otherGate.countDown();
    }

    private EventLoop loop(int threads, int maxHung) {
        return loops.started(options -> options.withInterruptGrace(Duration.ofMillis(50))
                .withPassive(passive -> passive.withThreads(threads)
                        .withElastic(
                                elastic -> elastic.withHungAfter(HUNG_AFTER).withMaxHung(maxHung))));
    }

    private static LaneStats passive(EventLoop loop) {
        return loop.stats().lane(Lane.PASSIVE);
    }

    private static List<LaneStats.HungThread> hung(EventLoop loop) {
        return passive(loop).pool().hung();
    }

    private LoopFuture<Void> hang(EventLoop loop, String label, CountDownLatch until) {
        CountDownLatch begun = new CountDownLatch(1);
        LoopFuture<Void> call = loop.call(label).next(() -> {
            begun.countDown();
            ignoreInterrupts(until);
        });
        pass(begun);
        return call;
    }

    @Test
    void threadThatHangsIsReplaced() {
        EventLoop loop = loop(1, 4);
        hang(loop, "fetch", gate);
        assertThat(get(loop.next(() -> "ran"))).isEqualTo("ran");
        assertThat(passive(loop).threads()).isEqualTo(1);
        assertThat(passive(loop).pool().replaced()).isEqualTo(1);
    }

    @Test
    void threadThatHangsIsListedWithItsCallUntilItComesBack() {
        EventLoop loop = loop(1, 4);
        LoopFuture<Void> call = hang(loop, "fetch", gate);
        until(() -> !hung(loop).isEmpty());
        LaneStats.HungThread thread = hung(loop).get(0);
        assertThat(thread.thread()).isEqualTo(loop.options().name() + "-passive-1");
        assertThat(thread.label()).isEqualTo("fetch");
        assertThat(thread.running()).isGreaterThanOrEqualTo(HUNG_AFTER);
        gate.countDown();
        get(call);
        until(() -> hung(loop).isEmpty());
        until(() -> Loops.threadsOf(loop).stream()
                        .filter(name -> name.contains("-passive-"))
                        .count()
                == 1);
        assertThat(get(loop.next(() -> Thread.currentThread().getName())))
                .as("the thread that was hung runs nothing more")
                .isEqualTo(loop.options().name() + "-passive-2");
        assertThat(passive(loop).pool().replaced()).isEqualTo(1);
    }

    @Test
    void resultOfAHungOperationIsNotLost() {
        EventLoop loop = loop(1, 4);
        LoopFuture<String> call = loop.next(() -> {
            ignoreInterrupts(gate);
            return "late, but there";
        });
        until(() -> !hung(loop).isEmpty());
        gate.countDown();
        assertThat(get(call)).isEqualTo("late, but there");
    }

    @Test
    void logSaysOnceWhichThreadHangsAndWhere() {
        EventLoop loop = loop(2, 4);
        hang(loop, "fetch", gate);
        hang(loop, "fetch", gate);
        until(() -> hung(loop).size() == 2);
        assertThat(log.with("has been in the operation of call"))
                .singleElement()
                .asString()
                .contains("-passive-", "'" + loop.options().name() + "'", "'fetch'", "HungThreadTests.java", "500 ms");
    }

    @Test
    void threadThatDoesNotHeedATimeoutHangs() {
        EventLoop loop = loop(1, 4);
        CountDownLatch begun = new CountDownLatch(1);
        LoopFuture<Void> call = loop.call("fetch")
                .timeout(Duration.ofSeconds(1))
                .next(() -> {
                    begun.countDown();
                    ignoreInterrupts(gate);
                });
        pass(begun);
        assertThat(Loops.failureOf(call)).isInstanceOf(CallTimeoutException.class);
        assertThat(get(loop.next(() -> "ran"))).isEqualTo("ran");
        assertThat(hung(loop)).hasSize(1);
    }

    @Test
    void noMoreThreadsHangThanMayAndTheLogSaysSo() {
        EventLoop loop = loop(1, 1);
        LoopFuture<Void> first = hang(loop, "first", gate);
        hang(loop, "second", otherGate);
        LoopFuture<String> waits = loop.next(() -> "ran");
        until(() -> !log.with("and is not replaced").isEmpty());
        assertThat(waits).isNotDone();
        assertThat(hung(loop)).singleElement().returns("first", LaneStats.HungThread::label);
        gate.countDown();
        get(first);
        assertThat(get(waits))
                .as("when one has come back, the other is replaced")
                .isEqualTo("ran");
        assertThat(hung(loop)).singleElement().returns("second", LaneStats.HungThread::label);
        assertThat(passive(loop).pool().replaced()).isEqualTo(2);
    }

    // ------------------------------------------------------------------ stops

    @Test
    void reportOfAStopNamesHungThreadsAsStuck() {
        EventLoop loop = loop(1, 4);
        hang(loop, "fetch", gate);
        until(() -> !hung(loop).isEmpty());
        StopReport report = get(loop.stop(Duration.ZERO));
        assertThat(report.stuck())
                .singleElement()
                .returns(loop.options().name() + "-passive-1", StopReport.StuckThread::thread)
                .returns("fetch", StopReport.StuckThread::label);
    }

    @Test
    void drainWaitsForAHungOperation() {
        EventLoop loop = loop(1, 4);
        LoopFuture<Void> call = hang(loop, "fetch", gate);
        until(() -> !hung(loop).isEmpty());
        var report = loop.stop(Loops.LONG);
        gate.countDown();
        assertThat(get(report).isClean()).isTrue();
        assertThat(get(call)).isNull();
    }

    @Test
    void loopStartsAgainBesideAHungThreadOfTheRunBefore() {
        EventLoop loop = loop(1, 4);
        hang(loop, "fetch", gate);
        until(() -> !hung(loop).isEmpty());
        get(loop.forceStop());
        loop.start();
        assertThat(get(loop.next(() -> "ran"))).isEqualTo("ran");
        assertThat(hung(loop)).isEmpty();
        assertThat(passive(loop).pool().replaced()).isZero();
    }
}
