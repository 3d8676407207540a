package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The loop, seen and steered over HTTP while an alert runs. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=0.03",
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.latency-min=20ms",
            "demo.gateway.latency-max=100ms",
            "demo.signature.iterations=1",
            "spring.mvc.async.request-timeout=1s"
        })
class LoopEndpointTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Autowired
    private EventLoop loop;

    private DemoClient demo;

    @BeforeEach
    void client(@LocalServerPort int port) {
        demo = new DemoClient(port);
    }

    @Test
    void theFiguresAreThereWhileAnAlertRuns() {
        String alert = demo.raise(1_500);

        await().atMost(LONG)
                .untilAsserted(() -> demo.get("/actuator/pel")
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .jsonPath("$.lanes.passive.running")
                        .value(Integer.class, running -> assertThat(running).isGreaterThan(1)));
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(demo.get("/actuator/prometheus")
                                        .expectStatus()
                                        .isOk()
                                        .expectBody(String.class)
                                        .returnResult()
                                        .getResponseBody())
                                .contains(
                                        "pel_lane_size{lane=\"passive\",loop=\"pel\"}",
                                        "pel_call_run_seconds_count{label=\"sign\",lane=\"work\",loop=\"pel\",outcome=\"succeeded\"}",
                                        "pel_call_run_seconds_count{label=\"deliver\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"}"));
        demo.finished(alert);
    }

    @Test
    void aStopInTheMiddleOfAnAlertAddsUpAndTheNextAlertWorks() {
        String cutOff = demo.raise(5_000);
        await().atMost(LONG).until(() -> demo.alert(cutOff).delivered() > 0);

        StopFigures report = DemoClient.body(demo.command(Map.of("action", "stop", "deadline", "500ms"))
                .expectStatus()
                .isOk()
                .expectBody(StopFigures.class)
                .returnResult());
        LoopStats stats = loop.stats();
        assertThat(report.entries().interrupted()
                        + report.entries().neverStarted()
                        + report.stuck().size())
                .isEqualTo(stats.ended(Outcome.STOPPED));
        assertThat(report.timersStopped()).isEqualTo(stats.timers().stopped());
        assertThat(report.drained()).isPositive();
        assertThatAllHasEnded(stats);
        assertThatNobodyMayLook(demo.get(cutOff));
        assertThatNobodyMayLook(demo.post(DemoClient.people(1), "Fire"));

        demo.command(Map.of("action", "start")).expectStatus().isOk();
        AlertView alert = demo.finished(cutOff);
        assertThat(alert.reasons()).containsKey("the event loop was stopped");
        assertThat(demo.finished(demo.raise(10)).accepted()).isEqualTo(10);
    }

    @Test
    void anAlertAddsUpAlsoWhenAStopLosesTheActiveThread() throws InterruptedException {
        String lost = demo.raise(5_000);
        whileTheActiveThreadIsBusy(
                () -> assertThat(loop.forceStop().join().stuck()).hasSize(1));

        loop.start();

        assertThat(demo.finished(lost).reasons()).containsKey("the event loop was stopped");
    }

    @Test
    void aRequestThatTheActiveThreadDoesNotComeToIsToldToComeLater() throws InterruptedException {
        whileTheActiveThreadIsBusy(() -> {
            ResponseSpec answer = demo.get("/alerts/any");

            assertThat(DemoClient.detail(answer, HttpStatus.SERVICE_UNAVAILABLE))
                    .isEqualTo("The event loop did not come to this request.");
            answer.expectHeader().valueEquals("Retry-After", "5");
        });
    }

    @Test
    void aCommandWithoutBodyChangesNothing() {
        demo.commandWithoutBody()
                .expectStatus()
                .value(status -> assertThat(status).isIn(400, 415));

        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    private static void assertThatAllHasEnded(LoopStats stats) {
        assertThat(stats.state()).isEqualTo(LoopState.STOPPED);
        for (Lane lane : Lane.values()) {
            long ended = stats.lane(lane).outcomes().values().stream()
                    .mapToLong(count -> count)
                    .sum();
            assertThat(ended).as("%s", lane).isEqualTo(stats.lane(lane).submitted());
        }
    }

    private static void assertThatNobodyMayLook(ResponseSpec answer) {
        assertThat(DemoClient.detail(answer, HttpStatus.SERVICE_UNAVAILABLE))
                .isEqualTo("The event loop accepts nothing now: it is STOPPED.");
        answer.expectHeader().valueEquals("Retry-After", "5");
    }

    /** Does on the active thread what a body must never do: it blocks, and does not heed interrupts. */
    private void whileTheActiveThreadIsBusy(Runnable action) throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        loop.enqueue(Lane.ACTIVE, () -> {
            busy.countDown();
            while (free.getCount() > 0) {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    // goes on waiting
                }
            }
        });
        busy.await();
        try {
            action.run();
        } finally {
            free.countDown();
        }
    }

    /** What the endpoint answers to a stop. */
    record StopFigures(
            long drained,
            long neverStarted,
            long interrupted,
            EntryFigures entries,
            long timersStopped,
            long waitingOutside,
            long completing,
            List<Object> stuck) {}

    record EntryFigures(long drained, long neverStarted, long interrupted) {}
}
