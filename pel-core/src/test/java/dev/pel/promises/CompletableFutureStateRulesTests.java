package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.promises.TriedFuture.VALUE;
import static dev.pel.promises.TriedFuture.awaitEnd;
import static dev.pel.promises.TriedFuture.endOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.Loops;
import dev.pel.promises.TriedFuture.End;
import dev.pel.promises.TriedFuture.Kind;
import dev.pel.promises.TriedFuture.Seen;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code CompletableFuture} promises of one future alone: how it is ended, and what it then says. Each rule is tried on the JDK's
 * own futures, which proves that it is stated right, and on handles of every kind.
 */
class CompletableFutureStateRulesTests {
    @RegisterExtension
    static final TriedFutures FUTURES = new TriedFutures();

    /** The kinds whose stage is the very future that ends. */
    static Stream<Kind> kinds() {
        return Arrays.stream(Kind.values()).filter(kind -> !kind.takesOver());
    }

    static Stream<Arguments> kindsAndEnds() {
        return kinds().flatMap(kind -> Arrays.stream(End.values()).map(end -> Arguments.of(kind, end)));
    }

    private static CompletableFuture<Integer> open(Kind kind) {
        return FUTURES.of(kind).future;
    }

    // ------------------------------------------------------------------ asking

    /** What a way to ask for the result answers: a value, or an exception with or without a cause. */
    private record Answer(Object value, Class<?> type, Object cause) {
        static Answer of(Callable<?> ask) {
            try {
                return new Answer(ask.call(), null, null);
            } catch (CompletionException | ExecutionException e) {
                return new Answer(
                        null, e.getClass(), Seen.of(null, e.getCause()).failure());
            } catch (Exception e) {
                return new Answer(null, e.getClass(), null);
            }
        }

        /** What a future answers that has ended so, when failures are wrapped in this type. */
        static Answer expected(Seen end, Class<?> wrapper) {
            if (!end.failed()) {
                return new Answer(end.value(), null, null);
            }
            boolean cancelled = !end.wrapped()
                    && (end.failure() instanceof CancellationException || end.failure() == CancellationException.class);
            return cancelled
                    ? new Answer(null, CancellationException.class, null)
                    : new Answer(null, wrapper, end.failure());
        }
    }

    @ParameterizedTest
    @MethodSource("kindsAndEnds")
    void endedFutureAnswersWhateverWayItIsAsked(Kind kind, End how) {
        TriedFuture tried = FUTURES.of(kind);
        Seen end = tried.end(how);
        CompletableFuture<Integer> future = tried.future;
        assertThat(Answer.of(future::join)).isEqualTo(Answer.expected(end, CompletionException.class));
        assertThat(Answer.of(() -> future.getNow(9))).isEqualTo(Answer.expected(end, CompletionException.class));
        assertThat(Answer.of(future::get)).isEqualTo(Answer.expected(end, ExecutionException.class));
        for (long time : new long[] {-1, 0, 1}) {
            assertThat(Answer.of(() -> future.get(time, TimeUnit.SECONDS)))
                    .isEqualTo(Answer.expected(end, ExecutionException.class));
        }
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCompletedExceptionally()).isEqualTo(how.fails());
        assertThat(future.isCancelled()).isEqualTo(how == End.CANCELLED || how == End.FAILED_WITH_CANCELLATION);
        assertThat(future.getNumberOfDependents()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kindsAndEnds")
    void whoWaitsIsWokenByTheEnd(Kind kind, End how) {
        TriedFuture tried = FUTURES.of(kind);
        List<FutureTask<Answer>> waiting = List.of(
                new FutureTask<>(() -> Answer.of(tried.future::join)),
                new FutureTask<>(() -> Answer.of(tried.future::get)),
                new FutureTask<>(() -> Answer.of(() -> tried.future.get(LONG.toSeconds(), TimeUnit.SECONDS))));
        for (FutureTask<Answer> each : waiting) {
            Thread thread = new Thread(each, "waits");
            thread.setDaemon(true);
            thread.start();
        }
        Seen end = tried.end(how);
        assertThat(Loops.get(waiting.get(0))).isEqualTo(Answer.expected(end, CompletionException.class));
        assertThat(Loops.get(waiting.get(1))).isEqualTo(Answer.expected(end, ExecutionException.class));
        assertThat(Loops.get(waiting.get(2))).isEqualTo(Answer.expected(end, ExecutionException.class));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void openFutureHasNoAnswer(Kind kind) {
        CompletableFuture<Integer> future = open(kind);
        assertThat(future.isDone() || future.isCancelled() || future.isCompletedExceptionally())
                .isFalse();
        assertThat(future.getNow(9)).isEqualTo(9);
        assertThat(future.getNow(null)).isNull();
        for (long time : new long[] {-1, 0, 1}) {
            assertThatThrownBy(() -> future.get(time, TimeUnit.NANOSECONDS)).isInstanceOf(TimeoutException.class);
        }
        assertThatNullPointerException().isThrownBy(() -> future.get(1, null));
        assertThat(future).isNotDone();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void interruptEndsGetButNotJoin(Kind kind) {
        TriedFuture tried = FUTURES.of(kind);
        CompletableFuture<Integer> future = tried.future;
        Thread.currentThread().interrupt();
        assertThatThrownBy(future::get).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> future.get(1, TimeUnit.HOURS)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(future).isNotDone();
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Boolean> joining = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            begun.countDown();
            return VALUE.equals(future.join()) && Thread.interrupted();
        });
        Thread thread = new Thread(joining, "joins");
        thread.setDaemon(true);
        thread.start();
        Loops.pass(begun);
        tried.end(End.RETURNS);
        assertThat(Loops.get(joining)).isTrue();
        Thread.currentThread().interrupt();
        assertThat(Answer.of(future::get)).isEqualTo(new Answer(VALUE, null, null));
        assertThat(Thread.interrupted())
                .as("the interrupt of who need not wait")
                .isTrue();
    }

    // ------------------------------------------------------------------ ending

    @ParameterizedTest
    @MethodSource("kindsAndEnds")
    void endedFutureCannotBeEndedAgain(Kind kind, End how) {
        TriedFuture tried = FUTURES.of(kind);
        Seen end = tried.end(how);
        CompletableFuture<Integer> future = tried.future;
        AtomicInteger asked = new AtomicInteger();
        assertThat(future.complete(8)).isFalse();
        assertThat(future.completeExceptionally(new IllegalStateException("late")))
                .isFalse();
        assertThat(future.cancel(true)).isEqualTo(future.isCancelled());
        assertThat(future.cancel(false)).isEqualTo(future.isCancelled());
        assertThat(future.orTimeout(0, TimeUnit.SECONDS)).isSameAs(future);
        assertThat(future.completeOnTimeout(8, 0, TimeUnit.SECONDS)).isSameAs(future);
        assertThat(future.completeAsync(asked::incrementAndGet)).isSameAs(future);
        assertThat(future.completeAsync(asked::incrementAndGet, Runnable::run)).isSameAs(future);
        assertThat(endOf(future)).isEqualTo(end);
        assertThat(asked).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void cancelEndsAnOpenFutureWithOrWithoutInterrupt(Kind kind) {
        for (boolean interrupt : new boolean[] {false, true}) {
            TriedFuture tried = FUTURES.of(kind);
            assertThat(tried.future.cancel(interrupt)).isTrue();
            assertThat(tried.future).isCancelled().isCompletedExceptionally();
            assertThat(tried.future.cancel(!interrupt)).isTrue();
            assertThatThrownBy(tried.future::join).isExactlyInstanceOf(CancellationException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nullEndsNothing(Kind kind) {
        CompletableFuture<Integer> future = open(kind);
        assertThatNullPointerException().isThrownBy(() -> future.completeExceptionally(null));
        assertThatNullPointerException().isThrownBy(() -> future.completeAsync(null));
        assertThatNullPointerException().isThrownBy(() -> future.completeAsync(null, Runnable::run));
        assertThatNullPointerException().isThrownBy(() -> future.completeAsync(() -> 1, null));
        assertThatNullPointerException().isThrownBy(() -> future.orTimeout(0, null));
        assertThatNullPointerException().isThrownBy(() -> future.completeOnTimeout(1, 0, null));
        assertThat(future).isNotDone();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void timeoutEndsAnOpenFuture(Kind kind) {
        for (long time : new long[] {-1, 0, 1000}) {
            CompletableFuture<Integer> failing = open(kind);
            assertThat(failing.orTimeout(time, TimeUnit.NANOSECONDS)).isSameAs(failing);
            assertThat(endOf(failing)).isEqualTo(Seen.bare(TimeoutException.class));
            CompletableFuture<Integer> succeeding = open(kind);
            assertThat(succeeding.completeOnTimeout(8, time, TimeUnit.NANOSECONDS))
                    .isSameAs(succeeding);
            assertThat(endOf(succeeding)).isEqualTo(Seen.value(8));
            CompletableFuture<Integer> nothing = open(kind).completeOnTimeout(null, time, TimeUnit.NANOSECONDS);
            assertThat(endOf(nothing)).isEqualTo(Seen.value(null));
        }
        TriedFuture patient = FUTURES.of(kind);
        patient.future.orTimeout(Long.MAX_VALUE, TimeUnit.DAYS).completeOnTimeout(8, Long.MAX_VALUE, TimeUnit.DAYS);
        assertThat(patient.end(End.RETURNS)).isEqualTo(endOf(patient.future));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void completeAsyncEndsAsItsSupplierDoes(Kind kind) {
        IllegalStateException boom = new IllegalStateException("x");
        CompletionException wrapped = new CompletionException(boom);
        AttachedCode executor = new AttachedCode(false);
        assertThat(endOf(open(kind).completeAsync(() -> 8))).isEqualTo(Seen.value(8));
        assertThat(endOf(open(kind).completeAsync(() -> null, executor))).isEqualTo(Seen.value(null));
        for (RuntimeException thrown : List.of(boom, wrapped)) {
            CompletableFuture<Integer> future = open(kind);
            future.completeAsync(
                    () -> {
                        throw thrown;
                    },
                    executor);
            assertThat(endOf(future)).isEqualTo(Seen.wrapped(boom));
        }
        assertThat(executor.asked).hasValue(3);
    }

    // ------------------------------------------------------------------ what it says and makes

    @ParameterizedTest
    @MethodSource("kindsAndEnds")
    void textSaysTheState(Kind kind, End how) {
        TriedFuture tried = FUTURES.of(kind);
        assertThat(tried.future.toString()).endsWith("[Not completed]");
        CompletableFuture<Integer> one = tried.future.thenApply(value -> value);
        CompletableFuture<Void> other = tried.future.thenCombine(CompletableFuture.completedFuture(0), (a, b) -> null);
        assertThat(tried.future.toString()).endsWith("[Not completed, 2 dependents]");
        assertThat(tried.future.getNumberOfDependents()).isEqualTo(2);
        tried.end(how);
        awaitEnd(one);
        awaitEnd(other);
        Throwable error = Loops.get(tried.future.handle((value, e) -> e));
        assertThat(tried.future.toString())
                .contains( // older Javas add the message
                        how.fails()
                                ? "[Completed exceptionally: "
                                        + error.getClass().getName()
                                : "[Completed normally]")
                .endsWith("]");
    }

    @ParameterizedTest
    @MethodSource("kindsAndEnds")
    void whatIsMadeOfAFutureIsAnotherOne(Kind kind, End how) {
        TriedFuture tried = FUTURES.of(kind);
        CompletableFuture<Integer> ended = tried.future.copy();
        CompletableFuture<Integer> copy = tried.future.copy();
        CompletableFuture<Integer> fresh = tried.future.newIncompleteFuture();
        CompletableFuture<Integer> ofStage =
                tried.future.minimalCompletionStage().toCompletableFuture();
        assertThat(tried.future.toCompletableFuture()).isSameAs(tried.future);
        assertThat(tried.future.defaultExecutor()).isNotNull();
        assertThat(ended.complete(8)).isTrue();
        assertThat(ofStage.complete(8)).isTrue();
        assertThat(tried.future).isNotDone();
        Seen end = tried.end(how);
        assertThat(endOf(copy)).isEqualTo(end.takenOver());
        assertThat(endOf(tried.future.copy())).isEqualTo(end.takenOver());
        assertThat(endOf(tried.future.minimalCompletionStage().toCompletableFuture()))
                .isEqualTo(end.takenOver());
        assertThat(endOf(ended)).isEqualTo(Seen.value(8));
        assertThat(fresh).isNotDone();
        assertThat(fresh.complete(8)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("kindsAndEnds")
    void stateResultAndExceptionAreToldFromJava19On(Kind kind, End how) throws ReflectiveOperationException {
        Assumptions.assumeTrue(Runtime.version().feature() >= 19, "the JDK's futures have it");
        TriedFuture tried = FUTURES.of(kind);
        assertThat(told(tried.future, "state")).isEqualTo("RUNNING");
        assertThat(told(tried.future, "resultNow")).isEqualTo(IllegalStateException.class);
        assertThat(told(tried.future, "exceptionNow")).isEqualTo(IllegalStateException.class);
        Seen end = tried.end(how);
        boolean cancelled = tried.future.isCancelled();
        assertThat(told(tried.future, "state")).isEqualTo(cancelled ? "CANCELLED" : how.fails() ? "FAILED" : "SUCCESS");
        assertThat(told(tried.future, "resultNow"))
                .isEqualTo(how.fails() ? IllegalStateException.class : String.valueOf(end.value()));
        assertThat(told(tried.future, "exceptionNow"))
                .isEqualTo(how.fails() && !cancelled ? end.failure() : IllegalStateException.class);
    }

    /** What a method of Future answers that older Javas do not have: an exception, the type of one it throws, or words. */
    private static Object told(Future<?> future, String method) throws ReflectiveOperationException {
        Object answer;
        try {
            answer = Future.class.getMethod(method).invoke(future);
        } catch (InvocationTargetException e) {
            return e.getCause().getClass();
        }
        return answer instanceof Throwable error ? Seen.of(null, error).failure() : String.valueOf(answer);
    }
}
