package dev.pel.promises;

import static dev.pel.Loops.LONG;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An open future of one kind on which a rule of {@code CompletableFuture} is tried. The kinds of the JDK's own prove that the rule is
 * stated right; then it holds for handles, too.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the same future is looked at later
final class TriedFuture {
    static final Integer VALUE = 1;

    /** What makes the future. */
    enum Kind {
        PLAIN,
        PLAIN_COPY,
        PLAIN_MINIMAL,
        LOOPLESS,
        LOOPLESS_COPY,
        LOOPLESS_MINIMAL,
        CALL,
        MADE,
        DEPENDENT,
        COMPOSED,
        PAIR,
        COPY,
        MINIMAL;

        /** Whether it belongs to a loop; one that does not keeps the rules as the JDK's own futures do. */
        boolean isHandle() {
            return ordinal() >= CALL.ordinal();
        }

        boolean isLoopless() {
            return this == LOOPLESS || this == LOOPLESS_COPY || this == LOOPLESS_MINIMAL;
        }

        /** Whether the stage is not the future that ends, but takes its end over. */
        boolean takesOver() {
            return this == PLAIN_COPY || this == LOOPLESS_COPY || this == COPY || isMinimal();
        }

        boolean isMinimal() {
            return this == PLAIN_MINIMAL || this == LOOPLESS_MINIMAL || this == MINIMAL;
        }
    }

    /** How the future ends: by the code that it stands for, or by somebody outside. */
    enum End {
        RETURNS,
        RETURNS_NULL,
        THROWS,
        THROWS_CANCELLATION,
        THROWS_WRAPPED,
        COMPLETED,
        COMPLETED_WITH_NULL,
        FAILED,
        FAILED_WRAPPED,
        FAILED_WITH_CANCELLATION,
        CANCELLED,
        TIMED_OUT;

        boolean fails() {
            return this != RETURNS && this != RETURNS_NULL && this != COMPLETED && this != COMPLETED_WITH_NULL;
        }
    }

    /** What a function attached to a future is given: a value, or a failure that is wrapped in a CompletionException or not. */
    record Seen(@Nullable Object value, @Nullable Object failure, boolean wrapped) {
        static Seen value(@Nullable Object value) {
            return new Seen(value, null, false);
        }

        static Seen wrapped(Object failure) {
            return new Seen(null, failure, true);
        }

        static Seen bare(Object failure) {
            return new Seen(null, failure, false);
        }

        static Seen of(@Nullable Object value, @Nullable Throwable error) {
            if (error instanceof CompletionException && error.getCause() != null) {
                return new Seen(value, kept(error.getCause()), true);
            }
            return new Seen(value, error == null ? null : kept(error), false);
        }

        /** Exceptions are the very same, except those that the future itself makes: there, of the same type. */
        private static Object kept(Throwable error) {
            if (error.getMessage() == null && error instanceof CancellationException) {
                return CancellationException.class;
            }
            return error instanceof TimeoutException ? TimeoutException.class : error;
        }

        boolean failed() {
            return failure != null;
        }

        /** What a dependent ends with that takes this over. */
        Seen takenOver() {
            return failure == null ? this : wrapped(failure);
        }
    }

    final CompletableFuture<Integer> future;
    final CompletionStage<Integer> stage;
    private final Kind kind;
    private final RuntimeException boom = new IllegalStateException("boom");
    private final RuntimeException cancellation = new CancellationException("of something else");
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Runnable start;
    private volatile Supplier<@Nullable Integer> code = () -> VALUE;

    TriedFuture(Kind kind, EventLoop loop) {
        this.kind = kind;
        CompletableFuture<Integer> root = root(kind, loop);
        future = switch (kind) {
            case CALL, COPY, MINIMAL ->
                loop.next(() -> {
                    Loops.block(gate);
                    return code.get();
                });
            case DEPENDENT -> root.thenApply(zero -> code.get());
            case COMPOSED -> root.thenCompose(zero -> CompletableFuture.completedFuture(code.get()));
            case PAIR -> root.thenCombine(CompletableFuture.completedFuture(0), (zero, one) -> code.get());
            default -> root;
        };
        start = future == root ? () -> root.completeAsync(() -> code.get(), Runnable::run) : () -> root.complete(0);
        stage = kind.isMinimal() ? future.minimalCompletionStage() : kind.takesOver() ? future.copy() : future;
    }

    private static CompletableFuture<Integer> root(Kind kind, EventLoop loop) {
        return switch (kind) {
            case PLAIN, PLAIN_COPY, PLAIN_MINIMAL -> new CompletableFuture<>();
            case LOOPLESS, LOOPLESS_COPY, LOOPLESS_MINIMAL ->
                LoopFuture.completed(0).newIncompleteFuture();
            default -> open(loop);
        };
    }

    /** A handle that nobody ends but the test. */
    static CompletableFuture<Integer> open(EventLoop loop) {
        return loop.enqueue(Lane.ACTIVE, () -> {}).newIncompleteFuture();
    }

    /** Ends the future, and returns what a function attached to the stage is given. */
    Seen end(End how) {
        Seen seen = switch (how) {
            case RETURNS -> run(() -> VALUE, Seen.value(VALUE));
            case RETURNS_NULL -> run(() -> null, Seen.value(null));
            case THROWS -> run(thrower(boom), Seen.wrapped(boom));
            case THROWS_CANCELLATION -> run(thrower(cancellation), Seen.wrapped(cancellation));
            case THROWS_WRAPPED -> run(thrower(new CompletionException(boom)), Seen.wrapped(boom));
            case COMPLETED -> made(future.complete(VALUE), Seen.value(VALUE));
            case COMPLETED_WITH_NULL -> made(future.complete(null), Seen.value(null));
            case FAILED -> made(future.completeExceptionally(boom), Seen.bare(boom));
            case FAILED_WRAPPED ->
                made(future.completeExceptionally(new CompletionException(boom)), Seen.wrapped(boom));
            case FAILED_WITH_CANCELLATION -> made(future.completeExceptionally(cancellation), Seen.bare(cancellation));
            case CANCELLED -> made(future.cancel(true), Seen.bare(CancellationException.class));
            case TIMED_OUT -> {
                future.orTimeout(1, TimeUnit.NANOSECONDS);
                yield Seen.bare(TimeoutException.class);
            }
        };
        awaitEnd(future);
        letGo();
        return kind.takesOver() ? seen.takenOver() : seen;
    }

    /** Lets the operation return that stands behind a call. */
    void letGo() {
        gate.countDown();
    }

    private Seen run(Supplier<@Nullable Integer> running, Seen seen) {
        code = running;
        gate.countDown();
        start.run();
        return seen;
    }

    private static Seen made(boolean ended, Seen seen) {
        if (!ended) {
            throw new AssertionError("An open future did not say that it was ended");
        }
        return seen;
    }

    private static Supplier<@Nullable Integer> thrower(RuntimeException error) {
        return () -> {
            throw error;
        };
    }

    static void awaitEnd(Future<?> future) {
        try {
            future.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | CancellationException e) {
            // ended
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("The future should have ended: " + future, e);
        }
    }

    /** How a stage ends, as a function attached to it is told. */
    static Seen endOf(CompletionStage<?> stage) {
        return Loops.get(stage.handle((value, error) -> Seen.of(value, error)).toCompletableFuture());
    }

    @Override
    public String toString() {
        return kind + " " + future;
    }
}
