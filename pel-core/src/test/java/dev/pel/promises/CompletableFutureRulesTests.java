package dev.pel.promises;

import static dev.pel.promises.TriedFuture.awaitEnd;
import static dev.pel.promises.TriedFuture.endOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pel.Loops;
import dev.pel.promises.AttachedStep.Runs;
import dev.pel.promises.TriedFuture.End;
import dev.pel.promises.TriedFuture.Kind;
import dev.pel.promises.TriedFuture.Seen;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code CompletableFuture} promises of a dependent of one future. Each rule is tried on the JDK's own futures, which proves that
 * it is stated right, and on handles of every kind.
 */
class CompletableFutureRulesTests {
    @RegisterExtension
    static final TriedFutures FUTURES = new TriedFutures();

    static Stream<Arguments> stepsOfKinds() {
        return AttachedStep.ofOne().stream()
                .flatMap(step -> Arrays.stream(Kind.values()).map(kind -> Arguments.of(step, kind)));
    }

    static Stream<Arguments> stepsThatTakeAnExecutorOfKinds() {
        return stepsOfKinds().filter(arguments -> ((AttachedStep) arguments.get()[0]).takesExecutor());
    }

    @Test
    void everyMethodOfAStageIsTried() {
        Set<String> methods = Arrays.stream(CompletionStage.class.getMethods())
                .filter(method -> !method.getName().equals("toCompletableFuture"))
                .map(method -> method.getName()
                        + (List.of(method.getParameterTypes()).contains(Executor.class) ? "(executor)" : ""))
                .collect(Collectors.toSet());
        assertThat(AttachedStep.ALL).extracting(AttachedStep::name).containsExactlyInAnyOrderElementsOf(methods);
    }

    // ------------------------------------------------------------------ after the end of the source

    @ParameterizedTest
    @MethodSource("stepsOfKinds")
    void functionRunsOnceOrNeverAndTheDependentEndsAccordingly(AttachedStep step, Kind kind) {
        for (End end : End.values()) {
            for (boolean fails : new boolean[] {false, true}) {
                TriedFuture source = FUTURES.of(kind);
                AttachedCode before = new AttachedCode(fails);
                AttachedCode after = new AttachedCode(fails);
                CompletionStage<?> attachedBefore = step.to(source.stage, before);
                Seen seen = source.end(end);
                CompletionStage<?> attachedAfter = step.to(source.stage, after);
                endsAsExpected(step, seen, before, attachedBefore, end + " after attaching");
                endsAsExpected(step, seen, after, attachedAfter, end + " before attaching");
            }
        }
    }

    private static void endsAsExpected(
            AttachedStep step, Seen source, AttachedCode code, CompletionStage<?> dependent, String when) {
        assertThat(endOf(dependent))
                .as("end, source %s, function fails: %s", when, code.fails())
                .isEqualTo(step.expected(source, code));
        boolean runs = step.runsAfter(source);
        assertThat(code.calls)
                .as("what the function was given, source %s", when)
                .isEqualTo(runs ? List.of(step.expectedArguments(source)) : List.of());
        assertThat(code.asked)
                .as("how often the executor was asked, source %s", when)
                .hasValue(step.asksAfter(source) ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("stepsOfKinds")
    void functionOfADependentThatHasEndedDoesNotRun(AttachedStep step, Kind kind) {
        if (kind.isMinimal()) {
            return; // nobody can end its dependents
        }
        for (End how : List.of(End.COMPLETED, End.FAILED, End.CANCELLED)) {
            for (End end : List.of(End.RETURNS, End.THROWS)) {
                TriedFuture source = FUTURES.of(kind);
                AttachedCode witness = new AttachedCode(false);
                AttachedCode code = new AttachedCode(false);
                CompletionStage<?> waits = step.to(source.stage, witness); // the other one is told first
                CompletableFuture<?> dependent = step.to(source.stage, code).toCompletableFuture();
                RuntimeException given = new IllegalStateException("given");
                endFromOutside(dependent, how, given);
                assertThat(source.future.isDone())
                        .as("whether the source is done")
                        .isFalse();
                source.end(end);
                awaitEnd(waits.toCompletableFuture());
                FUTURES.settle();
                FUTURES.settle();
                assertThat(code.calls).as("calls after %s, then %s", how, end).isEmpty();
                assertThat(dependent.isCancelled()).isEqualTo(how == End.CANCELLED);
                assertThat(dependent.isCompletedExceptionally()).isEqualTo(how.fails());
            }
        }
    }

    private static void endFromOutside(CompletableFuture<?> future, End how, Throwable given) {
        boolean ended = switch (how) {
            case COMPLETED -> future.complete(null);
            case FAILED -> future.completeExceptionally(given);
            default -> future.cancel(true);
        };
        assertThat(ended).isTrue();
    }

    @ParameterizedTest
    @MethodSource("stepsOfKinds")
    void completionExceptionOfAFunctionIsNotWrappedAgain(AttachedStep step, Kind kind) {
        CompletionException thrown = new CompletionException(new IllegalStateException("x"));
        TriedFuture source = FUTURES.of(kind);
        CompletionStage<?> dependent = step.to(source.stage, new AttachedCode(true, thrown));
        source.end(step.runs() == Runs.ON_FAILURE ? End.THROWS : End.RETURNS);
        Throwable seen = Loops.get(dependent.handle((value, error) -> error).toCompletableFuture());
        assertThat(seen).isSameAs(thrown);
    }

    // ------------------------------------------------------------------ nulls and executors

    @ParameterizedTest
    @MethodSource("stepsOfKinds")
    void functionMustNotBeNull(AttachedStep step, Kind kind) {
        TriedFuture source = FUTURES.of(kind);
        assertThatNullPointerException()
                .isThrownBy(() -> step.attach().to(source.stage, source.stage, null, Runnable::run));
        source.end(End.THROWS);
        assertThatNullPointerException()
                .isThrownBy(() -> step.attach().to(source.stage, source.stage, null, Runnable::run));
    }

    @ParameterizedTest
    @MethodSource("stepsThatTakeAnExecutorOfKinds")
    void executorMustNotBeNull(AttachedStep step, Kind kind) {
        TriedFuture source = FUTURES.of(kind);
        AttachedCode code = new AttachedCode(false);
        assertThatNullPointerException().isThrownBy(() -> step.attach().to(source.stage, source.stage, code, null));
        source.end(End.RETURNS);
        assertThatNullPointerException().isThrownBy(() -> step.attach().to(source.stage, source.stage, code, null));
        assertThat(code.calls).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("stepsThatTakeAnExecutorOfKinds")
    void refusalOfTheExecutorFailsTheDependentWhereItIsAsked(AttachedStep step, Kind kind) {
        RuntimeException refusal = new RejectedExecutionException("full");
        Executor refusing = command -> {
            throw refusal;
        };
        for (End end : List.of(End.RETURNS, End.THROWS, End.FAILED, End.CANCELLED)) {
            TriedFuture source = FUTURES.of(kind);
            AttachedCode code = new AttachedCode(false);
            CompletionStage<?> before = step.attach().to(source.stage, source.stage, code, refusing);
            Seen seen = source.end(end);
            CompletionStage<?> after = step.attach().to(source.stage, source.stage, code, refusing);
            Seen expected = step.asksAfter(seen) ? Seen.wrapped(refusal) : seen.takenOver();
            assertThat(endOf(before)).as("%s after attaching", end).isEqualTo(expected);
            assertThat(endOf(after)).as("%s before attaching", end).isEqualTo(expected);
            assertThat(code.calls).isEmpty();
        }
    }

    // ------------------------------------------------------------------ whenComplete

    @ParameterizedTest
    @EnumSource(Kind.class)
    void failureOfTheSourceGoesBeforeThatOfTheActionWhichIsSuppressed(Kind kind) {
        TriedFuture source = FUTURES.of(kind);
        RuntimeException second = new IllegalStateException("second");
        CompletionStage<Integer> dependent = source.stage.whenComplete((value, error) -> {
            throw second;
        });
        Seen seen = source.end(End.FAILED);
        assertThat(endOf(dependent)).isEqualTo(seen.takenOver());
        List<Throwable> suppressed = new ArrayList<>();
        Throwable first = Loops.get(source.stage.handle((value, error) -> error).toCompletableFuture());
        suppressed.addAll(List.of(first.getSuppressed()));
        assertThat(suppressed).containsExactly(second);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void actionThatThrowsTheFailureOfTheSourceAgainSuppressesNothing(Kind kind) {
        TriedFuture source = FUTURES.of(kind);
        CompletionStage<Integer> dependent = source.stage.whenComplete((value, error) -> {
            throw (RuntimeException) error;
        });
        Seen seen = source.end(End.FAILED);
        assertThat(endOf(dependent)).isEqualTo(seen.takenOver());
        Throwable first = Loops.get(source.stage.handle((value, error) -> error).toCompletableFuture());
        assertThat(first.getSuppressed()).isEmpty();
    }

    // ------------------------------------------------------------------ thenCompose

    @ParameterizedTest
    @EnumSource(Kind.class)
    void compositionEndsAsTheStageOfItsFunctionDoes(Kind kind) {
        for (Kind inner : Kind.values()) {
            for (End end : End.values()) {
                TriedFuture source = FUTURES.of(kind);
                TriedFuture given = FUTURES.of(inner);
                CompletableFuture<Integer> composed =
                        source.stage.thenCompose(value -> given.stage).toCompletableFuture();
                TriedFuture failed = FUTURES.of(kind);
                CompletableFuture<Integer> recovered =
                        failed.stage.exceptionallyCompose(error -> given.stage).toCompletableFuture();
                source.end(End.RETURNS);
                failed.end(End.CANCELLED);
                FUTURES.settle();
                assertThat(composed).isNotDone();
                assertThat(recovered).isNotDone();
                Seen expected = given.end(end).takenOver();
                assertThat(endOf(composed)).as("%s %s", inner, end).isEqualTo(expected);
                assertThat(endOf(recovered)).as("%s %s", inner, end).isEqualTo(expected);
                assertThat(composed.isCancelled()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void compositionFailsWhenItsFunctionGivesNoStage(Kind kind) {
        TriedFuture source = FUTURES.of(kind);
        CompletionStage<Integer> composed = source.stage.thenCompose(value -> null);
        TriedFuture failed = FUTURES.of(kind);
        CompletionStage<Integer> recovered = failed.stage.exceptionallyCompose(error -> null);
        source.end(End.RETURNS);
        failed.end(End.THROWS);
        for (CompletionStage<Integer> each : List.of(composed, recovered)) {
            Seen seen = endOf(each);
            assertThat(seen.failure()).isInstanceOf(NullPointerException.class);
            assertThat(seen.wrapped()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void endOfACompositionDoesNotEndTheStageOfItsFunction(Kind kind) {
        TriedFuture source = FUTURES.of(kind);
        TriedFuture given = FUTURES.of(Kind.PLAIN);
        CompletableFuture<Integer> composed =
                source.stage.thenCompose(value -> given.stage).toCompletableFuture();
        source.end(End.RETURNS);
        FUTURES.settle();
        assertThat(composed.cancel(true)).isTrue();
        assertThat(given.future).isNotDone();
        assertThat(catchThrowable(() -> given.end(End.RETURNS))).isNull();
        assertThat(composed).isCancelled();
    }
}
