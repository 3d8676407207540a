package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.ThreadKind;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.ActiveProfiles;

@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=0",
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.latency-min=20ms",
            "demo.gateway.latency-max=40ms",
            "demo.signature.iterations=1"
        })
@ActiveProfiles("virtual")
class VirtualThreadsTests {

    @Test
    void thePassiveLaneHasVirtualThreadsWhereJavaHas(@LocalServerPort int port, @Autowired EventLoop loop) {
        DemoClient demo = new DemoClient(port);

        assertThat(demo.finished(demo.raise(300)).delivered()).isEqualTo(300);
        assertThat(loop.options().passive().kind())
                .isEqualTo(Runtime.version().feature() >= 21 ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM);
    }
}
