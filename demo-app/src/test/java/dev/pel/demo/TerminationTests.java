package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The end of the demo's own process, in a JVM of its own. */
class TerminationTests {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration TERMINATION = Duration.ofSeconds(150);
    private static final int TERMINATIONS =
            Integer.getInteger("pel.demo.terminations", Boolean.getBoolean("pel.test.thorough") ? 5 : 1);
    private static final Pattern ENDED =
            Pattern.compile("5000 accepted, (?<delivered>\\d+) delivered, (?<failed>\\d+) failed" + " \\{.*"
                    + FailureReason.LOOP_STOPPED.text() + "=(?<stopped>\\d+)");
    static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    @TempDir
    private Path directory;

    private @Nullable Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    @Tag("scaled")
    void terminationInTheMiddleOfAnAlertLosesNobody() throws Exception {
        for (int i = 0; i < TERMINATIONS; i++) {
            // so many notices fail at first that retries are on their way whenever the signal comes
            Process demo = start(
                    "--demo.gateway.failure-rate=0.2",
                    "--demo.delivery.retries=40",
                    "--pel.stop.deadline=100s",
                    "--spring.lifecycle.timeout-per-shutdown-phase=110s");
            DemoClient client = new DemoClient(port());
            String alert = client.raise(250);
            await().atMost(LONG).until(() -> client.alert(alert).delivered() > 0);

            terminate(demo);

            assertThat(log())
                    .containsPattern("loop 'pel' stopped in .* \\(deadline .*\\): drained \\(\\d+ calls?")
                    .contains(alert.substring(alert.lastIndexOf('/') + 1)
                            + ": 250 accepted, 250 delivered, 0 failed {}, ");
        }
    }

    @Test
    void anAlertThatComesWhileTheLoopDrainsIsToldToComeLater() throws Exception {
        Process demo = start("--demo.gateway.latency-min=2s", "--demo.gateway.latency-max=2s");
        DemoClient client = new DemoClient(port());
        client.raise(100);
        await().atMost(LONG).until(() -> client.passiveRunning() > 0);

        demo.destroy();
        await().atMost(LONG).until(() -> client.state().equals("DRAINING"));
        ResponseSpec refused = client.post(DemoClient.people(1), "Fire");

        assertThat(DemoClient.detail(refused, HttpStatus.SERVICE_UNAVAILABLE))
                .isEqualTo("The event loop accepts nothing now: it is DRAINING.");
        refused.expectHeader().valueEquals("Retry-After", "5");
        terminate(demo);
        assertThat(log()).contains(": 100 accepted, ");
    }

    @Test
    void aDeadlineThatIsTooShortSaysWhoWasNotReached() throws Exception {
        Process demo = start("--pel.stop.deadline=1s");
        DemoClient client = new DemoClient(port());
        String alert = client.raise(5_000);
        await().atMost(LONG).until(() -> client.alert(alert).delivered() > 0);

        terminate(demo);

        assertThat(log()).containsPattern("loop 'pel' stopped in .* \\(deadline 1 s\\): not drained");
        Matcher end = ENDED.matcher(log());
        assertThat(end.find()).as(log()).isTrue();
        assertThat(Integer.parseInt(end.group("delivered"))).isPositive();
        assertThat(Integer.parseInt(end.group("delivered")) + Integer.parseInt(end.group("failed")))
                .isEqualTo(5_000);
        assertThat(Integer.parseInt(end.group("stopped"))).isGreaterThan(2_500);
    }

    private static void terminate(Process demo) throws InterruptedException {
        demo.destroy();
        assertThat(demo.waitFor(TERMINATION.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(128 + 15);
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                DemoApplication.class.getName(),
                "--server.port=0"));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("console.txt").toFile())
                .start();
        return process;
    }

    private int port() {
        return await().atMost(LONG)
                .until(
                        () -> PORT.matcher(log())
                                .results()
                                .map(found -> Integer.parseInt(found.group(1)))
                                .findFirst(),
                        found -> found.isPresent() || hasFailed())
                .orElseThrow(() -> new AssertionError("The demo did not start:\n" + log()));
    }

    private boolean hasFailed() {
        return process == null || !process.isAlive();
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("console.txt"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
