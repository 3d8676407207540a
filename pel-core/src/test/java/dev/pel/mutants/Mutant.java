package dev.pel.mutants;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One bug that somebody could make.
 *
 * @param name its short name, also that of its directory
 * @param bug what is wrong
 * @param original the text that it replaces; white space does not count
 * @param replacement what stands there instead
 * @param tests the names of the test methods that must find it, in whatever class they are
 */
record Mutant(String name, String bug, String original, String replacement, List<String> tests) {
    private static final Set<String> KEYS = Set.of("mutant", "bug", "tests");

    Mutant {
        tests = List.copyOf(tests);
        if (!name.matches("[a-z0-9-]+") || original.isBlank() || tests.isEmpty()) {
            throw new IllegalArgumentException(
                    "Mutant '%s' needs a name of small letters, lines to replace, and tests".formatted(name));
        }
    }

    /**
     * Reads mutants from blocks of lines with blank lines between them. Lines that begin with a minus are replaced by those that
     * begin with a plus; a number sign begins a comment; each other line is a key, a colon and a value.
     */
    static List<Mutant> parse(String text) {
        List<Mutant> mutants = Arrays.stream(text.split("\\n\\s*\\n", -1))
                .map(block ->
                        block.lines().filter(line -> !line.startsWith("#")).toList())
                .filter(lines -> lines.stream().anyMatch(line -> !line.isBlank()))
                .map(Mutant::ofLines)
                .toList();
        Set<String> names = new HashSet<>();
        for (Mutant mutant : mutants) {
            if (!names.add(mutant.name)) {
                throw new IllegalArgumentException("Two mutants are named '%s'".formatted(mutant.name));
            }
        }
        return mutants;
    }

    private static Mutant ofLines(List<String> lines) {
        Map<String, String> values = new HashMap<>();
        List<String> original = new ArrayList<>();
        List<String> replacement = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("-")) {
                original.add(line.substring(1));
            } else if (line.startsWith("+")) {
                replacement.add(line.substring(1));
            } else {
                String[] pair = line.split(":", 2);
                if (!KEYS.contains(pair[0]) || pair.length < 2 || values.put(pair[0], pair[1].strip()) != null) {
                    throw new IllegalArgumentException("Not a line of a mutant, or there twice: '%s'".formatted(line));
                }
            }
        }
        if (!values.keySet().equals(KEYS)) {
            throw new IllegalArgumentException("A mutant needs %s but has %s".formatted(KEYS, values));
        }
        return new Mutant(
                values.get("mutant"),
                values.get("bug"),
                String.join("\n", original),
                String.join("\n", replacement),
                List.of(values.get("tests").split("\\s*,\\s*")));
    }
}
