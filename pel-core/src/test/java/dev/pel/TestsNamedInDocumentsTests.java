package dev.pel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents say of a test is worth nothing once that test is gone. */
class TestsNamedInDocumentsTests {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Tests)\\.(\\w+)`");

    @Test
    void testsThatDocumentsNameExist() throws IOException {
        Map<String, String> tests = new HashMap<>();
        for (Path test : find("Tests.java")) {
            tests.merge(name(test), Files.readString(test, UTF_8), String::concat);
        }
        List<String> gone = new ArrayList<>();
        int named = 0;
        for (Path document : find(".md")) {
            Matcher names = NAMED.matcher(Files.readString(document, UTF_8));
            while (names.find()) {
                named++;
                if (!tests.getOrDefault(names.group(1), "").contains(" " + names.group(2))) {
                    gone.add(document + ": " + names.group());
                }
            }
        }
        assertThat(gone).isEmpty();
        assertThat(named).isPositive();
    }

    private static String name(Path test) {
        return test.getFileName().toString().replace(".java", "");
    }

    private static List<Path> find(String end) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(end))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
        }
    }
}
