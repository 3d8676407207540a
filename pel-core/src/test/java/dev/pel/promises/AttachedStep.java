package dev.pel.promises;

import static dev.pel.promises.AttachedCode.consumer;
import static dev.pel.promises.AttachedCode.consumerOfTwo;
import static dev.pel.promises.AttachedCode.function;
import static dev.pel.promises.AttachedCode.functionOfTwo;
import static dev.pel.promises.AttachedCode.ofEnd;
import static dev.pel.promises.AttachedCode.onEnd;
import static dev.pel.promises.AttachedCode.recovery;
import static dev.pel.promises.AttachedCode.recoveryStage;
import static dev.pel.promises.AttachedCode.runnable;
import static dev.pel.promises.AttachedCode.stage;
import static dev.pel.promises.AttachedStep.Gives.NOTHING;
import static dev.pel.promises.AttachedStep.Gives.RESULT;
import static dev.pel.promises.AttachedStep.Gives.SOURCE;
import static dev.pel.promises.AttachedStep.Runs.ALWAYS;
import static dev.pel.promises.AttachedStep.Runs.BOTH;
import static dev.pel.promises.AttachedStep.Runs.EITHER;
import static dev.pel.promises.AttachedStep.Runs.ON_FAILURE;
import static dev.pel.promises.AttachedStep.Runs.ON_VALUE;

import dev.pel.promises.TriedFuture.Seen;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A method of a stage that attaches something: when it runs that, with what, and what comes of it. */
record AttachedStep(String name, Runs runs, Gives gives, Attach attach) {
    /** When the function runs. With two sources, the failure of those it waits for goes on instead. */
    enum Runs {
        ON_VALUE,
        ON_FAILURE,
        ALWAYS,
        BOTH,
        EITHER
    }

    /** What the dependent ends with when the function has run and has not failed. */
    enum Gives {
        RESULT,
        NOTHING,
        SOURCE
    }

    /** Calls the method; the second stage and the executor are for methods that take them, and what is null is handed on as null. */
    interface Attach {
        CompletionStage<?> to(
                CompletionStage<Integer> source,
                @Nullable CompletionStage<Integer> other,
                @Nullable AttachedCode code,
                @Nullable Executor executor);
    }

    /** Every method of CompletionStage that attaches something, named as the method, and with a mark if it takes an executor. */
    static final List<AttachedStep> ALL = List.of(
            new AttachedStep("thenApply", ON_VALUE, RESULT, (s, o, c, e) -> s.thenApply(function(c))),
            new AttachedStep("thenApplyAsync", ON_VALUE, RESULT, (s, o, c, e) -> s.thenApplyAsync(function(c))),
            new AttachedStep(
                    "thenApplyAsync(executor)", ON_VALUE, RESULT, (s, o, c, e) -> s.thenApplyAsync(function(c), e)),
            new AttachedStep("thenAccept", ON_VALUE, NOTHING, (s, o, c, e) -> s.thenAccept(consumer(c))),
            new AttachedStep("thenAcceptAsync", ON_VALUE, NOTHING, (s, o, c, e) -> s.thenAcceptAsync(consumer(c))),
            new AttachedStep(
                    "thenAcceptAsync(executor)", ON_VALUE, NOTHING, (s, o, c, e) -> s.thenAcceptAsync(consumer(c), e)),
            new AttachedStep("thenRun", ON_VALUE, NOTHING, (s, o, c, e) -> s.thenRun(runnable(c))),
            new AttachedStep("thenRunAsync", ON_VALUE, NOTHING, (s, o, c, e) -> s.thenRunAsync(runnable(c))),
            new AttachedStep(
                    "thenRunAsync(executor)", ON_VALUE, NOTHING, (s, o, c, e) -> s.thenRunAsync(runnable(c), e)),
            new AttachedStep("thenCompose", ON_VALUE, RESULT, (s, o, c, e) -> s.thenCompose(stage(c))),
            new AttachedStep("thenComposeAsync", ON_VALUE, RESULT, (s, o, c, e) -> s.thenComposeAsync(stage(c))),
            new AttachedStep(
                    "thenComposeAsync(executor)", ON_VALUE, RESULT, (s, o, c, e) -> s.thenComposeAsync(stage(c), e)),
            new AttachedStep("handle", ALWAYS, RESULT, (s, o, c, e) -> s.handle(ofEnd(c))),
            new AttachedStep("handleAsync", ALWAYS, RESULT, (s, o, c, e) -> s.handleAsync(ofEnd(c))),
            new AttachedStep("handleAsync(executor)", ALWAYS, RESULT, (s, o, c, e) -> s.handleAsync(ofEnd(c), e)),
            new AttachedStep("whenComplete", ALWAYS, SOURCE, (s, o, c, e) -> s.whenComplete(onEnd(c))),
            new AttachedStep("whenCompleteAsync", ALWAYS, SOURCE, (s, o, c, e) -> s.whenCompleteAsync(onEnd(c))),
            new AttachedStep(
                    "whenCompleteAsync(executor)", ALWAYS, SOURCE, (s, o, c, e) -> s.whenCompleteAsync(onEnd(c), e)),
            new AttachedStep("exceptionally", ON_FAILURE, RESULT, (s, o, c, e) -> s.exceptionally(recovery(c))),
            new AttachedStep(
                    "exceptionallyAsync", ON_FAILURE, RESULT, (s, o, c, e) -> s.exceptionallyAsync(recovery(c))),
            new AttachedStep(
                    "exceptionallyAsync(executor)",
                    ON_FAILURE,
                    RESULT,
                    (s, o, c, e) -> s.exceptionallyAsync(recovery(c), e)),
            new AttachedStep(
                    "exceptionallyCompose",
                    ON_FAILURE,
                    RESULT,
                    (s, o, c, e) -> s.exceptionallyCompose(recoveryStage(c))),
            new AttachedStep(
                    "exceptionallyComposeAsync",
                    ON_FAILURE,
                    RESULT,
                    (s, o, c, e) -> s.exceptionallyComposeAsync(recoveryStage(c))),
            new AttachedStep(
                    "exceptionallyComposeAsync(executor)",
                    ON_FAILURE,
                    RESULT,
                    (s, o, c, e) -> s.exceptionallyComposeAsync(recoveryStage(c), e)),
            new AttachedStep("thenCombine", BOTH, RESULT, (s, o, c, e) -> s.thenCombine(o, functionOfTwo(c))),
            new AttachedStep("thenCombineAsync", BOTH, RESULT, (s, o, c, e) -> s.thenCombineAsync(o, functionOfTwo(c))),
            new AttachedStep(
                    "thenCombineAsync(executor)",
                    BOTH,
                    RESULT,
                    (s, o, c, e) -> s.thenCombineAsync(o, functionOfTwo(c), e)),
            new AttachedStep("thenAcceptBoth", BOTH, NOTHING, (s, o, c, e) -> s.thenAcceptBoth(o, consumerOfTwo(c))),
            new AttachedStep(
                    "thenAcceptBothAsync", BOTH, NOTHING, (s, o, c, e) -> s.thenAcceptBothAsync(o, consumerOfTwo(c))),
            new AttachedStep(
                    "thenAcceptBothAsync(executor)",
                    BOTH,
                    NOTHING,
                    (s, o, c, e) -> s.thenAcceptBothAsync(o, consumerOfTwo(c), e)),
            new AttachedStep("runAfterBoth", BOTH, NOTHING, (s, o, c, e) -> s.runAfterBoth(o, runnable(c))),
            new AttachedStep("runAfterBothAsync", BOTH, NOTHING, (s, o, c, e) -> s.runAfterBothAsync(o, runnable(c))),
            new AttachedStep(
                    "runAfterBothAsync(executor)",
                    BOTH,
                    NOTHING,
                    (s, o, c, e) -> s.runAfterBothAsync(o, runnable(c), e)),
            new AttachedStep("applyToEither", EITHER, RESULT, (s, o, c, e) -> s.applyToEither(o, function(c))),
            new AttachedStep(
                    "applyToEitherAsync", EITHER, RESULT, (s, o, c, e) -> s.applyToEitherAsync(o, function(c))),
            new AttachedStep(
                    "applyToEitherAsync(executor)",
                    EITHER,
                    RESULT,
                    (s, o, c, e) -> s.applyToEitherAsync(o, function(c), e)),
            new AttachedStep("acceptEither", EITHER, NOTHING, (s, o, c, e) -> s.acceptEither(o, consumer(c))),
            new AttachedStep("acceptEitherAsync", EITHER, NOTHING, (s, o, c, e) -> s.acceptEitherAsync(o, consumer(c))),
            new AttachedStep(
                    "acceptEitherAsync(executor)",
                    EITHER,
                    NOTHING,
                    (s, o, c, e) -> s.acceptEitherAsync(o, consumer(c), e)),
            new AttachedStep("runAfterEither", EITHER, NOTHING, (s, o, c, e) -> s.runAfterEither(o, runnable(c))),
            new AttachedStep(
                    "runAfterEitherAsync", EITHER, NOTHING, (s, o, c, e) -> s.runAfterEitherAsync(o, runnable(c))),
            new AttachedStep(
                    "runAfterEitherAsync(executor)",
                    EITHER,
                    NOTHING,
                    (s, o, c, e) -> s.runAfterEitherAsync(o, runnable(c), e)));

    static List<AttachedStep> ofOne() {
        return ALL.stream().filter(step -> !step.isOfTwo()).toList();
    }

    static List<AttachedStep> ofTwo() {
        return ALL.stream().filter(AttachedStep::isOfTwo).toList();
    }

    boolean isOfTwo() {
        return runs == BOTH || runs == EITHER;
    }

    boolean takesExecutor() {
        return name.endsWith("(executor)");
    }

    CompletionStage<?> to(CompletionStage<Integer> source, CompletionStage<Integer> other, AttachedCode code) {
        return attach.to(source, other, code, code);
    }

    CompletionStage<?> to(CompletionStage<Integer> source, AttachedCode code) {
        return attach.to(source, source, code, code);
    }

    /** Whether the function runs after such an end of what it waits for. */
    boolean runsAfter(Seen end) {
        return switch (runs) {
            case ALWAYS -> true;
            case ON_FAILURE -> end.failed();
            default -> !end.failed();
        };
    }

    /** Whether the executor is asked to run something after such an end; as the JDK does, exceptionally always asks. */
    boolean asksAfter(Seen end) {
        return takesExecutor() && (runsAfter(end) || name.equals("exceptionallyAsync(executor)"));
    }

    /** What the dependent ends with, after such an end of what it waits for. */
    Seen expected(Seen end, AttachedCode code) {
        if (!runsAfter(end)) {
            return end.takenOver();
        } else if (code.fails()) {
            return gives == SOURCE && end.failed() ? end.takenOver() : Seen.wrapped(code.boom);
        }
        return switch (gives) {
            case RESULT -> Seen.value(AttachedCode.RESULT);
            case NOTHING -> Seen.value(null);
            case SOURCE -> end.takenOver();
        };
    }

    /** What the function is given, after such ends of what it waits for. */
    List<Seen> expectedArguments(Seen... ends) {
        return name.startsWith("thenRun") || name.startsWith("run") ? List.of() : List.of(ends);
    }

    @Override
    public String toString() {
        return name;
    }
}
