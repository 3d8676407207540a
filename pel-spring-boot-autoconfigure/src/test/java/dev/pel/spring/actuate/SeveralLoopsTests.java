package dev.pel.spring.actuate;

import static dev.pel.spring.RunningApplication.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.spring.PelLoopBuilder;
import dev.pel.spring.RunningApplication;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;

/** An application with two loops: both are seen, and each can be steered. */
class SeveralLoopsTests {

    private static RunningApplication application;
    private static EventLoop pel;
    private static EventLoop reports;

    @BeforeAll
    static void startApplication() {
        application = RunningApplication.start(
                List.of(SecondLoop.class),
                "management.endpoint.pel.access=unrestricted",
                "management.endpoint.health.show-details=always",
                "pel.endpoint.show-values=always");
        pel = application.bean(EventLoop.class);
        reports = application.context().getBean("reportsLoop", EventLoop.class);
    }

    @AfterAll
    static void stopApplication() {
        application.close();
    }

    @AfterEach
    void startLoopsAgain() throws Exception {
        for (EventLoop loop : List.of(pel, reports)) {
            if (loop.state() != LoopState.RUNNING) {
                loop.forceStop().get(20, SECONDS);
                loop.start();
            }
        }
    }

    @Test
    void theOthersStandBesideTheLoopOfTheApplication() throws Exception {
        Map<String, Object> body = json(application.get("/actuator/pel"));
        assertThat(body).containsOnlyKeys("state", "since", "lanes", "timers", "keys", "failures", "loops");
        assertThat(threads(body)).isEqualTo(64);
        assertThat(map(body, "loops")).containsOnlyKeys("reports");
        Map<String, Object> other = map(map(body, "loops"), "reports");
        assertThat(other).containsOnlyKeys("state", "since", "lanes", "timers", "keys", "failures");
        assertThat(threads(other)).isEqualTo(3);
    }

    @Test
    void eachIsShownUnderItsName() throws Exception {
        assertThat(threads(json(application.get("/actuator/pel/reports")))).isEqualTo(3);
        assertThat(threads(json(application.get("/actuator/pel/pel")))).isEqualTo(64);
    }

    @Test
    void eachLaneIsShownUnderTheNameOfItsLoop() throws Exception {
        assertThat(json(application.get("/actuator/pel/reports/passive"))).containsEntry("threads", 3);
        assertThat(json(application.get("/actuator/pel/pel/passive"))).containsEntry("threads", 64);
        assertThat(json(application.get("/actuator/pel/passive"))).containsEntry("threads", 64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders", "/REPORTS", "/reports/idle", "/orders/passive", "/reports/passive/threads"})
    void knowsNoOther(String path) throws Exception {
        assertThat(application.get("/actuator/pel" + path).statusCode()).isEqualTo(404);
    }

    @Test
    void failuresAreThoseOfTheirLoop() throws Exception {
        reports.call("in reports").next(() -> {
            throw new IllegalStateException("on purpose");
        });
        await().until(() ->
                !failures(json(application.get("/actuator/pel/reports"))).isEmpty());
        assertThat(failures(json(application.get("/actuator/pel")))).isEmpty();
        assertThat(failures(json(application.get("/actuator/pel/reports"))))
                .singleElement()
                .satisfies(failure -> assertThat(failure).containsEntry("label", "in reports"));
    }

    @Test
    void theNamedLoopIsSteered() throws Exception {
        assertThat(act("{\"action\":\"resize\",\"loop\":\"reports\",\"lane\":\"passive\",\"threads\":5}", 200))
                .containsEntry("threads", 5);
        assertThat(reports.stats().lane(Lane.PASSIVE).threads()).isEqualTo(5);
        assertThat(act("{\"action\":\"stop\",\"loop\":\"reports\"}", 200)).containsEntry("loop", "reports");
        assertThat(reports.state()).isEqualTo(LoopState.STOPPED);
        assertThat(pel.state()).isEqualTo(LoopState.RUNNING);
        assertThat(act("{\"action\":\"start\",\"loop\":\"reports\"}", 200)).containsEntry("state", "RUNNING");
        assertThat(reports.state()).isEqualTo(LoopState.RUNNING);
    }

    @Test
    void withoutANameTheLoopOfTheApplicationIsSteered() throws Exception {
        assertThat(act("{\"action\":\"force-stop\"}", 200)).containsEntry("loop", "pel");
        assertThat(reports.state()).isEqualTo(LoopState.RUNNING);
    }

    @Test
    void anUnknownNameIsAnsweredWithTheOnesThereAre() throws Exception {
        assertThat(act("{\"action\":\"stop\",\"loop\":\"orders\"}", 400))
                .containsEntry("error", "'loop' must be one of pel, reports but was 'orders'");
    }

    @Test
    void healthIsThatOfAllLoops() throws Exception {
        HttpResponse<String> up = application.get("/actuator/health/pel");
        assertThat(up.statusCode()).isEqualTo(200);
        assertThat(map(map(map(json(up), "details"), "loops"), "reports")).containsEntry("state", "RUNNING");
        reports.close();
        HttpResponse<String> down = application.get("/actuator/health/pel");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(json(down)).containsEntry("status", "OUT_OF_SERVICE");
        assertThat(map(json(down), "details")).containsEntry("state", "RUNNING");
        assertThat(map(map(map(json(down), "details"), "loops"), "reports")).containsEntry("state", "STOPPED");
    }

    @Test
    void bothHaveMeters() throws Exception {
        assertThat(application.get("/actuator/prometheus").body())
                .contains(
                        "pel_lane_threads{lane=\"active\",loop=\"pel\"}",
                        "pel_lane_threads{lane=\"active\",loop=\"reports\"}");
    }

    private static Map<String, Object> act(String request, int status) throws Exception {
        HttpResponse<String> response = application.postJson("/actuator/pel", request);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return json(response);
    }

    private static int threads(Map<String, Object> loop) {
        return (int) map(map(loop, "lanes"), "passive").get("threads");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> outer, String key) {
        return (Map<String, Object>) outer.get(key);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> failures(Map<String, Object> loop) {
        return (List<Map<String, Object>>) loop.get("failures");
    }

    static class SecondLoop {
        @Bean(defaultCandidate = false)
        EventLoop reportsLoop(PelLoopBuilder builder) {
            return builder.name("reports")
                    .customize(options -> options.withPassive(passive -> passive.withThreads(3)))
                    .build();
        }
    }
}
