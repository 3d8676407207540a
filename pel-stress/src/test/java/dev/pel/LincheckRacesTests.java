package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.flow.StreamRaces;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;

/**
 * The races that jcstress runs millions of times, here interleaved on purpose: Lincheck lets one thread run at a time, and
 * switches at accesses to what they share, in each round at others. A red race prints its interleaving.
 */
@Tag("thorough")
class LincheckRacesTests {
    private static final int INTERLEAVINGS = Integer.getInteger("pel.lincheck.interleavings", 150);

    static Stream<Named<Class<?>>> races() {
        return Stream.of(
                        WakeUpRaces.class,
                        ThreadRaces.class,
                        StopRaces.class,
                        EndRaces.class,
                        HeldRaces.class,
                        FlowRaces.class,
                        BookRaces.class,
                        PressureRaces.class,
                        VisibilityRaces.class,
                        StreamRaces.class)
                .flatMap(group -> Arrays.stream(group.getDeclaredClasses()))
                .filter(race -> race.isAnnotationPresent(JCStressTest.class))
                .map(race -> Named.of(race.getSimpleName(), race));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("races")
    void everyInterleavingOfTheRaceEndsAsItMay(Class<?> race) throws NoSuchMethodException {
        List<List<org.jetbrains.kotlinx.lincheck.Actor>> threads = Arrays.stream(race.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Actor.class))
                .map(method -> List.of(call(method)))
                .toList();
        assertThat(threads).hasSize(2);
        new ModelCheckingOptions()
                .addCustomScenario(
                        new ExecutionScenario(List.of(), threads, List.of(call(race.getMethod("verdict"))), null))
                .iterations(0) // none but that scenario
                .invocationsPerIteration(INTERLEAVINGS)
                .verifier(LegalOutcome.class)
                .minimizeFailedScenario(false)
                .check(race);
    }

    private static org.jetbrains.kotlinx.lincheck.Actor call(Method method) {
        return new org.jetbrains.kotlinx.lincheck.Actor(method, List.of());
    }

    /** Compares the verdict on a race with the outcomes that it allows; neither thread may have thrown anything. */
    public static final class LegalOutcome implements Verifier {
        private final Set<String> legal;

        /** Called by Lincheck. */
        public LegalOutcome(Class<?> race) {
            legal = Arrays.stream(race.getAnnotationsByType(Outcome.class))
                    .filter(outcome -> outcome.expect() != Expect.FORBIDDEN)
                    .flatMap(outcome -> Arrays.stream(outcome.id()))
                    .collect(Collectors.toSet());
        }

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult result) {
            return legal.contains(result.getPostResults().get(0).toString())
                    && result.getParallelResultsWithClock().stream()
                            .flatMap(List::stream)
                            .noneMatch(step -> step.getResult() instanceof ExceptionResult);
        }
    }
}
