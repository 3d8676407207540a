package dev.pel.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A new user does what the first page says, from an empty folder: installs pel, writes the files, starts the application
 * and asks it; then adds all files of the guide, and asks again. Maven runs in processes of its own, on a copy of the sources and of the local repository.
 */
@Tag("thorough")
class FirstPageTests {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pages README = Pages.of(ROOT.resolve("README.md"));
    private static final Pages GUIDE = Pages.of(ROOT.resolve("docs").resolve("guide.md"));

    private final List<Process> processes = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void end() {
        processes.forEach(FirstPageTests::end);
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }

    @Test
    void theFirstPageAndTheGuideLeadToAnApplicationThatAnswers() throws Exception {
        install();
        Path shop = Files.createDirectory(directory.resolve("shop"));
        README.writeFiles(shop);
        List<String> commands = new ArrayList<>(README.commands("run"));
        commands.addAll(README.commands("ask"));
        assertThat(commands).hasSize(2).last().asString().startsWith("curl localhost:8080/");

        Process first = start(shop, commands.get(0) + " -Dspring-boot.run.arguments=--server.port=0");
        assertThat(ask(port(shop), commands.get(1).replaceFirst("^curl localhost:8080", ""))
                        .body())
                .isEqualTo("{\"bolt\":4}");
        end(first);

        GUIDE.writeFiles(shop);
        GUIDE.addDependencies(shop.resolve("pom.xml"));
        run(shop, "mvn -q package"); // with the tests of the guide
        start(shop, "java -jar target/shop-1.jar --server.port=0 --spring.mvc.async.request-timeout=1s");
        check(port(shop));
    }

    private static void check(int port) throws Exception {
        assertThat(ask(port, "/stock/bolt").body()).isEqualTo("{\"bolt\":4}");
        assertThat(ask(port, "/scarce/10").body()).as("a repository").isEqualTo("[\"nut\"]");
        assertThat(ask(port, "/desk").statusCode()).isEqualTo(401);
        assertThat(ask(port, "/desk", "Authorization", "Basic " + encoded("ann:secret"))
                        .body())
                .as("the user in operation and body")
                .isEqualTo("ann ann");
        assertThat(ask(port, "/report").statusCode())
                .as("a request whose time is over")
                .isEqualTo(503);
        awaitAbandoned(port, 1);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write("GET /report HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(US_ASCII));
        }
        awaitAbandoned(port, 2);
    }

    private static void awaitAbandoned(int port, int calls) {
        await().atMost(LONG).until(() -> ask(port, "/abandoned").body().equals(String.valueOf(calls)));
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
    }

    private void install() throws Exception {
        Path sources = directory.resolve("pel");
        copySources(sources);
        linkRepository();
        for (String command : README.commands("install")) {
            run(sources, command);
        }
    }

    private void run(Path folder, String command) throws Exception {
        Process maven = start(folder, command);
        assertThat(maven.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(maven.exitValue()).as(console(folder)).isZero();
    }

    private Process start(Path folder, String command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command.split(" "));
        builder.environment().put("MAVEN_OPTS", "-Dmaven.repo.local=" + directory.resolve("repository"));
        builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.txt").toFile());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private int port(Path folder) {
        Process last = processes.get(processes.size() - 1);
        return await().atMost(LONG)
                .until(
                        () -> TerminationTests.PORT
                                .matcher(console(folder))
                                .results()
                                .map(found -> Integer.parseInt(found.group(1)))
                                .findFirst(),
                        found -> found.isPresent() || !last.isAlive())
                .orElseThrow(() -> new AssertionError("The application did not start:\n" + console(folder)));
    }

    private static HttpResponse<String> ask(int port, String path, String... headers) throws Exception {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LONG);
        HttpRequest request = (headers.length == 0 ? builder : builder.headers(headers)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String console(Path folder) {
        try {
            return Files.readString(folder.resolve("console.txt"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void copySources(Path to) throws IOException {
        copy(ROOT, to, Set.of("target", ".git"), Files::copy);
    }

    /** Links, because it has gigabytes; what Maven installs here does not reach the repository it came from. */
    private void linkRepository() throws IOException {
        Path used =
                Path.of(System.getProperty("maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));
        Path copy = directory.resolve("repository");
        if (Files.exists(used)) {
            copy(used, copy, Set.of("pel"), (from, to) -> Files.createLink(to, from));
        } else {
            Files.createDirectory(copy);
        }
    }

    private interface Copy {
        void one(Path from, Path to) throws IOException;
    }

    private static void copy(Path from, Path to, Set<String> without, Copy how) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (!folder.equals(from)
                        && without.contains(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                how.one(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
