package dev.pel.mutants;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One bug that somebody could make.
 *
 * @param name its short name, also that of its directory
 * @param promise the number of the promise that it breaks
 * @param bug what is wrong
 * @param type the class that it is planted into, its name within {@code dev.pel}
 * @param original the text that it replaces, white space aside; must be there exactly once
 * @param replacement what stands there instead
 * @param tests which tests are expected to find it: names of test classes within {@code dev.pel}, or {@code Class.method}
 */
record Mutant(
        String name, int promise, String bug, String type, String original, String replacement, List<String> tests) {

    Mutant {
        tests = List.copyOf(tests);
        if (!name.matches("[a-z0-9-]+") || original.isBlank() || tests.isEmpty() || promise < 1 || promise > 12) {
            throw new IllegalArgumentException("Mutant '%s' is not complete".formatted(name));
        }
    }

    /** The source with the bug in it; throws {@link IllegalStateException} when the text to replace is not there exactly once. */
    String plant(String source) {
        Matcher place = pattern().matcher(source);
        if (!place.find()) {
            throw new IllegalStateException(
                    "Mutant '%s': its place is not in %s any more. Look for where the promise is kept now:%n%s"
                            .formatted(name, type, original));
        }
        int begin = place.start();
        int end = place.end();
        if (place.find()) {
            throw new IllegalStateException(
                    "Mutant '%s': its place is in %s more than once:%n%s".formatted(name, type, original));
        }
        return source.substring(0, begin) + replacement + source.substring(end);
    }

    /** Line breaks and indentation are the formatter's. */
    private Pattern pattern() {
        StringBuilder pattern = new StringBuilder();
        for (String word : original.strip().split("\\s+", -1)) {
            pattern.append(pattern.isEmpty() ? "" : "\\s+").append(Pattern.quote(word));
        }
        return Pattern.compile(pattern.toString());
    }
}
