package dev.pel.spring;

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
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Examples that users copy compile: those in the Javadoc, and those of the README that stand alone. The others are an
 * application, see {@link GuideTests}.
 */
class ExamplesTests {
    private static final Pattern README_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVADOC_BLOCK = Pattern.compile("<pre>\\{@code\n(.*?)\\}</pre>", Pattern.DOTALL);

    @TempDir
    Path classes;

    @Test
    void javaInTheReadmeCompiles() throws IOException {
        List<String> blocks = blocks(README_BLOCK, Files.readString(Path.of("..", "README.md"), UTF_8));
        List<String> alone =
                blocks.stream().filter(block -> !block.startsWith("package ")).toList();
        assertThat(alone).isNotEmpty();
        for (String block : alone) {
            compiles(block);
        }
    }

    @Test
    void javaInTheJavadocCompiles() throws IOException {
        List<String> blocks = new ArrayList<>();
        for (Path sources : List.of(Path.of("..", "pel-core", "src", "main", "java"), Path.of("src", "main", "java"))) {
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    blocks.addAll(blocks(JAVADOC_BLOCK, Files.readString(file, UTF_8)));
                }
            }
        }
        assertThat(blocks).isNotEmpty();
        for (String block : blocks) {
            compiles(inAClass(block.replaceAll("(?m)^ *\\* ?", "")));
        }
    }

    private static List<String> blocks(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** The Javadoc's fragments are statements or members; what they use is known from the text around them. */
    private static String inAClass(String fragment) {
        String imports = """
                import dev.pel.*;
                import dev.pel.flow.*;
                import dev.pel.spring.*;
                import dev.pel.spring.websocket.*;
                import java.io.RandomAccessFile;
                import java.time.Duration;
                import java.util.List;
                import java.util.concurrent.*;
                import java.util.stream.Stream;
                import org.springframework.beans.factory.annotation.*;
                import org.springframework.context.annotation.*;
                import org.springframework.stereotype.*;
                import org.springframework.web.socket.*;
                import org.springframework.web.socket.config.annotation.*;
                import org.springframework.web.socket.handler.*;
                """;
        String known = """
                    record Order(long id) {}
                    interface Repository { Order load(long id); }
                    EventLoop loop; PelTemplate pel; Repository repository; long id;
                    java.util.List<Order> open; Object blockingOrders;
                    void show(Order order) {}
                """;
        boolean members = fragment.startsWith("@"); // an annotated method
        return imports + "class Example {\n" + known
                + (members ? fragment : "void example() throws Exception {\n" + fragment + "}") + "\n}\n";
    }

    private void compiles(String source) {
        Matcher name = Pattern.compile("(?m)^(?:public )?class (\\w+)").matcher(source);
        assertThat(name.find()).as("a class in%n%s", source).isTrue();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
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
        Boolean compiled = compiler.getTask(messages, null, null, options, null, List.of(file))
                .call();
        assertThat(compiled).as("%s%nof%n%s", messages, source).isTrue();
    }
}
