package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The catalogue of mutants fits the engine as it is, and the page shows what came out. */
class CatalogueTests {
    private static final List<String> BLOCK = List.of(
            "mutant: wrong",
            "promise: 1",
            "bug: it is wrong",
            "class: Some",
            "tests: OneTests, OtherTests.two",
            "- a b",
            "+ c");

    @Test
    void everyMutantHasItsPlaceInTheEngineExactlyOnce() throws IOException {
        List<String> lost = new ArrayList<>();
        for (Mutant mutant : Catalogue.read()) {
            String source = Catalogue.sourceOf(mutant);
            try {
                assertThat(mutant.plant(source)).isNotEqualTo(source);
            } catch (IllegalStateException e) {
                lost.add(e.getMessage());
            }
        }
        assertThat(lost).isEmpty();
    }

    @Test
    void everyMutantNamesTestsThatExist() throws IOException {
        for (Mutant mutant : Catalogue.read()) {
            mutant.tests().forEach(test -> assertThat(Judge.selectors(test)).isNotEmpty());
        }
    }

    @Test
    void namesAreUniqueAndThereAreEnough() throws IOException {
        assertThat(Catalogue.read())
                .extracting(Mutant::name)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void whiteSpaceOfThePlaceDoesNotMatter() {
        Mutant mutant = Catalogue.parse(BLOCK).get(0);

        assertThat(mutant.plant("x a\n    b y").replaceAll("\\s+", " ")).isEqualTo("x c y");
        assertThat(mutant.tests()).containsExactly("OneTests", "OtherTests.two");
    }

    @Test
    void placeThatIsMissingOrAmbiguousIsRefusedWithTheNameOfTheMutant() {
        Mutant mutant = Catalogue.parse(BLOCK).get(0);

        assertThatThrownBy(() -> mutant.plant("nothing"))
                .hasMessageContaining("'wrong'")
                .hasMessageContaining("Some");
        assertThatThrownBy(() -> mutant.plant("a b a b")).hasMessageContaining("more than once");
    }

    @Test
    void blockWithoutTestsIsRefused() {
        assertThatThrownBy(() -> Catalogue.parse(BLOCK.subList(0, 4))).hasMessageContaining("tests");
    }

    @Test
    void everyMutantWasKilledWhenItWasTriedLast() throws IOException {
        List<Mutant> mutants = Catalogue.read();
        Verdicts verdicts = Verdicts.read(Verdicts.FILE);

        assertThat(verdicts.byName())
                .containsOnlyKeys(mutants.stream().map(Mutant::name).toList());
        assertThat(verdicts.byName().values()).allMatch(Verdict::isKilled);
    }

    /** So no line of the table is typed by hand. */
    @Test
    void pageShowsTheStoredResults() throws IOException {
        String page = Files.readString(Verdicts.PAGE);

        assertThat(Verdicts.read(Verdicts.FILE).page(page, Catalogue.read())).isEqualTo(page);
    }
}
