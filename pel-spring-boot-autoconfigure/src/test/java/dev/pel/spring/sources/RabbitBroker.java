package dev.pel.spring.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A RabbitMQ of its own, from Debian's package, that listens on free ports of the loopback address and leaves nothing behind. */
final class RabbitBroker implements AutoCloseable {
    private static final Path PACKAGE = Path.of("/usr/lib/rabbitmq/lib");

    private final Path folder;
    private final int port = freePort();
    private final List<Process> processes = new ArrayList<>();

    private RabbitBroker(Path folder) {
        this.folder = folder;
    }

    /**
     * Starts one, or skips the test where there is none; in continuous integration there must be one.
     *
     * @param folder an empty one, for all its files
     */
    static RabbitBroker start(Path folder) throws IOException, InterruptedException {
        Optional<Path> server = server();
        String missing = "RabbitMQ (Debian: apt-get install rabbitmq-server)";
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            assertThat(server).as(missing).isPresent();
        }
        assumeTrue(server.isPresent(), () -> "skipped, because there is no " + missing);
        RabbitBroker broker = new RabbitBroker(folder);
        try {
            broker.run(server.orElseThrow());
        } catch (IOException | RuntimeException | InterruptedException e) {
            broker.close();
            throw e;
        }
        return broker;
    }

    /** The script that starts it. The command on the path would start it as another user. */
    private static Optional<Path> server() throws IOException {
        if (!Files.isDirectory(PACKAGE)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(PACKAGE)) {
            return versions.map(version -> version.resolve("sbin/rabbitmq-server"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    private void run(Path server) throws IOException, InterruptedException {
        int namesPort = freePort();
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("HOME", folder.toString());
        environment.put("ERL_EPMD_PORT", "" + namesPort);
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODENAME", "pel" + port + "@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", "" + port);
        environment.put("RABBITMQ_DIST_PORT", "" + freePort());
        environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        environment.put("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", folder.toString());
        environment.put("RABBITMQ_LOGS", "-");
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("plugins").toString());
        environment.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString());
        begin(environment, "names", "/usr/bin/epmd", "-port", "" + namesPort, "-address", "127.0.0.1");
        Path log = begin(environment, "broker", server.toString());
        long began = System.nanoTime();
        while (!Files.readString(log).contains("Server startup complete")) {
            boolean isLate = System.nanoTime() - began > TimeUnit.MINUTES.toNanos(2);
            if (isLate || processes.stream().anyMatch(process -> !process.isAlive())) {
                throw new IllegalStateException("RabbitMQ did not start: " + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(100); // between two looks
        }
    }

    private Path begin(Map<String, String> environment, String name, String... command) throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        processes.add(builder.start());
        return log;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** Ends its processes, the broker before the one that knows its name, and waits for that. */
    @Override
    public void close() {
        for (int i = processes.size() - 1; i >= 0; i--) {
            Process process = processes.get(i);
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
