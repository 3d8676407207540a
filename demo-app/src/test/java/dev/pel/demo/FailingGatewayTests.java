package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Alerts with a gateway that always fails. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=1",
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.latency-min=0ms",
            "demo.gateway.latency-max=1ms",
            "demo.delivery.pause=10ms",
            "demo.signature.iterations=1"
        })
class FailingGatewayTests {

    @Test
    void everybodyIsTriedThreeTimesAndThenCountedAsFailed(@LocalServerPort int port, @Autowired MeterRegistry meters) {
        DemoClient demo = new DemoClient(port);

        AlertView alert = demo.finished(demo.raise(50));

        assertThat(alert.delivered()).isZero();
        assertThat(alert.failed()).isEqualTo(50);
        assertThat(alert.retried()).isEqualTo(2 * 50);
        assertThat(alert.reasons()).containsOnlyKeys("the gateway answered with an error");
        assertThat(meters.get("http.client.requests").tag("status", "503").timers().stream()
                        .mapToLong(Timer::count)
                        .sum())
                .isEqualTo(3 * 50);
        assertThat(meters.get("pel.call.run")
                        .tag("lane", "passive")
                        .tag("label", "deliver")
                        .tag("outcome", "failed")
                        .functionTimer()
                        .count())
                .as("attempts that pel has counted")
                .isEqualTo(3 * 50);
    }
}
