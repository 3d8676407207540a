package dev.pel.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoopOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;

/** What an IDE shows, what the page for users says, and what the engine does are the same. */
class DocumentationTests {

    private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z.-]+)` \\| [^|]+ \\| ([^|]*) \\| (.*) \\|");

    @Test
    void everyKeyHasADescription() throws IOException {
        for (Map<String, Object> property : metadata().values()) {
            assertThat(String.valueOf(property.get("description")))
                    .as("description of %s", property.get("name"))
                    .endsWith(".")
                    .matches("[A-Z][^{@<]+")
                    .doesNotStartWith("The ")
                    .doesNotStartWith("A ");
        }
    }

    @Test
    void everyGroupHasADescription() throws IOException {
        assertThat(items("groups").values())
                .isNotEmpty()
                .allSatisfy(group -> assertThat(String.valueOf(group.get("description")))
                        .as("description of %s", group.get("name"))
                        .matches("[A-Z][^{@<]+\\."));
    }

    @Test
    void aKeyWithoutAFixedDefaultDescribesHowItIsWorkedOut() throws IOException {
        assertThat(metadata().values())
                .filteredOn(property -> property.get("defaultValue") == null)
                .extracting(property -> String.valueOf(property.get("description")))
                .isNotEmpty()
                .allMatch(description -> description.contains("y default"));
    }

    @Test
    void theSwitchOfTheHealthContributorIsDescribed() throws IOException {
        assertThat(metadata()).containsKey("management.health.pel.enabled");
    }

    @Test
    void thePageHasEveryKeyAndNoOther() throws IOException {
        Set<String> keys = new TreeSet<>(metadata().keySet());
        keys.removeIf(key -> !key.startsWith("pel."));
        assertThat(documented().keySet()).containsExactlyElementsOf(keys);
    }

    @Test
    void thePageHasEveryKeyThatBootAdds() throws IOException {
        String page = Files.readString(PAGE, UTF_8);
        assertThat(metadata().keySet())
                .filteredOn(key -> !key.startsWith("pel."))
                .allMatch(page::contains);
    }

    @Test
    void thePageAndTheMetadataTellTheSameDefaults() throws IOException {
        Map<String, String> documented = documented();
        metadata().forEach((key, property) -> {
            Object value = property.get("defaultValue");
            if (key.startsWith("pel.") && value != null) {
                assertThat(documented.get(key)).as(key).isEqualTo("`" + value + "`");
            }
        });
    }

    @Test
    void theDefaultsAreThoseOfTheEngine() throws IOException {
        Map<String, String> values = new TreeMap<>();
        metadata().forEach((key, property) -> {
            if (key.startsWith("pel.") && property.get("defaultValue") != null) {
                values.put(key, String.valueOf(property.get("defaultValue")));
            }
        });
        PelProperties properties =
                new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("pel", PelProperties.class);
        EventLoopOptions options = new PropertyOptions(properties, false).options();
        EventLoopOptions defaults = EventLoopOptions.defaults();
        assertThat(options.withHooks(defaults.hooks())).isEqualTo(defaults);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pel.lane.size",
                "pel.lane.running",
                "pel.lane.threads",
                "pel.lane.capacity",
                "pel.lane.threads.max",
                "pel.lane.threads.hung",
                "pel.lane.threads.replaced",
                "pel.lane.threads.recycled",
                "pel.keys.used",
                "pel.keys.waiting",
                "pel.keys.longest",
                "pel.keys.rejected",
                "pel.limit.used",
                "pel.limit.waiting",
                "pel.limit.wait.oldest",
                "pel.limit.concurrency",
                "pel.limit.rate",
                "pel.limit.capacity",
                "pel.limit.rejected",
                "pel.call.wait",
                "pel.call.run",
                "pel.call.wait.max",
                "pel.call.run.max",
                "pel.calls",
                "pel.errors"
            })
    void thePageHasEveryMeter(String meter) throws IOException {
        assertThat(Files.readString(PAGE, UTF_8)).contains("| `" + meter + "` |");
    }

    private static Map<String, Map<String, Object>> metadata() throws IOException {
        return items("properties");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> items(String kind) throws IOException {
        Map<String, Object> json = JsonParserFactory.getJsonParser().parseMap(Files.readString(METADATA, UTF_8));
        return ((List<Map<String, Object>>) json.get(kind))
                .stream().collect(Collectors.toMap(item -> (String) item.get("name"), item -> item));
    }

    private static Map<String, String> documented() throws IOException {
        String page = Files.readString(PAGE, UTF_8);
        String section = page.substring(page.indexOf("## Properties"), page.indexOf("## Keys of Spring Boot"));
        Map<String, String> keys = new TreeMap<>();
        Matcher row = ROW.matcher(section);
        while (row.find()) {
            keys.put(row.group(1), row.group(2));
        }
        return keys;
    }
}
