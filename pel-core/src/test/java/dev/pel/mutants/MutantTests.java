package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MutantTests {
    private static final String BLOCK = """
            mutant: wrong
            bug: it is wrong: very
            tests: one, two
            - a
            -     b
            + c
            """;

    @Test
    void blocksAreReadAndCommentsLeftOut() {
        List<Mutant> mutants =
                Mutant.parse("# a comment\n\n" + BLOCK + "\n\n# another one\n" + BLOCK.replace("wrong", "bad"));

        assertThat(mutants)
                .containsExactly(
                        new Mutant("wrong", "it is wrong: very", " a\n     b", " c", List.of("one", "two")),
                        new Mutant("bad", "it is bad: very", " a\n     b", " c", List.of("one", "two")));
    }

    @Test
    void blockWithoutTestsIsRefused() {
        assertThatThrownBy(() -> Mutant.parse(BLOCK.replace("tests: one, two\n", "")))
                .hasMessageContaining("tests");
    }

    @Test
    void blockWithNothingToReplaceIsRefused() {
        assertThatThrownBy(() -> Mutant.parse(BLOCK.replaceAll("(?m)^-.*\n", "")))
                .hasMessageContaining("'wrong'");
    }

    @Test
    void unknownLineIsRefused() {
        assertThatThrownBy(() -> Mutant.parse(BLOCK + "promise: 1\n")).hasMessageContaining("promise: 1");
    }

    @Test
    void nameThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> Mutant.parse(BLOCK + "\n" + BLOCK)).hasMessageContaining("'wrong'");
    }
}
