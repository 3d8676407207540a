package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** Intake with a passive lane so small that one alert fills it. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "pel.passive.threads=1",
            "pel.passive.capacity=10",
            "demo.gateway.failure-rate=0",
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.latency-min=20ms",
            "demo.gateway.latency-max=20ms",
            "demo.delivery.pause=20ms",
            "demo.signature.iterations=1"
        })
class HighWaterTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void anAlertThatComesAtHighWaterIsToldToComeLaterAndTheOneUnderWayLosesNobody(
            @LocalServerPort int port, @Autowired EventLoop loop) {
        DemoClient demo = new DemoClient(port);
        CountDownLatch free = new CountDownLatch(1);
        loop.next(() -> free.await()); // on the only thread, so that the lane stays full
        String first = demo.raise(100);
        await().atMost(LONG).until(() -> loop.size(Lane.PASSIVE) == 10);

        ResponseSpec refused = demo.post(DemoClient.people(1), "Fire");
        free.countDown();

        assertThat(DemoClient.detail(refused, HttpStatus.SERVICE_UNAVAILABLE))
                .contains("The PASSIVE lane is at its high-water mark");
        refused.expectHeader().valueEquals("Retry-After", "5");
        assertThat(demo.finished(first).delivered()).isEqualTo(100);
        demo.finished(demo.raise(1));
    }

    @Test
    void aStopThatDrainsAFullLaneLosesNobody(@LocalServerPort int port, @Autowired EventLoop loop) {
        DemoClient demo = new DemoClient(port);
        CountDownLatch free = new CountDownLatch(1);
        loop.next(() -> free.await());
        String alert = demo.raise(100);
        await().atMost(LONG).until(() -> loop.size(Lane.PASSIVE) == 10);

        CompletableFuture<StopReport> stop = loop.stop(LONG);
        free.countDown();
        StopReport report = stop.join();
        loop.start();

        assertThat(report.isClean()).as("%s", report).isTrue();
        assertThat(demo.finished(alert).delivered()).isEqualTo(100);
    }
}
