package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A script that is under way, and its handle. It runs on a {@link ScriptThread}, in turns of the active lane. */
@SuppressWarnings({"FutureReturnValueIgnored", "ReferenceEquality"
}) // of handle and thenRun, which deal with the failure
final class RunningScript<T extends @Nullable Object> extends OwnHandle<T> implements Script, Runnable {
    private final ScriptBody<? extends T> body;
    private final BiFunction<Duration, Task, LoopFuture<?>> delay;
    private final Consumer<RunningScript<?>> onExit;
    private final ScriptThread thread;

    /** A handle that has ended: what is attached to it has its turn in any case. */
    private final LoopFuture<@Nullable Void> now;

    /**
     * The wait that is under way. It holds the script until it is ended, by what is waited for or by the end of the script, so that a handle
     * that lives on does not hold it any more.
     */
    private volatile @Nullable AtomicReference<@Nullable RunningScript<T>> waiting;

    /** What a wait throws when the handle has ended. Written by the thread that ends it, before that looks for the wait. */
    private volatile @Nullable Throwable ownEnd;

    /** Whether its code has ended, or never will begin. Written while the loop is held. */
    private boolean over;

    RunningScript(
            RunServices run,
            ScriptBody<? extends T> body,
            CallDetails details,
            BiFunction<Duration, Task, LoopFuture<?>> delay,
            Consumer<RunningScript<?>> onExit) {
        super(run, details);
        this.body = body;
        this.delay = delay;
        this.onExit = onExit;
        this.thread = new ScriptThread(run, this);
        this.now = Promise.ofRun(run, details);
        now.finish(null);
    }

    /** Its first turn has been ended before it began, by a stop or because somebody has ended the script. */
    void neverRuns() {
        if (!over && !thread.isMade()) {
            over = true;
            onExit.accept(this);
            stop();
        }
    }

    // ------------------------------------------------------------------ on the thread that has the loop

    /** Lets the script go on until it waits or ends. */
    void turn() {
        if (over) {
            return;
        }
        try {
            if (!thread.isMade() && ownEnd != null) { // somebody has ended it before its first turn
                neverRuns();
            } else {
                thread.lend();
            }
        } catch (Throwable e) { // the thread could not be made or started: the thread factory is others' code
            over = true;
            onExit.accept(this);
            end(Outcome.FAILED, null, Causes.wrapIfPossible(e), false);
        }
    }

    // ------------------------------------------------------------------ on its own thread

    @Override
    public void run() {
        ContextPropagator.Scope scope = Propagators.NOTHING_TO_CLOSE;
        try {
            scope = run.propagators.open(context());
            end(Outcome.SUCCEEDED, body.run(this), null, false);
        } catch (Throwable e) {
            fails(e);
        } finally {
            run.propagators.close(scope);
            over = true;
            onExit.accept(this);
            thread.isOver();
        }
    }

    private void fails(Throwable error) {
        if (run.failsByStop(error) || (run.isOver() && CallRejectedException.isOfStop(error))) {
            stop();
        } else if (!end(Outcome.FAILED, null, Causes.wrapIfPossible(error), false) && error != ownEnd) {
            failedLate(error);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a handle of a subtype is one to read from
    public <V extends @Nullable Object> V await(CompletionStage<? extends V> stage) throws Exception {
        Objects.requireNonNull(stage, "stage");
        checkThread();
        LoopFuture<V> handle = new Joins(run).handle((CompletionStage<V>) stage);
        if (!handle.isDone() && ownEnd == null) {
            waitFor(handle);
        }
        Throwable own = ownEnd;
        if (own != null) {
            if (handle != stage) {
                handle.cancel(false); // a drain need not wait for what is not the loop's
            }
            throw Causes.<Exception>unchecked(own);
        }
        handle.lookedAt();
        Throwable error = handle.isCompletedExceptionally() ? handle.error() : null;
        if (error != null) {
            throw Causes.<Exception>unchecked(Causes.cause(error));
        }
        return handle.join();
    }

    private void waitFor(LoopFuture<?> handle) {
        AtomicReference<@Nullable RunningScript<T>> wait = new AtomicReference<>(this);
        waiting = wait;
        handle.lookedAt();
        handle.tell((value, error) -> wake(wait));
        // a concurrent thread that ends the script ends it first and then looks for the wait: one sees the other
        if (ownEnd != null) {
            wake(wait);
        }
        thread.yieldLoop();
        waiting = null;
    }

    /**
     * Gives the script its next turn. Not attached to what it waits for: behind a timer the script would count as the body of that, which may
     * set no timer while the loop drains.
     */
    private static <T extends @Nullable Object> void wake(@Nullable AtomicReference<@Nullable RunningScript<T>> wait) {
        RunningScript<T> script = wait == null ? null : wait.get();
        if (wait != null && script != null) {
            script.now.thenRun(() -> resume(wait));
        }
    }

    private static <T extends @Nullable Object> void resume(AtomicReference<@Nullable RunningScript<T>> wait) {
        RunningScript<T> script = wait.getAndSet(null);
        if (script != null) {
            script.turn();
        }
    }

    @Override
    public void sleep(Duration time) throws Exception {
        Objects.requireNonNull(time, "time");
        checkThread();
        LoopFuture<?> timer = delay.apply(time, () -> {});
        try {
            await(timer);
        } finally {
            timer.cancel(false); // when the script has been ended: a drain would wait for it
        }
    }

    boolean isCurrent() {
        return thread.isCurrent();
    }

    private void checkThread() {
        if (!isCurrent()) {
            String by = "by thread '" + Thread.currentThread().getName() + "'";
            throw new IllegalStateException(
                    "A script waits in its own code only, but was asked to %s: attach to the handle instead"
                            .formatted(isDone() ? "after its end" : by));
        }
    }

    // ------------------------------------------------------------------ the end

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            ownEnd = error == null ? NobodyWantsIt.handleHasBeenCompleted() : Causes.cause(error);
            wake(waiting);
        }
        return ended;
    }

    @Override
    String description() {
        return CallNames.ofCall("script", label());
    }
}
