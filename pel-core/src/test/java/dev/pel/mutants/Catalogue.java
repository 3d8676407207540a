package dev.pel.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mutants, from {@code mutants.txt}: blocks of lines between empty ones. Lines that begin with a minus are replaced by those
 * that begin with a plus; the others are a word, a colon and its value.
 */
final class Catalogue {
    static final Path FILE = Path.of("src", "test", "resources", "mutants.txt");

    private Catalogue() {}

    static List<Mutant> read() throws IOException {
        return parse(Files.readAllLines(FILE));
    }

    /** Parses the blocks; two mutants of the same name would share a directory, so they are refused. */
    static List<Mutant> parse(List<String> lines) {
        List<Mutant> mutants = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : lines) {
            if (!line.isBlank()) {
                if (!line.startsWith("#")) {
                    block.add(line);
                }
            } else if (!block.isEmpty()) {
                mutants.add(mutant(block));
                block.clear();
            }
        }
        if (!block.isEmpty()) {
            mutants.add(mutant(block));
        }
        Set<String> names = new HashSet<>();
        for (Mutant mutant : mutants) {
            if (!names.add(mutant.name())) {
                throw new IllegalArgumentException("Two mutants are named '%s'".formatted(mutant.name()));
            }
        }
        return mutants;
    }

    private static Mutant mutant(List<String> block) {
        Map<String, String> values = new HashMap<>();
        StringBuilder original = new StringBuilder();
        StringBuilder replacement = new StringBuilder();
        for (String line : block) {
            if (line.startsWith("-")) {
                original.append(line.substring(1)).append('\n');
            } else if (line.startsWith("+")) {
                replacement.append(line.substring(1)).append('\n');
            } else {
                String[] pair = line.split(":", 2);
                if (pair.length < 2 || values.put(pair[0].strip(), pair[1].strip()) != null) {
                    throw new IllegalArgumentException("Not a line of a mutant, or there twice: " + line);
                }
            }
        }
        return new Mutant(
                value(values, "mutant", block),
                Integer.parseInt(value(values, "promise", block)),
                value(values, "bug", block),
                value(values, "class", block),
                original.toString(),
                replacement.toString(),
                List.of(value(values, "tests", block).split("\\s*,\\s*")));
    }

    private static String value(Map<String, String> values, String key, List<String> block) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("No '%s' in the mutant %s".formatted(key, block));
        }
        return value;
    }
}
