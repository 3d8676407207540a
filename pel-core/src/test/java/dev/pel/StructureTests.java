package dev.pel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No class of the engine, and no cycle of its classes, is larger than {@code docs/dev/Figures.java} allows. */
class StructureTests {
    private static final Path FIGURES = Path.of("..", "docs", "dev", "Figures.java");

    /** The program that is run, compiled once. */
    @TempDir
    private static Path program;

    @TempDir
    private Path module;

    private Path sources;

    private record Check(int code, List<String> lines) {}

    @BeforeAll
    static void compileTheProgram() {
        compile(program, List.of(FIGURES.toString()));
    }

    private static void compile(Path classes, List<String> files) {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
        arguments.addAll(files);
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(code).as("exit code of the compiler").isZero();
    }

    private static Check check(Path directory) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(), "-cp", program.toString(), "Figures", "--check", directory.toString())
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        return new Check(process.waitFor(), lines);
    }

    @Test
    void engineIsWithinItsLimits() throws Exception {
        assertThat(check(Path.of(""))).isEqualTo(new Check(0, List.of()));
    }

    // ------------------------------------------------------------------ planted

    private void plant(String name, String body) throws IOException {
        sources = Files.createDirectories(module.resolve("src/main/java"));
        Files.writeString(sources.resolve(name + ".java"), "class " + name + " {\n" + body + "}\n");
    }

    private static String fields(int count) {
        StringBuilder fields = new StringBuilder();
        IntStream.range(0, count).forEach(i -> fields.append("    int f" + i + ";\n"));
        return fields.toString();
    }

    private Check checkPlanted() throws Exception {
        Path classes = Files.createDirectories(module.resolve("target/classes"));
        try (Stream<Path> files = Files.list(sources)) {
            compile(classes, files.map(Path::toString).toList());
        }
        return check(module);
    }

    @Test
    void classThatIsTooLargeIsFound() throws Exception {
        for (int i = 0; i < 10; i++) {
            plant("Small" + i, fields(9));
        }
        plant("Large", fields(319));
        assertThat(checkPlanted()).isEqualTo(new Check(1, List.of("Large has 321 lines of code, more than 320")));
    }

    @Test
    void tooManyLargeClassesAreFound() throws Exception {
        for (int i = 0; i < 8; i++) {
            plant("Small" + i, fields(9));
        }
        plant("Large", fields(149));
        plant("Larger", fields(160));
        Check check = checkPlanted();
        assertThat(check.code()).isOne();
        assertThat(check.lines())
                .singleElement()
                .asString()
                .endsWith("have 151 lines of code or more; nine tenths shall have at most 150");
    }

    @Test
    void cycleThatIsTooLargeIsFound() throws Exception {
        for (int i = 0; i < 11; i++) {
            plant("C" + i, "    C" + (i + 1) % 11 + " next;\n    Object use() { return next.use(); }\n");
        }
        assertThat(checkPlanted())
                .isEqualTo(
                        new Check(
                                1,
                                List.of(
                                        "11 classes need each other, more than 10: C0, C1, C10, C2, C3, C4, C5, C6, C7, C8, C9")));
    }
}
