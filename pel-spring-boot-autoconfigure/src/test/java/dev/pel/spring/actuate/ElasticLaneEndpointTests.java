package dev.pel.spring.actuate;

import static dev.pel.spring.RunningApplication.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.spring.RunningApplication;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What the endpoint shows and does of a lane whose threads come and go, over HTTP. */
class ElasticLaneEndpointTests {
    @Test
    void laneWithAFixedNumberOfThreadsSaysNothingOfIt() throws Exception {
        try (RunningApplication application = RunningApplication.start(List.of())) {
            assertThat(json(application.get("/actuator/pel/passive"))).doesNotContainKey("pool");
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void elasticLaneShowsItsBoundsAndTheThreadsThatHang() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RunningApplication application = RunningApplication.start(
                List.of(), "pel.passive.min-threads=1", "pel.passive.max-threads=3", "pel.passive.hung-after=100ms")) {
            EventLoop loop = application.bean(EventLoop.class);
            loop.call("fetch").next(() -> release.await());
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !loop.stats().lane(Lane.PASSIVE).pool().hung().isEmpty());
            Map<String, Object> lane = json(application.get("/actuator/pel/passive"));
            assertThat(lane).containsEntry("threads", 1);
            Map<String, Object> pool = (Map<String, Object>) lane.get("pool");
            assertThat(pool)
                    .containsOnlyKeys("min", "max", "hung", "replaced", "recycled")
                    .containsAllEntriesOf(Map.of("min", 1, "max", 3, "replaced", 1, "recycled", 0));
            assertThat((List<Map<String, Object>>) pool.get("hung"))
                    .singleElement()
                    .satisfies(hung -> assertThat(hung)
                            .containsOnlyKeys("thread", "call", "label", "runningMillis")
                            .containsEntry("thread", "pel-passive-1")
                            .containsEntry("label", "fetch"));
            release.countDown();
        }
    }

    @Test
    void resizeChangesTheLargestNumberAndIsRefusedBelowTheSmallest() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                List.of(),
                "management.endpoint.pel.access=unrestricted",
                "pel.passive.min-threads=3",
                "pel.passive.max-threads=8")) {
            EventLoop loop = application.bean(EventLoop.class);
            HttpResponse<String> done =
                    application.postJson("/actuator/pel", "{\"action\":\"resize\",\"lane\":\"passive\",\"threads\":5}");
            assertThat(done.statusCode()).isEqualTo(200);
            assertThat(loop.stats().lane(Lane.PASSIVE).pool().max()).isEqualTo(5);
            HttpResponse<String> refused =
                    application.postJson("/actuator/pel", "{\"action\":\"resize\",\"lane\":\"passive\",\"threads\":2}");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body())
                    .contains("'threads' must be a number between 3 and 1024 (pel.endpoint.max-threads) but was '2'");
        }
    }
}
