package dev.pel.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classes of the first page and those of the guide are one application, which compiles. */
@Tag("security") // one of them uses Spring Security
class GuideTests {
    private static final Pattern FILE =
            Pattern.compile("`src/main/java/([\\w./-]+)`:\\n\\n```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theApplicationOfTheGuideCompiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String page : List.of("README.md", "docs/guide.md")) {
            String text = Files.readString(Path.of("..").resolve(page), UTF_8);
            for (MatchResult found : FILE.matcher(text).results().toList()) {
                Path file = folder.resolve("src").resolve(found.group(1));
                Files.createDirectories(file.getParent());
                files.add(Files.writeString(file, found.group(2), UTF_8, CREATE_NEW)); // no name twice
            }
        }
        assertThat(files).hasSizeGreaterThan(5);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-parameters",
                    "-Xlint:all,-processing",
                    "-Werror",
                    "-d",
                    Files.createDirectory(folder.resolve("classes")).toString(),
                    "-cp",
                    System.getProperty("java.class.path"));
            assertThat(compiler.getTask(
                                    messages, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                            .call())
                    .as(messages::toString)
                    .isTrue();
        }
    }
}
