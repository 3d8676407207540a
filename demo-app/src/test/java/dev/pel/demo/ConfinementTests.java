package dev.pel.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The demo shows that state which only bodies touch needs nothing to protect it. */
@AnalyzeClasses(packages = "dev.pel.demo", importOptions = ImportOption.DoNotIncludeTests.class)
class ConfinementTests {

    @ArchTest
    static final ArchRule nothingIsVolatile = noFields().should().haveModifier(JavaModifier.VOLATILE);

    @ArchTest
    static final ArchRule nothingLocksOrCollectsConcurrently = noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.util\\.concurrent\\.(locks|atomic)\\..*|java\\.util\\.concurrent\\.(Concurrent|CopyOnWrite|.*Queue|.*Deque"
                            + "|Semaphore|CountDownLatch|Phaser|CyclicBarrier|Exchanger).*|java\\.util\\.(Vector|Hashtable)|java\\.lang\\.invoke\\.VarHandle");

    @Test
    void nothingIsSynchronized() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            assertThat(sources.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(source -> assertThat(source).content().doesNotContainPattern("\\bsynchronized\\b"));
        }
    }
}
