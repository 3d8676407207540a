package dev.pel.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Plants mutants into the sources that have the text they replace, and compiles them. */
final class MutantCompiler {
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final Path sources;
    private final String classPath;

    /** For the sources below a directory. */
    MutantCompiler(Path sources, String classPath) {
        this.sources = sources;
        this.classPath = classPath;
    }

    /** Compiles the class with the bug in it into a directory; throws {@link StaleException} when there is no place for it. */
    void compile(Mutant mutant, Path directory) throws IOException, StaleException {
        Place place = place(mutant);
        String source =
                place.source.substring(0, place.begin) + mutant.replacement() + place.source.substring(place.end);
        Files.createDirectories(directory);
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("--release", "17", "-proc:none", "-nowarn", "-cp", classPath, "-d", directory.toString());
        if (!compiler.getTask(messages, null, null, options, null, List.of(new Source(place.file, source)))
                .call()) {
            throw new StaleException("it does not compile in %s any more: %s".formatted(place.file, messages));
        }
    }

    private Place place(Mutant mutant) throws IOException, StaleException {
        Pattern text = ignoringSpace(mutant.original());
        List<Place> places = new ArrayList<>();
        for (Path file : files()) {
            String source = Files.readString(file);
            for (MatchResult match : text.matcher(source).results().toList()) {
                places.add(new Place(file, source, match.start(), match.end()));
            }
        }
        if (places.size() != 1) {
            throw new StaleException("its text must be in the sources once but is in %s: %s"
                    .formatted(
                            places.stream()
                                    .map(place -> place.file.getFileName())
                                    .toList(),
                            mutant.original()));
        }
        return places.get(0);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** Line breaks and indentation are the formatter's. */
    private static Pattern ignoringSpace(String text) {
        return Pattern.compile(text.replaceAll("\\s+", "")
                .chars()
                .mapToObj(character -> Pattern.quote(Character.toString(character)))
                .collect(Collectors.joining("\\s*")));
    }

    /** The text that a mutant replaces has changed, or its tests. */
    static final class StaleException extends Exception {
        private static final long serialVersionUID = 1L;

        StaleException(String message) {
            super(message);
        }
    }

    private record Place(Path file, String source, int begin, int end) {}

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Path file, String text) {
            super(URI.create("mutant:///" + file.getFileName()), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
