package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the demo's own process, in a JVM of its own. */
class TerminationTests {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

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
    void aTerminatedDemoSaysWhatDrainedAndWhatDidNot() throws Exception {
        Process demo = start();
        String alert = new DemoClient(port()).raise(2_000);
        await().atMost(LONG).until(() -> new DemoClient(port()).alert(alert).delivered() > 0);

        demo.destroy();

        assertThat(demo.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(128 + 15);
        assertThat(log())
                .containsPattern("loop 'pel' stopped in .* \\(deadline .*\\): not drained: calls: .* never started")
                .containsPattern("alert [-0-9a-f]+: 2000 accepted, \\d+ delivered, \\d+ failed .*"
                        + FailureReason.SHUTTING_DOWN.text());
    }

    private Process start() throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DemoApplication.class.getName(),
                        "--server.port=0"))
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
