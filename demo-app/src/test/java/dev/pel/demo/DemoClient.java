package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** What a user of the demo does, over real HTTP. */
final class DemoClient {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final RestTestClient http;

    DemoClient(int port) {
        this.http = RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .build();
    }

    static String people(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "Person %d,%s,%d".formatted(i, Channel.values()[i % Channel.values().length].key(), i))
                .collect(Collectors.joining("\n", "name,channel,address\n", "\n"));
    }

    ResponseSpec post(String csv, String message) {
        return post(csv.getBytes(StandardCharsets.UTF_8), message);
    }

    ResponseSpec post(byte[] csv, String message) {
        MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
        parts.add("people", new ByteArrayResource(csv) {
            @Override
            public String getFilename() {
                return "people.csv";
            }
        });
        parts.add("message", message);
        return http.post()
                .uri("/alerts")
                .contentType(MediaType.MULTIPART_FORM_DATA)
                .body(parts)
                .exchange();
    }

    /** Raises an alert and says where it is. */
    String raise(int people) {
        return raised(post(people(people), "Fire in the west wing"));
    }

    /** Says where an alert is that was accepted. */
    String raised(ResponseSpec accepted) {
        EntityExchangeResult<AlertView> answer =
                accepted.expectStatus().isAccepted().expectBody(AlertView.class).returnResult();
        String location = String.valueOf(answer.getResponseHeaders().getLocation());
        assertThat(location).isEqualTo("/alerts/" + body(answer).id());
        return location;
    }

    ResponseSpec get(String path) {
        return http.get().uri(path).exchange();
    }

    AlertView alert(String location) {
        return body(
                get(location).expectStatus().isOk().expectBody(AlertView.class).returnResult());
    }

    /** Waits until nobody is pending, and checks that the figures add up. */
    AlertView finished(String location) {
        AlertView alert = await().atMost(LONG).until(() -> alert(location), found -> found.finished() != null);
        assertThat(alert.delivered() + alert.failed()).isEqualTo(alert.accepted());
        assertThat(alert.reasons().values().stream().mapToInt(count -> count).sum())
                .isEqualTo(alert.failed());
        assertThat(alert.channels()).containsOnlyKeys("sms", "email", "popup");
        assertThat(alert.channels().values().stream().reduce(AlertView.Progress.NONE, AlertView.Progress::plus))
                .isEqualTo(new AlertView.Progress(0, alert.delivered(), alert.failed(), alert.retried()));
        return alert;
    }

    /** The state of the loop; the endpoint answers in every one. */
    String state() {
        return String.valueOf(loop().get("state"));
    }

    /** How many deliveries are under way. */
    int passiveRunning() {
        return ((Map<?, ?>) ((Map<?, ?>) loop().get("lanes")).get("passive")).get("running") instanceof Integer running
                ? running
                : 0;
    }

    private Map<?, ?> loop() {
        return body(
                get("/actuator/pel").expectStatus().isOk().expectBody(Map.class).returnResult());
    }

    ResponseSpec command(Map<String, String> command) {
        return http.post()
                .uri("/actuator/pel")
                .contentType(MediaType.APPLICATION_JSON)
                .body(command)
                .exchange();
    }

    ResponseSpec commandWithoutBody() {
        return http.post().uri("/actuator/pel").exchange();
    }

    /** What the demo itself sends to its gateway. */
    ResponseSpec send(String channel, String signature, Map<String, String> notice) {
        return http.post()
                .uri("/gateway/{channel}", channel)
                .header("X-Signature", signature)
                .contentType(MediaType.APPLICATION_JSON)
                .body(notice)
                .exchange();
    }

    /** The words that tell a user why the answer is no. */
    static String detail(ResponseSpec answer, HttpStatus status) {
        return String.valueOf(body(answer.expectStatus()
                        .isEqualTo(status)
                        .expectBody(Map.class)
                        .returnResult())
                .get("detail"));
    }

    static <T> T body(EntityExchangeResult<T> answer) {
        T body = answer.getResponseBody();
        assertThat(body).isNotNull();
        return body;
    }
}
