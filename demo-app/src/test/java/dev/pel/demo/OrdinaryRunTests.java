package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * An alert with the figures of application.yml: what somebody sees who only starts the demo. Only the signatures cost less, since on a busy
 * machine one work thread would make them more slowly than the notices are delivered, and nothing would wait for a passive thread.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "demo.signature.iterations=100")
class OrdinaryRunTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void thePassiveLaneIsFullAndHasAQueueAndSomePeopleAreNotReached(
            @LocalServerPort int port, @Autowired EventLoop loop) {
        DemoClient demo = new DemoClient(port);
        String alert = demo.raise(500);

        // on a busy machine the queue is that long for a moment only
        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> loop.running(Lane.PASSIVE) == 64 && loop.size(Lane.PASSIVE) > 64);

        AlertView end = demo.finished(alert);
        assertThat(end.delivered()).isGreaterThan(400);
        assertThat(end.failed()).isPositive();
        assertThat(end.retried()).isGreaterThan(100);
    }

    @Test
    void anAlertUnderWaySaysHowFastItGoesAndHowLongTheRestTakes(@LocalServerPort int port) {
        DemoClient demo = new DemoClient(port);
        String alert = demo.raise(500);

        AlertView.Stream stream = await().atMost(LONG)
                .until(() -> demo.alert(alert).stream(), found -> found != null && found.done() > 0);
        assertThat(stream.inFlight()).isBetween(1, 256);
        assertThat(stream.perSecond()).isPositive();
        assertThat(stream.remainingMillis()).isPositive();
        assertThat(demo.finished(alert).stream()).isNull();
    }

    @Test
    void theLimitOfTheGatewayHoldsUpWhatMoreThreadsCouldDo(@LocalServerPort int port, @Autowired EventLoop loop) {
        DemoClient demo = new DemoClient(port);
        loop.resize(Lane.PASSIVE, 256);
        String alert = demo.raise(500);

        await().atMost(LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> loop.stats().limits().get("gateway").waiting() > 0 && loop.running(Lane.PASSIVE) < 256);

        loop.resize(Lane.PASSIVE, 64);
        demo.finished(alert);
    }
}
