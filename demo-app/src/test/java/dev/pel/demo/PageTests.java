package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page in a real browser, with a gateway that fails often. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=0.6",
            "demo.gateway.latency-max=60ms",
            "demo.delivery.pause=20ms",
            "demo.signature.iterations=100",
            // it misses a part of Selenium that is made for one version of the browser, and that is not used here
            "logging.level.org.openqa.selenium=ERROR"
        })
class PageTests {
    private static final Duration LONG = Duration.ofSeconds(60);

    @LocalServerPort
    private int port;

    @TempDir
    private Path directory;

    private ChromeDriver browser;

    @BeforeEach
    void open() {
        browser = Browser.start();
        browser.get("http://127.0.0.1:" + port + "/");
    }

    @AfterEach
    void close() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void progressAndQueuesMoveWhileAnAlertRuns() {
        raise(Path.of("samples", "people.csv").toAbsolutePath());

        await().atMost(LONG).until(() -> value("passive-running") > 0 && value("channel-sms") > 0);
        await().atMost(LONG).until(() -> text("alert-state").equals("finished"));
        assertThat(number("accepted")).isEqualTo(500);
        assertThat(number("delivered") + number("failed")).isEqualTo(500);
        assertThat(number("failed")).isPositive();
        assertThat(text("reasons")).contains("the gateway answered with an error");
        assertThat(text("channel-email-text")).endsWith("0 to go");
        assertThat(value("channel-sms")).isEqualTo(max("channel-sms"));
    }

    @Test
    void markupInAFileIsShownAsText() throws IOException {
        String markup = "<img src=x onerror=\"document.title='owned'\">";
        raise(file("name,channel,address\n<b>Ada</b>,sms,1\nBob,%s,2\n".formatted(markup)));

        await().atMost(LONG).until(() -> text("alert-state").equals("finished"));
        assertThat(text("refused-rows"))
                .contains("3", "must be sms, email or popup but was '" + markup.substring(0, 40));
        assertThatNothingBecameMarkup();
    }

    @Test
    void aFileThatIsRefusedIsExplainedAsText() throws IOException {
        raise(file("<script>document.title='owned'</script>\n<img src=x onerror=\"document.title='owned'\">,sms,1\n"));

        await().atMost(LONG).until(() -> text("problem").contains("The header has no column 'name'"));
        assertThat(text("problem")).contains("<script>");
        assertThatNothingBecameMarkup();
    }

    @Test
    void aStoppedLoopIsShownAndSoIsItsAnswer() {
        DemoClient demo = new DemoClient(port);
        demo.command(Map.of("action", "stop", "deadline", "10s")).expectStatus().isOk();
        await().atMost(LONG).until(() -> text("loop-state").equals("stopped"));

        raise(Path.of("samples", "people.csv").toAbsolutePath());

        await().atMost(LONG).until(() -> text("problem").contains("it is STOPPED. Try again in 5 s."));
        demo.command(Map.of("action", "start")).expectStatus().isOk();
        await().atMost(LONG).until(() -> text("loop-state").equals("running"));
    }

    private void raise(Path people) {
        browser.findElement(By.id("people")).sendKeys(people.toString());
        browser.findElement(By.id("send")).click();
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("people.csv"), content);
    }

    private void assertThatNothingBecameMarkup() {
        assertThat(browser.findElements(By.cssSelector("main img, main b, main script")))
                .isEmpty();
        assertThat(browser.getTitle()).isEqualTo("pel demo: mass notification");
    }

    private String text(String id) {
        return browser.findElement(By.id(id)).getText();
    }

    private int number(String id) {
        return Integer.parseInt(text(id));
    }

    private double value(String id) {
        return property(id, "value");
    }

    private double max(String id) {
        return property(id, "max");
    }

    private double property(String id, String name) {
        return Double.parseDouble(String.valueOf(browser.findElement(By.id(id)).getDomProperty(name)));
    }
}
