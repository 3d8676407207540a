package dev.pel.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the record of a class says. */
public class ApiTextTests {
    private static final String HERE = ApiTextTests.class.getName() + "$";

    @Test
    void tellsGenericsNullnessAndExceptions() {
        assertThat(ApiText.lines(Generic.class))
                .containsExactly(
                        HERE
                                + "Generic: public abstract static class<T extends @Nullable Object> implements java.util.function.Consumer<T>",
                        HERE + "Generic: protected @Nullable String[] names",
                        HERE + "Generic: protected String @Nullable [] array",
                        HERE
                                + "Generic: public <E extends java.io.IOException & Comparable<E>> void fail(E, int[]) throws E",
                        HERE
                                + "Generic: public java.util.Map<? super T, ? extends java.util.List<@Nullable String>> map()",
                        HERE + "Generic: public new()");
    }

    @Test
    void tellsConstantsAndDefaults() {
        assertThat(ApiText.lines(Marked.class))
                .containsExactly(
                        HERE + "Marked: public static @interface extends java.lang.annotation.Annotation",
                        HERE + "Marked: public abstract Class<?>[] types() default [interface java.util.List]",
                        HERE + "Marked: public abstract String value() default \"none\"",
                        HERE + "Marked: public static final int LIMIT = 7");
    }

    @Test
    void tellsTheComponentsOfARecord() {
        assertThat(ApiText.lines(Pair.class))
                .contains(HERE + "Pair: public static record(@Nullable String left, java.util.List<String> right)");
    }

    @Test
    void tellsTheGenericsOfACompactConstructor() {
        assertThat(ApiText.lines(Pair.class))
                .contains(HERE + "Pair: public new(@Nullable String, java.util.List<String>)");
    }

    @Test
    void tellsVisiblePermittedClassesOnly() {
        assertThat(ApiText.lines(Shape.class))
                .containsExactly(HERE + "Shape: public static sealed interface permits " + HERE + "Round");
    }

    @Test
    void countsWhatIsInheritedFromAnInvisibleClass() {
        assertThat(ApiText.lines(Round.class)).contains(HERE + "Round: public void roll()");
    }

    @Test
    void leavesOutWhatIsProtectedInAFinalClass() {
        assertThat(ApiText.lines(Round.class)).noneMatch(line -> line.contains("protected"));
    }

    @Test
    void doesNotSeeANestedClassOfAnInvisibleOne() {
        assertThat(ApiText.isVisible(Hidden.Nested.class)).isFalse();
    }

    public abstract static class Generic<T extends @Nullable Object> implements Consumer<T> {
        protected @Nullable String[] names = {};
        protected String @Nullable [] array;
        String invisible = "";

        public <E extends IOException & Comparable<E>> void fail(E failure, int[] numbers) throws E {
            throw failure;
        }

        public Map<? super T, ? extends List<@Nullable String>> map() {
            return Map.of();
        }
    }

    public @interface Marked {
        int LIMIT = 7;

        String value() default "none";

        Class<?>[] types() default List.class;
    }

    public record Pair(@Nullable String left, List<String> right) {
        public Pair {
            right = List.copyOf(right);
        }
    }

    public sealed interface Shape permits Round, Secret {}

    static final class Secret implements Shape {}

    abstract static class Hidden {
        public static class Nested {}

        public void roll() {}

        protected void wear() {}
    }

    public static final class Round extends Hidden implements Shape {}
}
