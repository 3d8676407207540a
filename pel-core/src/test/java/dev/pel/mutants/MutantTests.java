package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MutantTests {
    private static final List<String> BLOCK = List.of(
            "mutant: wrong",
            "promise: 1",
            "bug: it is wrong",
            "class: Some",
            "tests: OneTests, OtherTests.two",
            "- a b",
            "+ c");

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
    void nameThatIsThereTwiceIsRefused() {
        List<String> twice = new ArrayList<>(BLOCK);
        twice.add("");
        twice.addAll(BLOCK);

        assertThatThrownBy(() -> Catalogue.parse(twice)).hasMessageContaining("'wrong'");
    }
}
