package dev.pel.spring.actuate;

import static dev.pel.spring.RunningApplication.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.spring.RunningApplication;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** What strangers, foreign pages and careless operators can do through the actuator: nothing. */
class AdminSurfaceTests {
    private static final String STOP = "{\"action\":\"force-stop\"}";
    private static final String CANARY = "PEL-CANARY-7f3a";

    /** For all that must change nothing. */
    private static RunningApplication open;

    @BeforeAll
    static void startApplication() {
        open = RunningApplication.start(
                List.of(),
                "management.endpoint.pel.access=unrestricted",
                "pel.endpoint.max-threads=8",
                "pel.work.threads=2");
    }

    @AfterAll
    static void stopApplication() {
        open.close();
    }

    // ------------------------------------------------------------------ access

    @ParameterizedTest
    @CsvSource(textBlock = """
            # exposed, access, the most that is permitted, GET, GET of a part, POST, DELETE
            true,  ,             ,          200, 200, 405, 405
            true,  none,         ,          404, 404, 404, 404
            true,  read-only,    ,          200, 200, 405, 405
            true,  unrestricted, ,          200, 200, 200, 405
            true,  unrestricted, read-only, 200, 200, 405, 405
            true,  unrestricted, none,      404, 404, 404, 404
            false, ,             ,          404, 404, 404, 404
            false, none,         ,          404, 404, 404, 404
            false, read-only,    ,          404, 404, 404, 404
            false, unrestricted, ,          404, 404, 404, 404
            """)
    void eachAccessAllowsItsVerbsAndNoOther(
            boolean exposed, String access, String most, int get, int part, int post, int delete) throws Exception {
        List<String> properties =
                new ArrayList<>(List.of("management.endpoints.web.exposure.include=" + (exposed ? "*" : "health")));
        if (access != null) {
            properties.add("management.endpoint.pel.access=" + access);
        }
        if (most != null) {
            properties.add("management.endpoints.access.max-permitted=" + most);
        }
        try (RunningApplication application = RunningApplication.start(List.of(), properties.toArray(String[]::new))) {
            EventLoop loop = application.bean(EventLoop.class);
            assertThat(application.get("/actuator/pel").statusCode()).isEqualTo(get);
            assertThat(application.get("/actuator/pel/passive").statusCode()).isEqualTo(part);
            assertThat(application.send("DELETE", "/actuator/pel").statusCode()).isEqualTo(delete);
            assertThat(application.send("PUT", "/actuator/pel").statusCode()).isIn(404, 405);
            assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
            assertThat(application.postJson("/actuator/pel", STOP).statusCode()).isEqualTo(post);
            assertThat(loop.state()).isEqualTo(post == 200 ? LoopState.STOPPED : LoopState.RUNNING);
        }
    }

    // ------------------------------------------------------------------ foreign pages

    /** A web endpoint's operation takes a POST without a body of JSON only when all it wants stands in the path. */
    @Test
    void everyWriteOperationHasAValueThatStandsInTheBody() {
        List<Method> writing = Arrays.stream(PelEndpoint.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(WriteOperation.class)
                        || method.isAnnotationPresent(DeleteOperation.class))
                .toList();
        assertThat(writing).isNotEmpty().allSatisfy(method -> {
            assertThat(method.isAnnotationPresent(DeleteOperation.class)).isFalse();
            assertThat(method.getParameters())
                    .anyMatch((Parameter parameter) -> !parameter.isAnnotationPresent(Selector.class));
        });
    }

    static Stream<Arguments> whatAForeignPageCanSend() {
        List<String> types = new ArrayList<>(
                List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"));
        types.add(null);
        return types.stream()
                .flatMap(type ->
                        Stream.of("stop", "force-stop", "start", "resize").map(action -> Arguments.of(type, action)));
    }

    @ParameterizedTest
    @MethodSource("whatAForeignPageCanSend")
    void postOfAForeignPageChangesNothing(String type, String action) throws Exception {
        EventLoop loop = open.bean(EventLoop.class);
        LoopStats before = loop.stats();
        String query = "action=" + action + "&lane=work&threads=3";
        List<String> bodies = List.of("", query, "{\"action\":\"" + action + "\",\"lane\":\"work\",\"threads\":\"3\"}");
        for (String body : bodies) {
            for (String path : List.of("/actuator/pel", "/actuator/pel?" + query)) {
                assertThat(open.post(path, type, body).statusCode()).isIn(400, 415);
            }
        }
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
        assertThat(loop.stats().since()).isEqualTo(before.since());
        assertThat(loop.stats().lane(Lane.WORK).threads())
                .isEqualTo(before.lane(Lane.WORK).threads());
    }

    @Test
    void anotherOriginGetsNoPermission() throws Exception {
        HttpResponse<String> preflight = open.send(
                "OPTIONS",
                "/actuator/pel",
                "Origin",
                "https://elsewhere.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "content-type");
        assertThat(preflight.headers().map()).doesNotContainKey("access-control-allow-origin");
    }

    // ------------------------------------------------------------------ sizes

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "-1", "9", "2147483647", "2147483648", "-2147483648", "1e3", "8.0", "\"\"", "null", "[8]"})
    void sizeOutOfRangeIsRefusedAndChangesNothing(String threads) throws Exception {
        EventLoop loop = open.bean(EventLoop.class);
        for (String lane : List.of("passive", "work")) {
            int before = loop.stats().lane(Lane.PASSIVE).threads();
            String request = "{\"action\":\"resize\",\"lane\":\"" + lane + "\",\"threads\":" + threads + "}";
            assertThat(open.postJson("/actuator/pel", request).statusCode()).isEqualTo(400);
            assertThat(loop.stats().lane(Lane.PASSIVE).threads()).isEqualTo(before);
            assertThat(loop.stats().lane(Lane.WORK).threads()).isEqualTo(2);
        }
    }

    // ------------------------------------------------------------------ secrets

    @Test
    void secretsInMessagesContextAndArgumentsAppearNowhere() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                List.of(),
                "management.endpoint.pel.access=unrestricted",
                "management.endpoint.health.show-details=always",
                "management.endpoint.metrics.access=unrestricted")) {
            assertThat(withSecrets(application)).noneMatch(response -> response.contains(CANARY));
            assertThat(application.get("/actuator/pel").body()).doesNotContain("failures");
        }
    }

    @Test
    void messagesAreShownOnlyToThoseWhoMaySeeThem() throws Exception {
        try (RunningApplication application =
                RunningApplication.start(List.of(), "pel.endpoint.show-values=when-authorized")) {
            fail(application);
            assertThat(shownFailure(application))
                    .containsEntry("error", IllegalStateException.class.getName())
                    .containsEntry("label", "the developer's")
                    .containsEntry("lane", "passive")
                    .containsEntry("message", "******");
        }
        try (RunningApplication application = RunningApplication.start(List.of(), "pel.endpoint.show-values=always")) {
            fail(application);
            assertThat(shownFailure(application)).containsEntry("message", "secret " + CANARY);
            for (int i = 0; i < 50; i++) {
                fail(application);
            }
            await().until(() -> application.bean(EventLoop.class).stats().unhandled() == 51);
            assertThat((List<?>) json(application.get("/actuator/pel")).get("failures"))
                    .hasSize(20);
        }
    }

    private static void fail(RunningApplication application) {
        application.bean(EventLoop.class).call("the developer's").next(() -> {
            throw new IllegalStateException("secret " + CANARY);
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> shownFailure(RunningApplication application) {
        return await().until(
                        () -> (List<Map<String, Object>>)
                                json(application.get("/actuator/pel")).get("failures"),
                        failures -> !failures.isEmpty())
                .get(0);
    }

    /** Plants the canary wherever an application could, and returns all that the actuator says about pel. */
    private static List<String> withSecrets(RunningApplication application) throws Exception {
        EventLoop loop = application.bean(EventLoop.class);
        String secret = "argument " + CANARY;
        MDC.put("user", CANARY);
        try {
            fail(application);
            loop.next(() -> secret, result -> {}).get(10, SECONDS);
            loop.enqueue(Lane.ACTIVE, () -> {
                throw new IOException(CANARY);
            });
            loop.call("cancelled").next(() -> secret).completeExceptionally(new IOException(CANARY));
        } finally {
            MDC.remove("user");
        }
        await().until(() -> loop.stats().unhandled() >= 2);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.next(() -> {
            entered.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return secret;
        });
        assertThat(entered.await(10, SECONDS)).isTrue();
        List<String> responses = new ArrayList<>();
        for (String path : List.of("/pel", "/pel/passive", "/health", "/health/pel", "/prometheus", "/metrics")) {
            HttpResponse<String> response = application.get("/actuator" + path);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            responses.add(response.body());
        }
        Set<String> meters = new HashSet<>(namesOf(application));
        meters.removeIf(name -> !name.startsWith("pel."));
        assertThat(meters).isNotEmpty();
        for (String meter : meters) {
            responses.add(application.get("/actuator/metrics/" + meter).body());
        }
        responses.add(application.postJson("/actuator/pel", STOP).body()); // with the stack of the stuck one
        assertThat(responses.get(responses.size() - 1)).contains("stuck");
        release.countDown();
        return responses;
    }

    @SuppressWarnings("unchecked")
    private static List<String> namesOf(RunningApplication application) throws Exception {
        return (List<String>) json(application.get("/actuator/metrics")).get("names");
    }

    // ------------------------------------------------------------------ JMX

    @Test
    void nothingIsExposedOverJmxByDefault() throws Exception {
        try (RunningApplication application = RunningApplication.start(List.of(), "spring.jmx.enabled=true")) {
            assertThat(application.bean(EventLoop.class).state()).isEqualTo(LoopState.RUNNING);
            assertThat(operations()).isEmpty();
        }
    }

    @Test
    void whatIsExposedOverJmxOnlyReadsByDefault() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                List.of(), "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*")) {
            assertThat(application.bean(EventLoop.class).state()).isEqualTo(LoopState.RUNNING);
            assertThat(operations())
                    .extracting(MBeanOperationInfo::getName)
                    .containsExactlyInAnyOrder("loop", "part", "laneOfLoop");
            assertThat(operations()).extracting(MBeanOperationInfo::getImpact).containsOnly(MBeanOperationInfo.INFO);
        }
    }

    private static List<MBeanOperationInfo> operations() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        List<MBeanOperationInfo> found = new ArrayList<>();
        for (ObjectName name :
                server.queryNames(new ObjectName("org.springframework.boot:type=Endpoint,name=Pel,*"), null)) {
            MBeanInfo info = server.getMBeanInfo(name);
            found.addAll(List.of(info.getOperations()));
        }
        return found;
    }
}
