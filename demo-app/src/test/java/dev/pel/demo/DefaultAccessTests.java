package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.LoopState;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;

/** The endpoint as an application gets it that says nothing about its access: the demo's own file of settings is left out. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.location=optional:classpath:/nowhere/",
            "management.endpoints.web.exposure.include=pel",
            "spring.servlet.multipart.max-file-size=1MB",
            "demo.delivery.timeout=30s",
            "pel.limits.gateway.rate=150/s"
        })
class DefaultAccessTests {

    @Test
    void theLoopCanBeSeenButNotSteered(
            @LocalServerPort int port, @Autowired EventLoop loop, @Autowired Environment environment) {
        DemoClient demo = new DemoClient(port);
        assertThat(environment.getProperty("management.endpoint.pel.access")).isNull();

        demo.get("/actuator/pel").expectStatus().isOk();
        demo.command(Map.of("action", "stop", "deadline", "10s")).expectStatus().isEqualTo(405);
        demo.commandWithoutBody().expectStatus().isEqualTo(405);

        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }
}
