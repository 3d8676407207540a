package dev.pel.demo;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page in a real browser, with a gateway that fails often. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "demo.gateway.failure-rate=0.6",
            "pel.limits.gateway.rate=1000/s",
            "demo.gateway.latency-min=100ms",
            "demo.gateway.latency-max=200ms",
            "demo.delivery.pause=20ms",
            "demo.signature.iterations=100",
            // it misses a part of Selenium that is made for one version of the browser, and that is not used here
            "logging.level.org.openqa.selenium=ERROR"
        })
class PageTests {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Path SAMPLE = Path.of("samples", "people.csv").toAbsolutePath();

    /** What sticks out of the page to the right, and what covers a neighbour, as a list of texts. */
    private static final String FAULTS = """
            const wide = document.documentElement.clientWidth;
            const faults = [];
            if (document.documentElement.scrollWidth > wide) {
              faults.push(`the page is ${document.documentElement.scrollWidth} px wide, not ${wide}`);
            }
            const name = e => e.tagName + (e.id ? '#' + e.id : '') + ' ' + e.textContent.trim().slice(0, 30);
            const box = e => e.getBoundingClientRect();
            for (const e of document.querySelectorAll('body *')) {
              if (!e.checkVisibility() || e.closest('.track')) {
                continue;
              }
              if (box(e).right > wide + 1 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && e.tagName !== 'INPUT') {
                faults.push(`${name(e)} is too wide`);
              }
              const next = e.nextElementSibling;
              if (next && next.checkVisibility()) {
                const a = box(e), b = box(next);
                if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) {
                  faults.push(`${name(e)} overlaps ${name(next)}`);
                }
              }
            }
            return faults;
            """;

    /** So many sockets send four messages each without waiting for an answer; the answers of each, or why it was closed. */
    private static final String COUNTERS = """
            const [sockets, done] = arguments;
            const counter = () => new Promise(resolve => {
              const socket = new WebSocket(`ws://${location.host}/counter`);
              const answers = [];
              socket.onopen = () => [1, 2, 3, 4].forEach(() => socket.send('count'));
              socket.onmessage = ({data}) => {
                answers.push(data);
                if (answers.length === 4) {
                  resolve(answers);
                  socket.close();
                }
              };
              socket.onclose = ({code, reason}) => resolve([...answers, `closed with ${code} ${reason}`]);
            });
            Promise.all(Array.from({length: sockets}, counter)).then(done);
            """;

    @LocalServerPort
    private int port;

    @Autowired
    private EventLoop loop;

    @TempDir
    private Path directory;

    /** One for all tests; each begins with a fresh page. */
    private static ChromeDriver browser;

    @BeforeAll
    static void open() {
        browser = Browser.start();
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void visit() {
        visit("");
    }

    @AfterEach
    void startAnew() {
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        browser.executeCdpCommand("Emulation.setScrollbarsHidden", Map.of("hidden", false));
        if (loop.state() != LoopState.STOPPED) {
            loop.forceStop().join(); // the next start has the lanes' threads as configured
        }
        loop.start();
    }

    // ------------------------------------------------------------------ an alert

    @Test
    void progressAndQueuesMoveWhileAnAlertRuns() {
        loop.resize(Lane.PASSIVE, 16); // so few that it runs for long, also when the browser is slow
        raise(SAMPLE);

        await().atMost(LONG).until(() -> done("passive-running") > 0 && done("channel-sms") > 0);
        await().atMost(LONG)
                .until(() -> width("passive-running", "done") > 10 && width("channel-sms", "delivered") > 0);
        assertThat(text("passive-running-text")).matches("\\d+ of 16");
        assertThat(text("passive-waiting")).matches("\\d+ of 10 000");
        await().atMost(LONG)
                .until(() -> text("pace").matches("\\d+ on their way, \\d+ per second, about \\d+ s to go"));
        assertThat(text("limit")).matches("The gateway allows 1 000 tries a second. Of the deliveries .* \\d+ wait .*");
        awaitText("alert-state", "finished with failures");
        assertThat(byId("pace").isDisplayed()).isFalse();
        assertThat(number("accepted")).isEqualTo(500);
        assertThat(number("delivered") + number("failed")).isEqualTo(500);
        assertThat(text("channel-email-text")).contains(" 0 to go");
        assertThat(attribute("channel-sms", "aria-valuenow")).isEqualTo(attribute("channel-sms", "aria-valuemax"));
    }

    @Test
    void aRunThatFailsShowsItsFailuresInRedAndItsRetries() {
        raise(SAMPLE);

        awaitText("alert-state", "finished with failures");
        assertThat(number("failed")).isPositive();
        assertThat(number("retried")).isPositive();
        assertThat(text("reasons")).contains("the gateway answered with an error");
        assertThat(text("channel-sms-text")).containsPattern("[1-9]\\d* failed, 0 to go; [1-9]\\d* tried again");
        assertThat(byId("alert-state").getDomAttribute("class")).contains("bad").doesNotContain("good");
        WebElement failedShare = byId("channel-sms").findElement(By.className("failed"));
        assertThat(failedShare.getCssValue("background-color"))
                .isEqualTo(byId("alert-state").getCssValue("color"))
                .isNotEqualTo(byId("channel-sms")
                        .findElement(By.className("delivered"))
                        .getCssValue("background-color"));
        await().atMost(LONG).until(() -> width("channel-sms", "failed") > 10);
    }

    @Test
    void anAlertSurvivesAReload() throws IOException {
        raise(file("name,channel,address\nAda,sms,1\nBob,fax,2\n"));
        awaitText("accepted", "1");
        String address = browser.getCurrentUrl();
        assertThat(address).matches(".*/\\?alert=[-0-9a-f]{36}");

        browser.navigate().refresh();

        awaitText("accepted", "1");
        assertThat(text("refused-rows")).contains("but was 'fax'");
        assertThat(browser.getCurrentUrl()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "00000000-0000-0000-0000-000000000000, There is no alert with this id",
        "..%2Factuator%2Fpel, names no alert: \"../actuator/pel\" is not the id of one"
    })
    void anUnknownIdInTheAddressIsSaid(String id, String problem) {
        visit("?alert=" + id);

        await().atMost(LONG).until(() -> text("alert-problem").contains(problem));
        assertThat(text("alert-state")).isEqualTo("cannot be seen");
        assertThat(byId("alert-figures").isDisplayed()).isFalse();
    }

    @Test
    void markupInAFileIsShownAsText() throws IOException {
        String markup = "<img src=x onerror=\"document.title='owned'\">";
        raise(file("name,channel,address\n<b>Ada</b>,sms,1\nBob,%s,2\n".formatted(markup)));

        await().atMost(LONG).until(() -> text("alert-state").startsWith("finished"));
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
    void progressIsShownAgainWhenTheLoopWasStoppedAndStarted() {
        loop.resize(Lane.PASSIVE, 8); // so few that the alert still runs when the loop is stopped
        raise(SAMPLE);
        await().atMost(LONG).until(() -> done("channel-sms") > 0);
        fill("deadline", "0");
        click("stop");
        awaitText("alert-state", "cannot be seen");
        awaitText("alert-problem", "The connection was closed: the event loop was stopped. It is tried again.");
        assertThat(byId("pace").isDisplayed()).isFalse();

        click("start");
        awaitText("alert-state", "finished with failures");
        assertThat(text("reasons")).contains("the event loop was stopped");
        assertThat(text("alert-problem")).isEmpty();

        String address = browser.getCurrentUrl();
        raise(SAMPLE);
        await().atMost(LONG).until(() -> !browser.getCurrentUrl().equals(address));
        awaitText("alert-state", "finished with failures");
        assertThat(number("delivered") + number("failed")).isEqualTo(500);
        assertThat(text("reasons")).doesNotContain("the event loop was stopped");
    }

    @Test
    void countersOfSeveralSocketsEndAtFourAndCountInOrderWhileAnAlertRuns() {
        loop.resize(Lane.PASSIVE, 8); // so few that all are in use, and for long
        raise(SAMPLE);
        await().atMost(LONG).until(() -> done("passive-running") >= 8);

        browser.manage().timeouts().scriptTimeout(LONG);
        List<?> answers = (List<?>) browser.executeAsyncScript(COUNTERS, 8);

        assertThat(answers)
                .hasSize(8)
                .allSatisfy(counted -> assertThat(counted).isEqualTo(List.of("1", "2", "3", "4")));
    }

    // ------------------------------------------------------------------ the loop

    @Test
    void theStopButtonShowsTheReportAndTheStartButtonStartsAgain() throws IOException {
        raise(file("name,channel,address\nAda,sms,1\n"));
        await().atMost(LONG).until(() -> text("alert-state").startsWith("finished"));
        CountDownLatch release = new CountDownLatch(1);
        loop.next(() -> release.await());

        click("stop");
        awaitText("loop-state", "draining");
        assertThat(text("loop-meaning")).startsWith("Alerts under way go on until everybody is notified");
        assertThat(enabled()).containsExactly("force-stop");
        release.countDown();

        awaitText("loop-state", "stopped");
        await().atMost(LONG).until(() -> byId("report").isDisplayed());
        assertThat(number("drained")).isPositive();
        assertThat(number("never-started") + number("interrupted") + number("stuck-count"))
                .isZero();
        assertThat(text("command-answer")).startsWith("The loop was to stop within 20 s, and took ");
        assertThat(text("loop-meaning")).contains("Alerts cannot be raised or looked at until it is started again");
        assertThat(enabled()).containsExactly("start");

        raise(SAMPLE);
        await().atMost(LONG).until(() -> text("problem").contains("it is STOPPED. Try again in 5 s."));
        browser.navigate().refresh();
        await().atMost(LONG).until(() -> text("alert-problem").contains("the event loop was stopped"));
        assertThat(text("alert-state")).isEqualTo("cannot be seen");
        await().atMost(LONG).until(() -> enabled().contains("start"));

        click("start");
        awaitText("loop-state", "running");
        awaitText("command-answer", "The loop has started.");
        awaitText("accepted", "1"); // the alert can be looked at again
        assertThat(enabled()).containsExactlyInAnyOrder("stop", "force-stop", "resize");
    }

    @Test
    void theForceStopButtonShowsWhatWasInterruptedAndWhichThreadIsStuck() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        loop.next(() -> {
            entered.countDown();
            release.await();
        });
        loop.call("stubborn").next(() -> {
            entered.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait(); // heeds no interrupt
            }
        });
        assertThat(entered.await(LONG.toSeconds(), SECONDS)).isTrue();

        click("force-stop");

        await().atMost(LONG).until(() -> byId("report").isDisplayed());
        release.countDown();
        assertThat(text("command-answer")).startsWith("The loop was to stop at once, by force");
        assertThat(number("interrupted")).isEqualTo(1);
        assertThat(number("stuck-count")).isEqualTo(1);
        assertThat(text("stuck"))
                .containsPattern("pel-passive-\\d+ on the passive lane did not come back from \"stubborn\"");
        byId("stuck").findElement(By.tagName("summary")).click();
        assertThat(text("stuck")).contains("dev.pel.demo.PageTests");
    }

    @Test
    void theResizeButtonChangesTheThreadsOfALane() {
        fill("threads", "96");
        click("resize");

        awaitText("command-answer", "The passive lane now has 96 threads, until the loop stops.");
        await().atMost(LONG).until(() -> text("passive-running-text").endsWith(" of 96"));
    }

    @Test
    void aCommandThatIsRefusedIsExplainedInWords() {
        browser.executeScript("document.getElementById('threads').max = ''"); // or the browser refuses it
        fill("threads", "5000");
        click("resize");

        awaitText(
                "command-problem",
                "'threads' must be a number between 1 and 1024 (pel.endpoint.max-threads) but was '5000'");
    }

    // ------------------------------------------------------------------ for everybody

    @ParameterizedTest
    @ValueSource(ints = {360, 768, 1280})
    void thePageFitsAndNothingOverlaps(int width) throws IOException, InterruptedException {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        browser.executeCdpCommand("Emulation.setScrollbarsHidden", Map.of("hidden", true));
        raise(file("name,channel,address\nAda,sms,1\nBob,fax,2\nCy,email,3\nDi,%s,4\n".formatted("x".repeat(90))));
        await().atMost(LONG).until(() -> text("alert-state").startsWith("finished"));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.call("stubborn").next(() -> {
            entered.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        assertThat(entered.await(LONG.toSeconds(), SECONDS)).isTrue();
        click("force-stop");
        await().atMost(LONG).until(() -> byId("report").isDisplayed());
        release.countDown();
        byId("stuck").findElement(By.tagName("summary")).click();
        awaitText("loop-state", "stopped");
        await().atMost(LONG).until(() -> enabled().contains("start"));

        screenshot("page-" + width + ".png");
        assertThat(browser.executeScript(FAULTS))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .isEmpty();
    }

    @Test
    void everyControlAndBarHasANameForScreenReaders() throws IOException {
        raise(file("name,channel,address\nAda,sms,1\n"));
        await().atMost(LONG).until(() -> text("alert-state").startsWith("finished"));
        assertThat(browser.findElements(By.cssSelector("input, select, button, [role=progressbar]")))
                .hasSizeGreaterThan(10)
                .allSatisfy(control -> assertThat(control.getAccessibleName()).isNotBlank());
    }

    private void visit(String query) {
        browser.get("http://127.0.0.1:" + port + "/" + query);
    }

    private void raise(Path people) {
        byId("people").sendKeys(people.toString());
        byId("send").click();
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("people.csv"), content);
    }

    private void screenshot(String name) throws IOException {
        Object shot = browser.executeCdpCommand(
                        "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
                .get("data");
        Files.write(Path.of("target", name), Base64.getDecoder().decode(String.valueOf(shot)));
    }

    private void click(String form) {
        WebElement button = byId(form).findElement(By.tagName("button"));
        await().atMost(LONG).until(button::isEnabled);
        button.click();
    }

    private void fill(String id, String value) {
        byId(id).clear();
        byId(id).sendKeys(value);
    }

    /** The commands that can be given now. */
    private List<String> enabled() {
        return Stream.of("stop", "force-stop", "start", "resize")
                .filter(form -> byId(form).findElement(By.tagName("button")).isEnabled())
                .toList();
    }

    private void assertThatNothingBecameMarkup() {
        assertThat(browser.findElements(By.cssSelector("main img, main b, main script")))
                .isEmpty();
        assertThat(browser.getTitle()).isEqualTo("pel demo: mass notification");
    }

    private void awaitText(String id, String expected) {
        await().atMost(LONG).untilAsserted(() -> assertThat(text(id)).isEqualTo(expected));
    }

    private WebElement byId(String id) {
        return browser.findElement(By.id(id));
    }

    private String text(String id) {
        return byId(id).getText();
    }

    private int number(String id) {
        return Integer.parseInt(text(id));
    }

    /** How much of a bar is done; nothing before its figures have come. */
    private int done(String bar) {
        String now = attribute(bar, "aria-valuenow");
        return now == null ? 0 : Integer.parseInt(now);
    }

    /** How many pixels of a bar one of its parts takes. */
    private int width(String bar, String part) {
        return byId(bar).findElement(By.className(part)).getSize().getWidth();
    }

    private @Nullable String attribute(String id, String name) {
        return byId(id).getDomAttribute(name);
    }
}
