package dev.pel.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Newer JDKs can skip annotation processors in silence; then these files are missing from the jar. */
class GeneratedMetadataTests {

    private static final Path META_INF = Path.of("target", "classes", "META-INF");

    @Test
    void describesTheProperties() throws IOException {
        assertThat(read("spring-configuration-metadata.json")).contains("\"pel.");
    }

    @Test
    void indexesTheConditionsOfTheAutoConfigurations() throws IOException {
        assertThat(read("spring-autoconfigure-metadata.properties")).contains("dev.pel.spring.");
    }

    private static String read(String name) throws IOException {
        return Files.readString(META_INF.resolve(name), UTF_8);
    }
}
