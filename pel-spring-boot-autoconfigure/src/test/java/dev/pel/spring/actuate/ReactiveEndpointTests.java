package dev.pel.spring.actuate;

import static dev.pel.spring.RunningApplication.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.LoopState;
import dev.pel.spring.RunningApplication;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint in a reactive server. */
class ReactiveEndpointTests {

    private static RunningApplication application;
    private static EventLoop loop;

    @BeforeAll
    static void startApplication() {
        application = RunningApplication.start(
                List.of(),
                "spring.main.web-application-type=reactive",
                "management.endpoint.pel.access=unrestricted",
                "management.endpoints.web.path-mapping.pel=the-loop");
        loop = application.bean(EventLoop.class);
    }

    @AfterAll
    static void stopApplication() {
        application.close();
    }

    @Test
    void showsAndSteersTheLoop() throws Exception {
        assertThat(json(application.get("/actuator/the-loop?x=1"))).containsEntry("state", "RUNNING");
        HttpResponse<String> report = application.postJson("/actuator/the-loop", "{\"action\":\"force-stop\"}");
        assertThat(report.statusCode()).isEqualTo(200);
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        assertThat(application
                        .postJson("/actuator/the-loop", "{\"action\":\"start\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anUnknownParameterIsRefused() throws Exception {
        HttpResponse<String> response =
                application.postJson("/actuator/the-loop", "{\"action\":\"stop\",\"dedline\":\"1s\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response))
                .containsEntry(
                        "error", "'dedline' is no parameter: the parameters are action, loop, deadline, lane, threads");
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/the-loop?action=force-stop", "/actuator/the-%6Coop?action=force-stop"})
    void parametersInTheQueryAreRefused(String path) throws Exception {
        HttpResponse<String> response = application.postJson(path, "{}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response)).containsEntry("error", RequestQuery.RULE);
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }
}
