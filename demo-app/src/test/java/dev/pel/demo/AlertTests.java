package dev.pel.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Alerts over HTTP, with a gateway that is quick and never fails. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=0",
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.latency-min=0ms",
            "demo.gateway.latency-max=2ms",
            "demo.signature.iterations=1",
            "demo.intake.max-open=2000",
            "demo.people.max-rows=2000",
            "demo.intake.kept-alerts=3",
            "spring.servlet.multipart.max-file-size=100KB"
        })
class AlertTests {
    @Autowired
    private Intake intake;

    private DemoClient demo;

    @BeforeEach
    void client(@LocalServerPort int port) {
        demo = new DemoClient(port);
    }

    @Test
    void everybodyIsNotified() {
        AlertView alert = demo.finished(demo.raise(1_000));

        assertThat(alert.accepted()).isEqualTo(1_000);
        assertThat(alert.delivered()).isEqualTo(1_000);
        assertThat(alert.channels()).containsEntry("sms", new AlertView.Progress(0, 334, 0, 0));
        assertThat(alert.stream()).isNull();
    }

    @Test
    void severalAlertsGoOnSideBySide() {
        String first = demo.raise(500);
        String second = demo.raise(3);

        assertThat(demo.finished(second).delivered()).isEqualTo(3);
        assertThat(demo.finished(first).delivered()).isEqualTo(500);
    }

    @Test
    void aBadRowIsReportedWithItsLineAndTheOthersAreNotified() {
        String location = String.valueOf(demo.post(
                        "\uFEFFname,channel,address\r\n\"Ada\nL\",sms,1\r\nBob,fax,2\r\nJürgen,email,3\r\n",
                        "Füße hoch")
                .expectStatus()
                .isAccepted()
                .expectBody()
                .jsonPath("$.refused[0].line")
                .isEqualTo(4)
                .returnResult()
                .getResponseHeaders()
                .getLocation());

        AlertView alert = demo.finished(location);
        assertThat(alert.delivered()).isEqualTo(2);
        assertThat(alert.refused())
                .containsExactly(new RefusedRow(4, "'channel' must be sms, email or popup but was 'fax'"));
    }

    @Test
    void aFileOfNoUseIsRefusedWithTheReason() {
        assertThat(DemoClient.detail(demo.post("", "Fire"), HttpStatus.BAD_REQUEST))
                .contains("The file is empty");
        assertThat(DemoClient.detail(demo.post(new byte[] {0, 1, 2}, "Fire"), HttpStatus.BAD_REQUEST))
                .contains("not text in UTF-8");
        demo.post("name,channel,address\nAda,fax,1\n", "Fire")
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.refused[0].reason")
                .isEqualTo("'channel' must be sms, email or popup but was 'fax'");
    }

    @Test
    void aMessageMustSaySomethingAndNotTooMuch() {
        assertThat(DemoClient.detail(demo.post(DemoClient.people(1), " "), HttpStatus.BAD_REQUEST))
                .contains("'message' must have 1 to 1000 characters");
        assertThat(DemoClient.detail(demo.post(DemoClient.people(1), "x".repeat(1_001)), HttpStatus.BAD_REQUEST))
                .contains("but has 1001");
    }

    @Test
    void aFileThatIsTooLargeIsRefusedWithTheRule() {
        assertThat(DemoClient.detail(
                        demo.post("x".repeat(200_000).getBytes(UTF_8), "Fire"), HttpStatus.CONTENT_TOO_LARGE))
                .isEqualTo("The file must have at most 100 kB. Send the people in parts.");
    }

    @Test
    void anUnknownAlertIsNotFound() {
        assertThat(DemoClient.detail(demo.get("/alerts/unknown"), HttpStatus.NOT_FOUND))
                .contains("There is no alert with this id");
    }

    @Test
    void theOldestFinishedAlertsAreForgotten() {
        String first = demo.raise(1);
        demo.finished(first);
        for (int i = 0; i < 3; i++) {
            demo.finished(demo.raise(1));
        }

        demo.get(first).expectStatus().isNotFound();
    }

    @Test
    void intakeEndsAtTheMostOpenPeople() {
        intake.admit(1_000, 1_000);

        assertThat(catchThrowableOfType(TryLaterException.class, () -> intake.admit(1_000, 1_001)))
                .hasMessageContaining("1001 people of earlier alerts are still to be notified and this alert has 1000;"
                        + " the most is 2000")
                .extracting(e -> e.getHeaders().getFirst(HttpHeaders.RETRY_AFTER))
                .isEqualTo("5");
    }

    @Test
    void theGatewayTakesSignedNoticesOfItsChannelsOnly() {
        String signature = "0123456789abcdef".repeat(4);
        Map<String, String> notice = Map.of("address", "1", "message", "Fire");

        demo.send("sms", signature, notice).expectStatus().isNoContent();
        demo.send("fax", signature, notice).expectStatus().isNotFound();
        demo.send("sms", "unsigned", notice).expectStatus().isBadRequest();
        demo.send("sms", signature, Map.of("address", " ", "message", "Fire"))
                .expectStatus()
                .isBadRequest();
        demo.send("sms", signature, Map.of("message", "Fire")).expectStatus().isBadRequest();
    }

    @Test
    void thePageRunsItsOwnScriptOnly() {
        demo.get("/")
                .expectStatus()
                .isOk()
                .expectHeader()
                .value(
                        "Content-Security-Policy",
                        policy -> assertThat(policy).contains("default-src 'none'", "script-src 'self'"));
        demo.get("/app.js").expectStatus().isOk();
    }
}
