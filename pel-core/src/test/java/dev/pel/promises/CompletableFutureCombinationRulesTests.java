package dev.pel.promises;

import static dev.pel.promises.TriedFuture.awaitEnd;
import static dev.pel.promises.TriedFuture.endOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.pel.promises.AttachedStep.Runs;
import dev.pel.promises.TriedFuture.End;
import dev.pel.promises.TriedFuture.Kind;
import dev.pel.promises.TriedFuture.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code CompletableFuture} promises of a dependent of two futures, and of {@code allOf} and {@code anyOf}. Each rule is tried on
 * the JDK's own futures, which proves that it is stated right, and on handles with others, and with the JDK's, in both orders.
 */
class CompletableFutureCombinationRulesTests {
    @RegisterExtension
    static final TriedFutures FUTURES = new TriedFutures();

    private static final List<End> ENDS = List.of(End.RETURNS, End.COMPLETED_WITH_NULL, End.THROWS, End.CANCELLED);

    /** What stands on both sides of a combination. */
    private enum Pair {
        PLAIN_WITH_PLAIN(Kind.PLAIN, Kind.PLAIN),
        PLAIN_WITH_HANDLE(Kind.PLAIN, Kind.CALL),
        HANDLE_WITH_PLAIN(Kind.CALL, Kind.PLAIN),
        CALLS(Kind.CALL, Kind.CALL),
        LOOPLESS_WITH_HANDLE(Kind.LOOPLESS, Kind.CALL),
        HANDLE_WITH_LOOPLESS(Kind.CALL, Kind.LOOPLESS),
        LOOPLESS_WITH_LOOPLESS(Kind.LOOPLESS, Kind.LOOPLESS),
        DEPENDENT_WITH_COMPOSED(Kind.DEPENDENT, Kind.COMPOSED),
        PAIR_WITH_STAGE_OF_THE_JDK(Kind.PAIR, Kind.PLAIN_MINIMAL),
        COPY_WITH_STAGE(Kind.COPY, Kind.MINIMAL),
        STAGE_WITH_CALL(Kind.MINIMAL, Kind.CALL),
        HANDLE_WITH_ONE_OF_ANOTHER_LOOP(Kind.MADE, Kind.CALL);

        private final Kind one;
        private final Kind other;

        Pair(Kind one, Kind other) {
            this.one = one;
            this.other = other;
        }

        TriedFuture one() {
            return FUTURES.of(one);
        }

        TriedFuture other() {
            return this == HANDLE_WITH_ONE_OF_ANOTHER_LOOP ? FUTURES.ofAnotherLoop(other) : FUTURES.of(other);
        }
    }

    private static Stream<Arguments> stepsWithPairs(Runs runs) {
        return AttachedStep.ofTwo().stream()
                .filter(step -> step.runs() == runs)
                .flatMap(step -> Arrays.stream(Pair.values()).map(pair -> Arguments.of(step, pair)));
    }

    static Stream<Arguments> both() {
        return stepsWithPairs(Runs.BOTH);
    }

    static Stream<Arguments> either() {
        return stepsWithPairs(Runs.EITHER);
    }

    static Stream<Arguments> bothOrEither() {
        return Stream.concat(both(), either());
    }

    // ------------------------------------------------------------------ both

    @ParameterizedTest
    @MethodSource("both")
    void combinationEndsWhenBothHaveEnded(AttachedStep step, Pair pair) {
        for (End first : ENDS) {
            for (End second : ENDS) {
                boolean inOrder = (first.ordinal() + second.ordinal()) % 2 == 0;
                TriedFuture one = pair.one();
                TriedFuture other = pair.other();
                AttachedCode before = new AttachedCode(first == second);
                CompletionStage<?> attachedBefore = step.to(one.stage, other.stage, before);
                Seen ofOne = inOrder ? one.end(first) : null;
                Seen ofOther = other.end(second);
                ofOne = inOrder ? ofOne : one.end(first);
                AttachedCode after = new AttachedCode(first == second);
                CompletionStage<?> attachedAfter = step.to(one.stage, other.stage, after);
                String when = first + " and " + second;
                bothAsExpected(step, ofOne, ofOther, before, attachedBefore, when + " after attaching");
                bothAsExpected(step, ofOne, ofOther, after, attachedAfter, when + " before attaching");
            }
        }
    }

    private static void bothAsExpected(
            AttachedStep step, Seen one, Seen other, AttachedCode code, CompletionStage<?> dependent, String when) {
        Seen worse = one.failed() || !other.failed() ? one : other;
        boolean runs = !worse.failed();
        if (one.failed() && other.failed()) { // which of them is not promised
            assertThat(endOf(dependent)).as(when).isIn(one.takenOver(), other.takenOver());
        } else {
            assertThat(endOf(dependent)).as(when).isEqualTo(step.expected(worse, code));
        }
        List<Seen> arguments = step.expectedArguments(one, other);
        assertThat(code.calls).as("calls, %s", when).isEqualTo(runs ? List.of(arguments) : List.of());
        if (runs) {
            assertThat(code.asked).as("executor, %s", when).hasValue(step.takesExecutor() ? 1 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void combinationWaitsForTheSecondAlsoWhenTheFirstHasFailed(AttachedStep step, Pair pair) {
        for (End end : List.of(End.RETURNS, End.FAILED)) {
            TriedFuture one = pair.one();
            TriedFuture other = pair.other();
            AttachedCode code = new AttachedCode(false);
            CompletableFuture<?> dependent =
                    step.to(one.stage, other.stage, code).toCompletableFuture();
            Seen first = one.end(end);
            FUTURES.settle();
            assertThat(dependent).isNotDone();
            assertThat(other.future).isNotDone();
            other.end(End.RETURNS);
            assertThat(endOf(dependent)).isEqualTo(step.expected(first, code));
        }
    }

    // ------------------------------------------------------------------ either

    @ParameterizedTest
    @MethodSource("either")
    void choiceEndsAsTheFirstThatEndsAndTheOtherOneChangesNothing(AttachedStep step, Pair pair) {
        for (End end : ENDS) {
            for (boolean fails : new boolean[] {false, true}) {
                TriedFuture one = pair.one();
                TriedFuture other = pair.other();
                TriedFuture first = fails ? other : one;
                TriedFuture last = fails ? one : other;
                AttachedCode before = new AttachedCode(fails);
                CompletionStage<?> attachedBefore = step.to(one.stage, other.stage, before);
                Seen seen = first.end(end);
                AttachedCode after = new AttachedCode(fails);
                CompletionStage<?> attachedAfter = step.to(one.stage, other.stage, after);
                eitherAsExpected(step, seen, before, attachedBefore, end + " after attaching");
                eitherAsExpected(step, seen, after, attachedAfter, end + " before attaching");
                assertThat(last.future).isNotDone();
                last.end(End.FAILED);
                FUTURES.settle();
                eitherAsExpected(step, seen, before, attachedBefore, end + " then a failure");
            }
        }
    }

    private static void eitherAsExpected(
            AttachedStep step, Seen first, AttachedCode code, CompletionStage<?> dependent, String when) {
        assertThat(endOf(dependent)).as(when).isEqualTo(step.expected(first.takenOver(), code));
        assertThat(code.calls)
                .as("calls, %s", when)
                .isEqualTo(first.failed() ? List.of() : List.of(step.expectedArguments(first)));
    }

    @ParameterizedTest
    @MethodSource("either")
    void choiceOfTwoThatHaveEndedIsOneOfThem(AttachedStep step, Pair pair) {
        TriedFuture one = pair.one();
        TriedFuture other = pair.other();
        AttachedCode code = new AttachedCode(false);
        Seen ofOne = one.end(End.THROWS);
        Seen ofOther = other.end(End.RETURNS);
        CompletionStage<?> dependent = step.to(one.stage, other.stage, code);
        assertThat(endOf(dependent)).isIn(ofOne.takenOver(), step.expected(ofOther, code));
    }

    // ------------------------------------------------------------------ both or either

    @ParameterizedTest
    @MethodSource("bothOrEither")
    void functionOfADependentThatHasEndedDoesNotRun(AttachedStep step, Pair pair) {
        if (pair.one.isMinimal()) {
            return; // nobody can end its dependents
        }
        TriedFuture one = pair.one();
        TriedFuture other = pair.other();
        AttachedCode witness = new AttachedCode(false);
        AttachedCode code = new AttachedCode(false);
        CompletionStage<?> waits = step.to(one.stage, other.stage, witness); // the other one is told first
        CompletableFuture<?> dependent = step.to(one.stage, other.stage, code).toCompletableFuture();
        assertThat(dependent.cancel(true)).isTrue();
        assertThat(one.future.isDone() || other.future.isDone()).isFalse();
        one.end(End.RETURNS);
        other.end(End.RETURNS);
        awaitEnd(waits.toCompletableFuture());
        FUTURES.settle();
        assertThat(code.calls).isEmpty();
        assertThat(dependent).isCancelled();
    }

    @ParameterizedTest
    @MethodSource("bothOrEither")
    void bothSidesMayBeTheSameFuture(AttachedStep step, Pair pair) {
        TriedFuture one = pair.one();
        AttachedCode code = new AttachedCode(false);
        CompletionStage<?> dependent = step.to(one.stage, one.stage, code);
        Seen seen = one.end(End.RETURNS);
        assertThat(endOf(dependent)).isEqualTo(step.expected(seen, code));
        assertThat(code.calls).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("bothOrEither")
    void nullIsRefused(AttachedStep step, Pair pair) {
        TriedFuture one = pair.one();
        TriedFuture other = pair.other();
        AttachedCode code = new AttachedCode(false);
        for (int i = 0; i < 2; i++) {
            assertThatNullPointerException().isThrownBy(() -> step.attach().to(one.stage, other.stage, null, code));
            assertThatNullPointerException().isThrownBy(() -> step.attach().to(one.stage, null, code, code));
            if (step.takesExecutor()) {
                assertThatNullPointerException().isThrownBy(() -> step.attach().to(one.stage, other.stage, code, null));
            }
            one.end(End.RETURNS);
            other.end(End.RETURNS);
        }
        assertThat(code.calls).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("bothOrEither")
    void refusalOfTheExecutorFailsTheDependent(AttachedStep step, Pair pair) {
        if (step.takesExecutor()) {
            RuntimeException refusal = new RejectedExecutionException("full");
            Executor refusing = command -> {
                throw refusal;
            };
            TriedFuture one = pair.one();
            TriedFuture other = pair.other();
            AttachedCode code = new AttachedCode(false);
            CompletionStage<?> before = step.attach().to(one.stage, other.stage, code, refusing);
            one.end(End.RETURNS);
            other.end(End.RETURNS);
            CompletionStage<?> after = step.attach().to(one.stage, other.stage, code, refusing);
            assertThat(endOf(before)).isEqualTo(Seen.wrapped(refusal));
            assertThat(endOf(after)).isEqualTo(Seen.wrapped(refusal));
        }
    }

    @ParameterizedTest
    @MethodSource("bothOrEither")
    void otherMayHaveEndedLongAgo(AttachedStep step, Pair pair) {
        IllegalStateException boom = new IllegalStateException("x");
        boolean both = step.runs() == Runs.BOTH;
        for (CompletionStage<Integer> other :
                List.of(CompletableFuture.completedFuture(5), CompletableFuture.completedStage(5))) {
            TriedFuture one = pair.one();
            AttachedCode code = new AttachedCode(false);
            CompletionStage<?> dependent = step.to(one.stage, other, code);
            Seen seen = both ? one.end(End.RETURNS) : Seen.value(5);
            assertThat(endOf(dependent)).isEqualTo(step.expected(seen, code));
            List<Seen> arguments = both ? step.expectedArguments(seen, Seen.value(5)) : step.expectedArguments(seen);
            assertThat(code.calls).isEqualTo(List.of(arguments));
        }
        for (CompletionStage<Integer> other :
                List.of(CompletableFuture.<Integer>failedFuture(boom), CompletableFuture.<Integer>failedStage(boom))) {
            TriedFuture one = pair.one();
            AttachedCode code = new AttachedCode(false);
            CompletionStage<?> dependent = step.to(one.stage, other, code);
            if (both) {
                one.end(End.RETURNS);
            }
            assertThat(endOf(dependent)).isEqualTo(Seen.wrapped(boom));
            assertThat(code.calls).isEmpty();
        }
    }

    // ------------------------------------------------------------------ allOf and anyOf

    private static List<TriedFuture> oneOfEachKind() {
        return new ArrayList<>(
                Arrays.stream(Kind.values()).map(kind -> FUTURES.of(kind)).toList());
    }

    private static CompletableFuture<?>[] stages(List<TriedFuture> futures) {
        return futures.stream().map(tried -> tried.stage.toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void allOfWaitsForAllAndFailsWhenOneFails(End last) {
        for (int which = 0; which < Kind.values().length; which++) {
            List<TriedFuture> futures = oneOfEachKind();
            CompletableFuture<Void> all = CompletableFuture.allOf(stages(futures));
            TriedFuture other = futures.remove(which);
            futures.forEach(tried -> tried.end(End.RETURNS));
            FUTURES.settle();
            assertThat(all).isNotDone();
            Seen seen = other.end(last);
            assertThat(endOf(all)).isEqualTo(last.fails() ? seen.takenOver() : Seen.value(null));
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void anyOfEndsAsTheFirstThatEnds(End first) {
        for (int which = 0; which < Kind.values().length; which++) {
            List<TriedFuture> futures = oneOfEachKind();
            CompletableFuture<Object> any = CompletableFuture.anyOf(stages(futures));
            assertThat(any).isNotDone();
            Seen seen = futures.remove(which).end(first);
            assertThat(endOf(any)).isEqualTo(seen.takenOver());
            futures.forEach(tried -> tried.end(End.FAILED));
            assertThat(endOf(any)).isEqualTo(seen.takenOver());
        }
    }
}
