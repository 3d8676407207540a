package dev.pel.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The public API of each published module is the recorded one, in the module's public-api.txt. So no change of it goes unseen, and
 * a review sees it as a list.
 */
class PublicApiTests {
    private static final boolean RECORD =
            !System.getProperty("pel.api.record", "false").equals("false");
    private static final String COMMAND =
            "mvn test -pl pel-release-checks -am -Dtest=PublicApiTests -Dsurefire.failIfNoSpecifiedTests=false -Dpel.api.record";

    static List<String> modules() {
        return PublishedModules.withClasses();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void isTheRecordedOne(String module) throws IOException {
        Path record = PublishedModules.ROOT.resolve(module).resolve("public-api.txt");
        List<String> actual = api(PublishedModules.ROOT.resolve(module).resolve("target/classes"));
        assertThat(actual).as("the public API of %s", module).isNotEmpty();
        if (RECORD) {
            Files.write(record, actual);
        }
        List<String> recorded = Files.exists(record) ? Files.readAllLines(record, UTF_8) : List.of();
        if (!actual.equals(recorded)) {
            fail(difference(module, recorded, actual));
        }
    }

    private static String difference(String module, List<String> recorded, List<String> actual) {
        return Stream.of(
                        Stream.of("The public API of " + module + " is not the one in " + module + "/public-api.txt:"),
                        recorded.stream().filter(not(actual)).map("- "::concat),
                        actual.stream().filter(not(recorded)).map("+ "::concat),
                        Stream.of(
                                "If that is meant, tell users in CHANGELOG.md, and commit the record that this writes:",
                                COMMAND))
                .flatMap(lines -> lines)
                .reduce("", (text, line) -> text + "\n" + line);
    }

    private static Predicate<String> not(List<String> lines) {
        return line -> !lines.contains(line);
    }

    private static List<String> api(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
                    .map(file -> load(file.replaceFirst("\\.class$", "").replaceAll("[/\\\\]", ".")))
                    .filter(ApiText::isVisible)
                    .sorted(Comparator.comparing(Class::getName))
                    .flatMap(type -> ApiText.lines(type).stream())
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicApiTests.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            throw new AssertionError("The pom of pel-release-checks lacks what " + name + " needs", e);
        }
    }
}
