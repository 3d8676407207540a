package dev.pel.spring.actuate;

import static dev.pel.spring.RunningApplication.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.flow.ForEach;
import dev.pel.spring.RunningApplication;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint as a client sees it, over HTTP. */
class PelEndpointTests {

    private static RunningApplication application;
    private static EventLoop loop;

    @BeforeAll
    static void startApplication() {
        application = RunningApplication.start(
                List.of(),
                "management.endpoint.pel.access=unrestricted",
                "management.endpoint.health.show-details=always");
        loop = application.bean(EventLoop.class);
    }

    @AfterAll
    static void stopApplication() {
        application.close();
    }

    @AfterEach
    void startLoopAgain() throws Exception {
        if (loop.state() != LoopState.RUNNING) {
            loop.forceStop().get(20, SECONDS);
            loop.start();
        }
    }

    // ------------------------------------------------------------------ reading

    @Test
    @SuppressWarnings("unchecked")
    void showsTheLoop() throws Exception {
        Map<String, Object> body = json(application.get("/actuator/pel"));
        assertThat(body)
                .containsOnlyKeys("state", "since", "lanes", "timers", "keys")
                .containsEntry("state", "RUNNING");
        assertThat(Instant.parse((String) body.get("since"))).isBeforeOrEqualTo(Instant.now());
        Map<String, Object> lanes = (Map<String, Object>) body.get("lanes");
        assertThat(lanes.keySet()).containsExactly("active", "passive", "work");
        assertThat((Map<String, Object>) lanes.get("passive"))
                .containsOnlyKeys("threads", "size", "running", "capacity", "oldestWaitMillis", "submitted", "outcomes")
                .containsEntry("threads", 64)
                .containsEntry("capacity", 10_000);
        assertThat(body.get("timers")).isEqualTo(Map.of("pending", 0));
        assertThat(body.get("keys")).isEqualTo(Map.of("inUse", 0, "waiting", 0, "longest", 0, "rejected", 0));
    }

    @Test
    @SuppressWarnings("unchecked")
    void showsTheStreamsThatAreUnderWay() throws Exception {
        CompletableFuture<Object> call = new CompletableFuture<>();
        ForEach stream = loop.forEach(List.of(1, 2, 3))
                .label("import")
                .concurrency(2)
                .run(item -> item == 1 ? CompletableFuture.completedFuture(item) : call);
        await().until(() -> stream.progress().inFlight() == 2);
        List<Map<String, Object>> streams = (List<Map<String, Object>>)
                json(application.get("/actuator/pel")).get("streams");
        assertThat(streams)
                .singleElement()
                .satisfies(shown -> assertThat(shown)
                        .containsOnlyKeys(
                                "label",
                                "done",
                                "failed",
                                "discarded",
                                "inFlight",
                                "concurrency",
                                "size",
                                "elapsedMillis",
                                "perSecond",
                                "remainingMillis")
                        .containsAllEntriesOf(Map.of(
                                "label",
                                "import",
                                "done",
                                1,
                                "failed",
                                0,
                                "inFlight",
                                2,
                                "concurrency",
                                2,
                                "size",
                                3)));
        call.complete("done");
        stream.future().get(20, SECONDS);
        await().until(() -> !json(application.get("/actuator/pel")).containsKey("streams"));
    }

    @Test
    void showsKeysAndLimits() throws Exception {
        try (RunningApplication limited = RunningApplication.start(
                List.of(),
                "pel.limits.ldap.concurrency=1",
                "pel.limits.sms.rate=5/2s",
                "pel.limits.sms.burst=3",
                "pel.limits.sms.capacity=7")) {
            EventLoop own = limited.bean(EventLoop.class);
            CountDownLatch release = new CountDownLatch(1);
            for (int i = 0; i < 2; i++) {
                own.call("look up").limit("ldap").next(() -> release.await());
                own.call("book").key("an account").next(() -> release.await());
            }
            Map<String, Object> body = json(limited.get("/actuator/pel"));
            release.countDown();
            assertThat(body.get("keys")).isEqualTo(Map.of("inUse", 1, "waiting", 1, "longest", 1, "rejected", 0));
            @SuppressWarnings("unchecked")
            Map<String, Map<String, Object>> limits = (Map<String, Map<String, Object>>) body.get("limits");
            assertThat(limits.get("ldap"))
                    .containsOnlyKeys("inUse", "waiting", "oldestWaitMillis", "rejected", "concurrency")
                    .containsAllEntriesOf(Map.of("inUse", 1, "waiting", 1, "concurrency", 1));
            assertThat(limits.get("sms"))
                    .isEqualTo(Map.of(
                            "inUse", 0,
                            "waiting", 0,
                            "oldestWaitMillis", 0,
                            "rejected", 0,
                            "rate", 5,
                            "perMillis", 2000.0,
                            "burst", 3,
                            "capacity", 7));
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void showsOneLane() throws Exception {
        loop.close();
        loop.start();
        loop.work(() -> 1).get(10, SECONDS);
        Map<String, Object> body = json(application.get("/actuator/pel/work"));
        assertThat(body).containsEntry("submitted", 1).containsEntry("size", 0);
        assertThat((Map<String, Object>) body.get("outcomes"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "succeeded", 1, "failed", 0, "cancelled", 0, "timedOut", 0, "stopped", 0, "rejected", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/pel/idle", "/actuator/pel/ACTIVE", "/actuator/pel/passive/threads"})
    void knowsNoOtherPart(String path) throws Exception {
        assertThat(application.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    @SuppressWarnings("unchecked")
    void answersWhileTheActiveThreadIsStuck() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        LoopFuture<?> stuck = loop.enqueue(Lane.ACTIVE, () -> release.await());
        await().until(() -> loop.running(Lane.ACTIVE) == 1);
        Map<String, Object> active = json(application.get("/actuator/pel/active"));
        assertThat(active).containsEntry("running", 1);
        release.countDown();
        stuck.get(10, SECONDS);
    }

    // ------------------------------------------------------------------ access

    @Test
    void changesNothingUnlessAccessIsGranted() throws Exception {
        try (RunningApplication closed = RunningApplication.start(List.of())) {
            assertThat(closed.get("/actuator/pel").statusCode()).isEqualTo(200);
            assertThat(closed.postJson("/actuator/pel", "{\"action\":\"stop\"}").statusCode())
                    .isEqualTo(405);
            assertThat(closed.bean(EventLoop.class).state()).isEqualTo(LoopState.RUNNING);
        }
    }

    @Test
    void changesNothingOnThePostOfAForeignPage() throws Exception {
        assertThat(application.post("/actuator/pel", null, "").statusCode()).isIn(400, 415);
        assertThat(application.post("/actuator/pel?action=stop", null, "").statusCode())
                .isIn(400, 415);
        assertThat(application
                        .post("/actuator/pel", "application/x-www-form-urlencoded", "action=stop")
                        .statusCode())
                .isIn(400, 415);
        assertThat(application
                        .post("/actuator/pel", "text/plain", "{\"action\":\"stop\"}")
                        .statusCode())
                .isIn(400, 415);
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    // ------------------------------------------------------------------ stop and start

    @Test
    void stopsAndStarts() throws Exception {
        Map<String, Object> report = act("{\"action\":\"stop\",\"deadline\":\"10s\"}", 200);
        assertThat(report)
                .containsOnlyKeys(
                        "loop",
                        "forced",
                        "deadlineMillis",
                        "tookMillis",
                        "drained",
                        "neverStarted",
                        "interrupted",
                        "entries",
                        "timersStopped",
                        "waitingOutside",
                        "completing",
                        "stuck")
                .containsEntry("loop", "pel")
                .containsEntry("forced", false)
                .containsEntry("deadlineMillis", 10_000)
                .containsEntry("stuck", List.of());
        assertThat(json(application.get("/actuator/pel"))).containsEntry("state", "STOPPED");
        assertThat(act("{\"action\":\"start\"}", 200)).containsEntry("state", "RUNNING");
        assertThat(loop.next(() -> 1).get(10, SECONDS)).isEqualTo(1);
    }

    @Test
    void theReportTellsWhatWasCutOff() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        LoopFuture<?> cut = loop.call("cut off").next(() -> {
            entered.countDown();
            new CountDownLatch(1).await();
        });
        loop.delay(Duration.ofHours(1), () -> {});
        assertThat(entered.await(10, SECONDS)).isTrue();
        assertThat(act("{\"action\":\"stop\",\"deadline\":\"0s\"}", 200))
                .containsEntry("interrupted", 1)
                .containsEntry("timersStopped", 1);
        assertThat(cut.outcome()).isEqualTo(Outcome.STOPPED);
    }

    @Test
    @SuppressWarnings("unchecked")
    void theReportNamesTheStuckThreadWithItsStack() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.call("stubborn").next(() -> {
            entered.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        assertThat(entered.await(10, SECONDS)).isTrue();
        Map<String, Object> report = act("{\"action\":\"force-stop\"}", 200);
        release.countDown();
        Map<String, Object> stuck = ((List<Map<String, Object>>) report.get("stuck")).get(0);
        assertThat(report).containsEntry("forced", true);
        assertThat(stuck)
                .containsOnlyKeys("thread", "lane", "callId", "label", "stack")
                .containsEntry("label", "stubborn")
                .containsEntry("lane", "passive");
        assertThat((List<String>) stuck.get("stack"))
                .anyMatch(frame -> frame.contains("PelEndpointTests") && frame.contains(".java:"));
    }

    @Test
    void forceStopHurriesAStopThatDrains() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        loop.next(() -> {
            entered.countDown();
            new CountDownLatch(1).await();
        });
        assertThat(entered.await(10, SECONDS)).isTrue();
        CompletableFuture<?> stop = loop.stop(Duration.ofHours(1));
        assertThat(act("{\"action\":\"force-stop\"}", 200)).containsEntry("interrupted", 1);
        assertThat(stop).isDone();
    }

    @Test
    void aStopWithSettingsThatAreNoSumOfNanosecondsIsReported() throws Exception {
        try (RunningApplication patient = RunningApplication.start(
                List.of(),
                "management.endpoint.pel.access=unrestricted",
                "pel.stop.interrupt-grace=PT3000000H",
                "pel.stop.deadline=PT9223372036854775807S")) {
            HttpResponse<String> answer = patient.postJson("/actuator/pel", "{\"action\":\"stop\"}");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"deadlineMillis\":" + Long.MAX_VALUE);
        }
    }

    // ------------------------------------------------------------------ resize

    @Test
    void resizesALane() throws Exception {
        assertThat(act("{\"action\":\"resize\",\"lane\":\"passive\",\"threads\":128}", 200))
                .isEqualTo(Map.of("lane", "passive", "threads", 128));
        assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(128);
        act("{\"action\":\"resize\",\"lane\":\"passive\",\"threads\":64}", 200);
    }

    // ------------------------------------------------------------------ refusals

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                     | 'action' must be one of stop, force-stop, start, resize
            {"action":"restart"}                                   | 'action' must be one of stop, force-stop, start, resize but was 'restart'
            {"action":"STOP"}                                      | 'action' must be one of stop, force-stop, start, resize but was 'STOP'
            {"action":"stop","deadline":"soon"}                    | 'deadline' must be a duration between 0s and 1h but was 'soon'
            {"action":"stop","deadline":"-1s"}                     | 'deadline' must be a duration between 0s and 1h but was '-1s'
            {"action":"stop","deadline":"61m"}                     | 'deadline' must be a duration between 0s and 1h but was '61m'
            {"action":"stop","deadline":"9223372036854775807h"}    | 'deadline' must be a duration between 0s and 1h but was '9223372036854775807h'
            {"action":"stop","deadline":"99999999999999999999s"}   | 'deadline' must be a duration between 0s and 1h but was '99999999999999999999s'
            {"action":"stop","deadline":"PT3000000H"}              | 'deadline' must be a duration between 0s and 1h but was 'PT3000000H'
            {"action":"stop","deadline":"PT9223372036854775807S"}  | 'deadline' must be a duration between 0s and 1h but was 'PT9223372036854775807S'
            {"action":"stop","deadline":"PT9223372036854775807H"}  | 'deadline' must be a duration between 0s and 1h but was 'PT9223372036854775807H'
            {"action":"stop","deadline":"10"}                      | 'deadline' must be a duration with its unit, such as 10s, but was '10'
            {"action":"stop","deadline":10}                        | 'deadline' must be a duration with its unit, such as 10s, but was '10'
            {"action":"stop","loop":"reports"}                     | 'loop' must be one of pel but was 'reports'
            {"action":"stop","loop":""}                            | 'loop' must be one of pel but was ''
            {"action":"stop","deadline":""}                        | 'deadline' must be a duration between 0s and 1h but was ''
            {"action":"resize","threads":8}                        | 'lane' must be passive or work, as the active lane has one thread
            {"action":"resize","lane":"active","threads":8}        | 'lane' must be passive or work, as the active lane has one thread but was 'active'
            {"action":"resize","lane":"idle","threads":8}          | 'lane' must be passive or work, as the active lane has one thread but was 'idle'
            {"action":"resize","lane":"work"}                      | 'threads' must be a number between 1 and 1024 (pel.endpoint.max-threads)
            {"action":"resize","lane":"work","threads":0}          | 'threads' must be a number between 1 and 1024 (pel.endpoint.max-threads) but was '0'
            {"action":"resize","lane":"work","threads":1025}       | 'threads' must be a number between 1 and 1024 (pel.endpoint.max-threads) but was '1025'
            {"action":"stop","dedline":"1s"}                       | 'dedline' is no parameter: the parameters are action, loop, deadline, lane, threads
            {"action":"stop","dedline":null}                       | 'dedline' is no parameter: the parameters are action, loop, deadline, lane, threads
            {"Action":"stop"}                                      | 'Action' is no parameter: the parameters are action, loop, deadline, lane, threads
            {"":"stop"}                                            | '' is no parameter: the parameters are action, loop, deadline, lane, threads
            {"action":"force-stop","deadline":"1s"}                | 'deadline' must be left out of force-stop but was '1s'
            {"action":"start","deadline":"1s"}                     | 'deadline' must be left out of start but was '1s'
            {"action":"resize","deadline":"1s","lane":"work","threads":8} | 'deadline' must be left out of resize but was '1s'
            {"action":"stop","lane":"work"}                        | 'lane' must be left out of stop but was 'work'
            {"action":"stop","threads":8}                          | 'threads' must be left out of stop but was '8'
            {"action":"resize","lane":"work","threads":"many"}     | 'threads' must be a number between 1 and 1024 (pel.endpoint.max-threads) but was 'many'
            """)
    void aBadValueIsAnsweredWithItsRule(String request, String rule) throws Exception {
        assertThat(act(request, 400)).isEqualTo(Map.of("error", rule));
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"action", "loop", "deadline", "lane", "threads"})
    void ofALongValueOnlyTheBeginningIsRepeated(String parameter) throws Exception {
        Map<String, String> request = new HashMap<>(
                parameter.equals("deadline")
                        ? Map.of("action", "stop")
                        : Map.of("action", "resize", "lane", "work", "threads", "2"));
        request.put(parameter, "x".repeat(3_000_000));
        String body = request.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
        HttpResponse<String> response = application.postJson("/actuator/pel", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("'" + parameter + "' must be ", "xxx")
                .hasSizeLessThan(300);
    }

    @Test
    void ofALongNameOnlyTheBeginningIsRepeated() throws Exception {
        HttpResponse<String> response =
                application.postJson("/actuator/pel", "{\"action\":\"stop\",\"" + "x".repeat(40_000) + "\":1}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("'xxx", "is no parameter").hasSizeLessThan(300);
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"action=stop", "loop=pel", "deadline=1s", "x=1", "action"})
    void parametersInTheQueryAreRefused(String query) throws Exception {
        for (String body : List.of("{}", "{\"action\":\"stop\"}")) {
            HttpResponse<String> response = application.postJson("/actuator/pel?" + query, body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).get("error")).asString().startsWith("Parameters belong into the body");
        }
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"action\":{\"a\":1}}", "[]", "stop"})
    void aBodyThatIsNoFlatObjectIsABadRequest(String request) throws Exception {
        assertThat(application.postJson("/actuator/pel", request).statusCode()).isEqualTo(400);
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @Test
    void aConflictIsAnsweredWithItsRule() throws Exception {
        assertThat(act("{\"action\":\"start\"}", 409))
                .isEqualTo(Map.of("error", "The loop is RUNNING; only a loop that is NEW or STOPPED can be started."));
        loop.close();
        assertThat(act("{\"action\":\"stop\"}", 409))
                .isEqualTo(Map.of("error", "The loop is STOPPED; only a RUNNING loop can be stopped."));
        assertThat(act("{\"action\":\"force-stop\"}", 409))
                .isEqualTo(Map.of(
                        "error",
                        "The loop is STOPPED; only a loop that has started and not yet stopped can be force-stopped."));
        assertThat(act("{\"action\":\"resize\",\"lane\":\"work\",\"threads\":2}", 409))
                .isEqualTo(Map.of("error", "The loop is STOPPED; only a RUNNING loop can be resized."));
    }

    @Test
    void startDuringAStopIsAConflict() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        loop.next(() -> release.await());
        CompletableFuture<?> stop = loop.stop(Duration.ofSeconds(10));
        assertThat(act("{\"action\":\"start\"}", 409)).containsKey("error");
        release.countDown();
        stop.get(20, SECONDS);
    }

    // ------------------------------------------------------------------ its neighbours

    @Test
    @SuppressWarnings("unchecked")
    void healthFollowsTheLoop() throws Exception {
        HttpResponse<String> up = application.get("/actuator/health/pel");
        assertThat(up.statusCode()).isEqualTo(200);
        assertThat(json(up)).containsEntry("status", "UP");
        Map<String, Object> details = (Map<String, Object>) json(up).get("details");
        assertThat(details)
                .containsOnlyKeys("state", "active", "passive", "work")
                .containsEntry("state", "RUNNING");
        assertThat((Map<String, Object>) details.get("passive")).containsOnlyKeys("size", "running", "capacity");

        loop.close();
        HttpResponse<String> down = application.get("/actuator/health/pel");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(json(down)).containsEntry("status", "OUT_OF_SERVICE");
    }

    @Test
    void prometheusHasAllMeters() throws Exception {
        loop.call("a label").next(() -> 1).get(10, SECONDS);
        loop.enqueue(Lane.WORK, () -> {
            throw new IllegalStateException("on purpose");
        });
        await().until(() ->
                application.get("/actuator/prometheus").body().contains("pel_errors_total{loop=\"pel\"} 1.0"));
        assertThat(application.get("/actuator/prometheus").body())
                .contains(
                        "pel_lane_size{lane=\"active\",loop=\"pel\"}",
                        "pel_lane_running{lane=\"passive\",loop=\"pel\"}",
                        "pel_lane_threads{lane=\"work\",loop=\"pel\"}",
                        "pel_lane_capacity{lane=\"work\",loop=\"pel\"} 10000.0",
                        "pel_call_wait_seconds_count{label=\"a label\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"} 1",
                        "pel_call_run_seconds_count{label=\"a label\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"} 1",
                        "pel_call_run_seconds_sum{label=\"a label\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"}",
                        "pel_call_run_max_seconds{label=\"a label\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"}",
                        "pel_call_wait_max_seconds{label=\"a label\",lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"}",
                        "pel_calls_total{lane=\"passive\",loop=\"pel\",outcome=\"succeeded\"}",
                        "pel_calls_total{lane=\"work\",loop=\"pel\",outcome=\"failed\"}");
    }

    private static Map<String, Object> act(String request, int status) throws Exception {
        HttpResponse<String> response = application.postJson("/actuator/pel", request);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return json(response);
    }
}
