package dev.pel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about fields and threads names each field of the engine that changes after construction, in the section of its class. */
class ConcurrencyPageTests {
    private static final Path PAGE = Path.of("../docs/dev/concurrency.md");
    private static final Pattern SECTION = Pattern.compile("### `([\\w.]+)`");
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\|.*");

    /** Confined to the thread that makes a copy of options or of the terms of a call, and immutable afterwards; and no field at all. */
    private static final Set<String> NO_ENGINE = Set.of("OptionValues", "CallTerms", "Padding");

    /** Their fields lie in a superclass, so that padding comes before and behind them. */
    private static final Map<String, String> SUPERCLASSES =
            Map.of("CurrentEntryValues", "CurrentEntry", "PaddedLongValue", "PaddedLong");

    @Test
    void pageNamesTheFieldsThatChange() throws Exception {
        assertThat(namedFields()).containsExactlyElementsOf(fieldsThatChange());
    }

    private static Collection<String> namedFields() throws IOException {
        Collection<String> named = new TreeSet<>();
        String type = "";
        for (String line : Files.readAllLines(PAGE, UTF_8)) {
            Matcher section = SECTION.matcher(line);
            Matcher row = ROW.matcher(line);
            if (line.startsWith("#")) {
                type = section.matches() ? section.group(1) : "";
            } else if (row.matches()) {
                assertThat(named.add(type + "." + row.group(1)))
                        .as("one row for %s of %s", row.group(1), type)
                        .isTrue();
            }
        }
        return named;
    }

    private static Collection<String> fieldsThatChange()
            throws IOException, URISyntaxException, ClassNotFoundException {
        Collection<String> fields = new TreeSet<>();
        for (Class<?> type : engine()) {
            if (type.isEnum() || type.isRecord() || NO_ENGINE.contains(name(type))) {
                continue;
            }
            for (Field field : type.getDeclaredFields()) {
                if (changes(field)) {
                    fields.add(SUPERCLASSES.getOrDefault(name(type), name(type)) + "." + field.getName());
                }
            }
        }
        return fields;
    }

    private static List<Class<?>> engine() throws IOException, URISyntaxException, ClassNotFoundException {
        Path root = Path.of(PretendEventLoop.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> names;
        try (Stream<Path> files = Files.walk(root.resolve("dev/pel"))) {
            names = files.map(file -> root.relativize(file).toString().replace(File.separatorChar, '.'))
                    .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .toList();
        }
        List<Class<?>> types = new ArrayList<>();
        for (String name : names) {
            types.add(Class.forName(name, false, PretendEventLoop.class.getClassLoader()));
        }
        return types;
    }

    private static String name(Class<?> type) {
        return type.getName().substring("dev.pel.".length()).replace('$', '.');
    }

    private static boolean changes(Field field) {
        if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic() || isPadding(field)) {
            return false;
        }
        return !Modifier.isFinal(field.getModifiers()) || isMutable(field);
    }

    /** Final, and what it holds changes. A list is final in both senses, unless the page says more of it. */
    private static boolean isMutable(Field field) {
        Class<?> type = field.getType().isArray() ? field.getType().getComponentType() : field.getType();
        String owner = type.getName();
        return owner.startsWith("java.util.concurrent.atomic.")
                || owner.startsWith("java.util.concurrent.locks.")
                || owner.startsWith("org.jctools.")
                || type == PaddedLong.class
                || Map.class.isAssignableFrom(type)
                || (Collection.class.isAssignableFrom(type) && type != List.class)
                || field.toString().endsWith("dev.pel.Nesting.waiting");
    }

    private static boolean isPadding(Field field) {
        return field.getName().matches("[ab]\\d");
    }
}
