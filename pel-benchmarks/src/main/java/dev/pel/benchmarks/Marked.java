package dev.pel.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document in which a part between two markers is written by a program, and the rest by people. */
final class Marked {
    private Marked() {}

    /**
     * Replaces what stands between {@code <!-- name -->} and {@code <!-- /name -->}.
     *
     * @param text the document
     * @param name the name of the part
     * @param content the new part
     * @return the changed document
     * @throws IllegalArgumentException when the markers are missing
     */
    static String replace(String text, String name, String content) {
        String open = "<!-- %s -->".formatted(name);
        String close = "<!-- /%s -->".formatted(name);
        int begin = text.indexOf(open);
        int end = text.indexOf(close);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("There is no '%s … %s'".formatted(open, close));
        }
        return text.substring(0, begin + open.length()) + "\n" + content.strip() + "\n" + text.substring(end);
    }

    static void replaceIn(Path file, String name, String content) throws IOException {
        Files.writeString(file, replace(Files.readString(file), name, content));
    }
}
