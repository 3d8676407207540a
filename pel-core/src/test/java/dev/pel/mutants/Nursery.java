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
    private final String classPath;

    Nursery(String classPath) {
        this.classPath = classPath;
    }

    /** Compiles the class with the bug in it into the directory; what the compiler has against it, or nothing. */
    String grow(Mutant mutant, Path directory) throws IOException {
        Files.createDirectories(directory);
        String source = mutant.plant(Catalogue.sourceOf(mutant));
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("--release", "17", "-proc:none", "-nowarn", "-cp", classPath, "-d", "" + directory),
                        null,
                        List.of(new Source(mutant.type(), source)))
                .call();
        return compiled ? "" : messages.toString();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String type, String text) {
            super(URI.create("mutant:///dev/pel/" + type + ".java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
