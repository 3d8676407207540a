package dev.pel.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What the pages for users tell them to write and to run. */
final class Pages {
    private static final Pattern FILE = Pattern.compile("`([\\w./-]+)`:\\n\\n```\\w+\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern DEPENDENCIES =
            Pattern.compile("```xml\\n((?:<dependency>.*?</dependency>\\n)+)```", Pattern.DOTALL);

    private final String text;

    private Pages(String text) {
        this.text = text;
    }

    static Pages of(Path page) {
        try {
            return new Pages(Files.readString(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The commands of a block between two marks. */
    List<String> commands(String mark) {
        return one("<!-- %s -->\\n```\\n(.*?)```\\n<!-- /%s -->".formatted(mark, mark))
                .lines()
                .toList();
    }

    /** Writes all files that the page shows; fails when one is there already. A block that begins with "..." is no file. */
    void writeFiles(Path folder) throws IOException {
        for (MatchResult file : FILE.matcher(text).results().toList()) {
            Path target = folder.resolve(file.group(1));
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.group(2), StandardOpenOption.CREATE_NEW);
        }
    }

    /** Adds all dependencies that the page shows to a pom. */
    void addDependencies(Path pom) throws IOException {
        StringBuilder found = new StringBuilder();
        DEPENDENCIES.matcher(text).results().forEach(block -> found.append(block.group(1)));
        Files.writeString(pom, Files.readString(pom).replace("</dependencies>", found + "</dependencies>"));
    }

    private String one(String pattern) {
        List<MatchResult> found =
                Pattern.compile(pattern, Pattern.DOTALL).matcher(text).results().toList();
        if (found.size() != 1) {
            throw new IllegalStateException("%d times: %s".formatted(found.size(), pattern));
        }
        return found.get(0).group(1);
    }
}
