package dev.pel.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the class of a mutant. */
final class Nursery {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final Path sources;
    private final String classPath;

    Nursery(Path sources, String classPath) {
        this.sources = sources;
        this.classPath = classPath;
    }

    /** Compiles the class with the bug in it into the directory; throws {@link IllegalStateException} when the patch is stale. */
    void grow(Mutant mutant, Path directory) throws IOException {
        String path = mutant.type().replace('.', '/');
        Path original = sources.resolve(path + ".java");
        if (!Files.exists(original)) {
            throw new IllegalStateException(
                    "Mutant '%s': there is no source %s any more".formatted(mutant.name(), original));
        }
        String source = mutant.plant(Files.readString(original));
        Files.createDirectories(directory);
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("--release", "17", "-proc:none", "-nowarn", "-cp", classPath, "-d", "" + directory),
                        null,
                        List.of(new Source(path, source)))
                .call();
        if (!compiled) {
            throw new IllegalStateException(
                    "Mutant '%s' does not compile any more:%n%s".formatted(mutant.name(), messages));
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String path, String text) {
            super(URI.create("mutant:///dev/pel/" + path + ".java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
