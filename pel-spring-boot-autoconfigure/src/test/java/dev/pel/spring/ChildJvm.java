package dev.pel.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, with the class path of the tests and its console in a file. */
final class ChildJvm implements AutoCloseable {
    /** On a busy machine the start of an application takes more than a minute. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Process process;
    private final Path console;

    private ChildJvm(Process process, Path console) {
        this.process = process;
        this.console = console;
    }

    static ChildJvm start(Path directory, Class<?> program, String... arguments) throws IOException {
        Path console = Files.createTempFile(directory, program.getSimpleName(), ".txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        return new ChildJvm(process, console);
    }

    /** Waits until the program has printed the text. */
    void printed(String text) {
        await().atMost(LONG)
                .failFast(
                        "the program has ended",
                        () -> !process.isAlive() && !console().contains(text))
                .untilAsserted(() -> assertThat(console()).contains(text));
    }

    /** Writes a line to the program. */
    void tell(String line) throws IOException {
        Writer input = process.outputWriter(UTF_8);
        input.write(line + "\n");
        input.flush();
    }

    /** Ends it as an operator would, so that its shutdown hooks run. */
    void terminate() {
        process.destroy();
    }

    /** Waits until the program has ended; its exit code. */
    int ended() throws InterruptedException {
        assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS))
                .as("the program has ended: %s", console())
                .isTrue();
        return process.exitValue();
    }

    String console() {
        try {
            return Files.readString(console, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
