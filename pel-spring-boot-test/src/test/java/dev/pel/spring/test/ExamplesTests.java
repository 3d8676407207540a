package dev.pel.spring.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples about tests compile: those of the document, and those in the Javadoc. */
class ExamplesTests {
    private static final Pattern DOCUMENT_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVADOC_BLOCK = Pattern.compile("<pre>\\{@code\n(.*?)\\}</pre>", Pattern.DOTALL);
    private static final String IMPORTS = """
            import static org.assertj.core.api.Assertions.assertThat;
            import dev.pel.*;
            import dev.pel.spring.*;
            import dev.pel.spring.test.*;
            import dev.pel.test.*;
            import java.time.Duration;
            import java.util.concurrent.*;
            import org.junit.jupiter.api.*;
            import org.springframework.beans.factory.annotation.*;
            import org.springframework.boot.test.context.*;
            """;

    @TempDir
    Path classes;

    @Test
    void javaInTheDocumentCompiles() throws IOException {
        List<String> blocks = blocks(DOCUMENT_BLOCK, Files.readString(Path.of("..", "docs", "testing.md"), UTF_8));
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(3);
        blocks.forEach(this::compiles);
    }

    @Test
    void javaInTheJavadocCompiles() throws IOException {
        List<String> blocks = new ArrayList<>();
        for (Path sources : List.of(Path.of("..", "pel-test", "src", "main", "java"), Path.of("src", "main", "java"))) {
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    blocks.addAll(blocks(JAVADOC_BLOCK, Files.readString(file, UTF_8)));
                }
            }
        }
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(3);
        for (String block : blocks) {
            compiles(IMPORTS + inAClass(block.replaceAll("(?m)^ *\\* ?", "")));
        }
    }

    private static List<String> blocks(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** The Javadoc's fragments are classes, methods or statements; what they use is known from the text around them. */
    private static String inAClass(String fragment) {
        if (fragment.contains("class ")) {
            return fragment;
        }
        String known = """
                    record Order(long id) {}
                    interface Repository { Order load(long id); }
                    Repository repository; long id; Simulation simulation;
                    void show(Order order) {}
                """;
        boolean members = fragment.startsWith("@");
        return "class Example {\n" + known
                + (members ? fragment : "void example() throws Exception {\n" + fragment + "}") + "\n}\n";
    }

    private void compiles(String source) {
        Matcher name = Pattern.compile("(?m)^(?:public )?class (\\w+)").matcher(source);
        assertThat(name.find()).as("a class in%n%s", source).isTrue();
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + name.group(1) + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        Boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(messages, null, null, options, null, List.of(file))
                .call();
        assertThat(compiled).as("%s%nof%n%s", messages, source).isTrue();
    }
}
