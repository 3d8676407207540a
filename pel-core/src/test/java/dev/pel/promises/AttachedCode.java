package dev.pel.promises;

import dev.pel.promises.TriedFuture.Seen;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A function of every type that can be attached to a stage; it notes what it is given, and returns or throws what it is told to. */
final class AttachedCode implements Executor {
    static final Integer RESULT = 2;

    final RuntimeException boom;
    final List<List<Seen>> calls = new CopyOnWriteArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    private final boolean fails;

    AttachedCode(boolean fails) {
        this(fails, new IllegalArgumentException("of the function"));
    }

    AttachedCode(boolean fails, RuntimeException boom) {
        this.fails = fails;
        this.boom = boom;
    }

    boolean fails() {
        return fails;
    }

    /** As an executor it runs what it is given on the spot, and counts. */
    @Override
    public void execute(Runnable command) {
        asked.incrementAndGet();
        command.run();
    }

    private Integer call(Seen... seen) {
        calls.add(List.of(seen));
        if (fails) {
            throw boom;
        }
        return RESULT;
    }

    // of no code these are null, as a test wants that asks what null is answered with

    static @Nullable Function<Integer, Integer> function(@Nullable AttachedCode code) {
        return code == null ? null : value -> code.call(Seen.value(value));
    }

    static @Nullable Consumer<Integer> consumer(@Nullable AttachedCode code) {
        return code == null ? null : value -> code.call(Seen.value(value));
    }

    static @Nullable Runnable runnable(@Nullable AttachedCode code) {
        return code == null ? null : () -> code.call();
    }

    static @Nullable BiFunction<Integer, Integer, Integer> functionOfTwo(@Nullable AttachedCode code) {
        return code == null ? null : (one, other) -> code.call(Seen.value(one), Seen.value(other));
    }

    static @Nullable BiConsumer<Integer, Integer> consumerOfTwo(@Nullable AttachedCode code) {
        return code == null ? null : (one, other) -> code.call(Seen.value(one), Seen.value(other));
    }

    static @Nullable BiFunction<Integer, Throwable, Integer> ofEnd(@Nullable AttachedCode code) {
        return code == null ? null : (value, error) -> code.call(Seen.of(value, error));
    }

    static @Nullable BiConsumer<Integer, Throwable> onEnd(@Nullable AttachedCode code) {
        return code == null ? null : (value, error) -> code.call(Seen.of(value, error));
    }

    static @Nullable Function<Throwable, Integer> recovery(@Nullable AttachedCode code) {
        return code == null ? null : error -> code.call(Seen.of(null, error));
    }

    static @Nullable Function<Integer, CompletionStage<Integer>> stage(@Nullable AttachedCode code) {
        return code == null ? null : value -> CompletableFuture.completedFuture(code.call(Seen.value(value)));
    }

    static @Nullable Function<Throwable, CompletionStage<Integer>> recoveryStage(@Nullable AttachedCode code) {
        return code == null ? null : error -> CompletableFuture.completedFuture(code.call(Seen.of(null, error)));
    }
}
