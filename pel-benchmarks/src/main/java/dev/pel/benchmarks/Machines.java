package dev.pel.benchmarks;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;
import reactor.core.publisher.Mono;

/** Takes the facts about this machine and this class path from where they are. */
final class Machines {
    private Machines() {}

    static Results.Machine here() {
        return new Results.Machine(
                Runtime.getRuntime().availableProcessors(),
                processor(),
                "%s %s (%s)"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")),
                "%s %s".formatted(System.getProperty("java.vm.name"), Runtime.version()),
                LocalDate.now(ZoneOffset.UTC).toString(),
                versions());
    }

    private static String processor() {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The versions of what is on the class path. */
    static Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        versions.put("Spring", String.valueOf(SpringVersion.getVersion()));
        versions.put("Spring Boot", SpringBootVersion.getVersion());
        versions.put("Reactor", String.valueOf(Mono.class.getPackage().getImplementationVersion()));
        versions.put(
                "Netty", String.valueOf(DefaultEventExecutor.class.getPackage().getImplementationVersion()));
        versions.put("Vert.x", String.valueOf(Vertx.class.getPackage().getImplementationVersion()));
        versions.put("JMH", org.openjdk.jmh.util.Version.getPlainVersion());
        return versions;
    }
}
