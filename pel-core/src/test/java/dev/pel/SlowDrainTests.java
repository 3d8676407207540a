package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.ignoreInterrupts;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the log says of a drain that takes longer than a second. */
class SlowDrainTests {
    private static final String LINE = "has been draining for";

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run =
            machine.running(EventLoopOptions.defaults().withName("orders").withCallSiteInterval(Duration.ZERO));

    // ------------------------------------------------------------------ on a clock of the test's own

    private void drain(int seconds) {
        CompletableFuture<StopReport> report = run.stop(Duration.ofSeconds(seconds), false);
        assertThat(report).isNotDone();
    }

    /** Lets time pass, the steps of the stop being made when they asked for it. */
    private void pass(long millis) {
        long until = machine.clock + millis * 1_000_000;
        while (machine.clock - until < 0) {
            long wait = run.stopping().step();
            assertThat(wait).isPositive();
            machine.clock += Math.min(wait, until - machine.clock);
        }
        assertThat(run.stopping().step()).isPositive();
    }

    @Test
    void drainOfLessThanASecondIsNotToldOf() {
        drain(20);
        pass(999);
        assertThat(log.with(LINE)).isEmpty();
    }

    @Test
    void lineComesAfterASecondAndThenInIntervalsThatDouble() {
        drain(20);
        pass(1_000);
        assertThat(log.with(LINE)).hasSize(1);
        pass(999);
        assertThat(log.with(LINE)).hasSize(1);
        pass(1);
        assertThat(log.with(LINE)).hasSize(2);
        pass(17_999);
        assertThat(log.with(LINE)).hasSize(5);
        assertThat(log.with(LINE).get(4)).startsWith("Loop 'orders' has been draining for 16 s, and gives up in 4 s: ");
    }

    @Test
    void pauseOfTheWholeMachineMakesOneLine() {
        drain(60);
        machine.clock += 30_000_000_000L;
        pass(0);
        assertThat(log.with(LINE)).hasSize(1);
        pass(1_000);
        assertThat(log.with(LINE)).hasSize(1);
    }

    @Test
    void lineTellsWhatWaits() {
        run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
        machine.clock += 500_000_000;
        run.submissions.submit(Lane.PASSIVE, (Task) () -> {}, null, null, null);
        drain(20);
        pass(1_000);
        assertThat(log.with(LINE)).singleElement().asString().contains("lane PASSIVE 2 wait, the oldest for 1.5 s");
    }

    @Test
    void lineTellsHowManyTimersArePendingAndWhichIsNext() {
        run.threads.active(Thread.currentThread()); // so that the timers are in the heap
        run.submissions.delay(Duration.ofSeconds(15), () -> {});
        run.submissions.delay(Duration.ofSeconds(6), () -> {});
        drain(20);
        pass(1_000);
        assertThat(log.with(LINE))
                .singleElement()
                .asString()
                .contains(
                        "2 timers are pending, the next submitted at ",
                        "SlowDrainTests.lineTellsHowManyTimersArePending",
                        "falls due in 5 s");
    }

    @Test
    void lineTellsThePlaceOfATimerThatIsSetWhileTheLoopDrains() {
        LoopRun sparing = machine.running(EventLoopOptions.defaults().withCallSiteInterval(Duration.ofDays(1)));
        sparing.threads.active(Thread.currentThread());
        sparing.submissions.delay(
                Duration.ofSeconds(15), () -> {}); // whose place is taken, and that of no other for a day
        sparing.stop(Duration.ofSeconds(20), false);
        sparing.submissions.delay(Duration.ofSeconds(6), () -> {});
        machine.clock += SlowDrain.PATIENCE;
        sparing.stopping().step();
        assertThat(log.with(LINE))
                .singleElement()
                .asString()
                .contains(
                        "the next submitted at ",
                        "SlowDrainTests.lineTellsThePlaceOfATimerThatIsSet",
                        "falls due in 5 s");
    }

    @Test
    void lineTellsOfFuturesOutsideOfTheLoop() {
        new LoopFuture<>(run).waitOutside();
        drain(20);
        pass(1_000);
        assertThat(log.with(LINE))
                .singleElement()
                .asString()
                .endsWith("1 handle(s) wait for a future or an executor outside of the loop");
    }

    @Test
    void lineTellsOfHandlesThatOthersHoldUp() {
        run.completions.complete(this, () -> {});
        drain(20);
        pass(1_000);
        assertThat(log.with(LINE)).singleElement().asString().contains("1 handle(s) are held up by code");
    }

    // ------------------------------------------------------------------ on a loop that runs

    private String firstLine() {
        await().atMost(LONG).until(() -> !log.with(LINE).isEmpty());
        return log.with(LINE).get(0);
    }

    @Test
    @Tag("slow")
    void lineComesWhileTheActiveThreadIsStuckAndSaysWhereItIs() {
        EventLoop loop = loops.started();
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        loop.call("show order").enqueue(Lane.ACTIVE, () -> {
            inBody.countDown();
            ignoreInterrupts(gate);
        });
        Loops.pass(inBody);
        CompletableFuture<StopReport> report = loop.stop(LONG);
        try {
            assertThat(firstLine())
                    .contains("Loop '" + loop.options().name() + "'", "lane ACTIVE runs the body of call ")
                    .containsPattern("'show order' for [\\d.]+ s \\(now at (app//)?dev\\.pel\\.SlowDrainTests");
        } finally {
            gate.countDown();
        }
        assertThat(get(report).isClean()).isTrue();
    }

    @Test
    @Tag("slow")
    void lineTellsWhatRunsInALaneByKind() {
        EventLoop loop = loops.started(options -> options.withCallSiteInterval(Duration.ofDays(1)));
        CountDownLatch running = new CountDownLatch(4);
        CountDownLatch gate = new CountDownLatch(1);
        for (String label : List.of("load order", "load order", "send mail", "x".repeat(1_000))) {
            loop.call(label).next(() -> {
                running.countDown();
                Loops.pass(gate);
            });
        }
        Loops.pass(running);
        CompletableFuture<StopReport> report = loop.stop(LONG);
        try {
            assertThat(firstLine())
                    .containsPattern(
                            "lane PASSIVE runs 4 \\(2 'load order'; 1 'send mail'; 1 'x{80}…'\\), the oldest for [\\d.]+ s");
        } finally {
            gate.countDown();
        }
        assertThat(get(report).isClean()).isTrue();
    }

    @Test
    @Tag("slow")
    void lineTellsOfAnOperationWhoseCallHasEndedAndThatDoesNotComeBack() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> call = loop.call("deaf").next(() -> {
            running.countDown();
            ignoreInterrupts(gate);
        });
        Loops.pass(running);
        call.cancel(true);
        CompletableFuture<StopReport> report = loop.stop(LONG);
        try {
            assertThat(firstLine()).contains("lane PASSIVE runs 1 (1 'deaf', ended but not back)");
        } finally {
            gate.countDown();
        }
        get(report);
    }
}
