package dev.pel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, with its console in a file. */
public final class ForkedJvm implements AutoCloseable {
    private final Process process;
    private final Path console;

    private ForkedJvm(Process process, Path console) {
        this.process = process;
        this.console = console;
    }

    public static ForkedJvm start(Path directory, List<String> jvmArguments, Class<?> program, String... arguments)
            throws IOException {
        return start(directory, List.of(), jvmArguments, program, arguments);
    }

    /** In the grip of another program, such as a shell that sets limits first. */
    public static ForkedJvm start(
            Path directory, List<String> around, List<String> jvmArguments, Class<?> program, String... arguments)
            throws IOException {
        Path console = Files.createTempFile(directory, program.getSimpleName(), ".txt");
        List<String> command = new ArrayList<>(around);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        return new ForkedJvm(process, console);
    }

    /** Waits until the program has printed the text. */
    public void printed(String text) {
        await().atMost(Loops.LONG)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .failFast(
                        "the program has ended",
                        () -> !process.isAlive() && !console().contains(text))
                .untilAsserted(() -> assertThat(console()).contains(text));
    }

    /** Waits until the program has ended; its exit code. One that does not end shows in its console what its threads do. */
    public int ended() throws InterruptedException, IOException {
        int patience = Boolean.getBoolean("pel.test.thorough") ? 10 : 5; // some take minutes on a busy machine
        if (!process.waitFor(patience * Loops.LONG.toSeconds(), TimeUnit.SECONDS)) {
            signal("QUIT");
            process.waitFor(1, TimeUnit.SECONDS); // it writes its threads meanwhile
            throw new AssertionError("the program has not ended: " + console());
        }
        return process.exitValue();
    }

    /** Sends it a signal, as an operator would. */
    public void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("exit code of kill").isZero();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String console() {
        try {
            return Files.readString(console, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the program has printed behind a name and an equals sign. */
    public long figure(String name) {
        return console()
                .lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in: " + console()));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
