package dev.pel;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A script that is under way, and its handle. It runs on a {@link ScriptThread}, in turns of the active lane. */
@SuppressWarnings("FutureReturnValueIgnored") // of handle and thenRun, which deal with the failure
final class RunningScript<T extends @Nullable Object> extends OwnHandle<T> implements Script, Runnable {
    private final ScriptBody<? extends T> body;
    private final BiFunction<Duration, Task, LoopFuture<?>> delay;
    private final Runnable onExit;
    private final ScriptThread thread;

    /** A handle that has ended: what is attached to it has its turn in any case. */
    private final LoopFuture<@Nullable Void> now;

    /** The wait that is under way: whether it has ended, by what is waited for or by the end of the script. */
    private volatile @Nullable AtomicBoolean waiting;

    /** Whether its code has ended, or never will begin. Written while the loop is held. */
    private boolean over;

    RunningScript(
            RunServices run,
            ScriptBody<? extends T> body,
            CallDetails details,
            BiFunction<Duration, Task, LoopFuture<?>> delay,
            Runnable onExit) {
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
            onExit.run();
            stop();
        }
    }

    // ------------------------------------------------------------------ on the thread that has the loop

    /** Lets the script go on until it waits or ends. */
    void turn() {
        if (over) {
            return;
        }
        if (!thread.isMade() && isDone()) { // somebody has ended it before its first turn
            neverRuns();
            return;
        }
        try {
            thread.lend();
        } catch (Throwable e) { // the thread could not be made or started: the thread factory is others' code
            over = true;
            onExit.run();
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
            onExit.run();
            thread.isOver();
        }
    }

    private void fails(Throwable error) {
        if (run.failsByStop(error)) {
            stop();
        } else if (!end(Outcome.FAILED, null, Causes.wrapIfPossible(error), false)
                && !(error instanceof NobodyWantsIt)
                && error != ownEnd()) {
            failedLate(error);
        }
    }

    /** What a wait throws because the handle of the script has ended. */
    private Throwable ownEnd() {
        Throwable error = error();
        return error == null ? NobodyWantsIt.handleHasBeenCompleted() : Causes.cause(error);
    }

    @Override
    @SuppressWarnings("unchecked") // a handle of a subtype is one to read from
    public <V extends @Nullable Object> V await(CompletionStage<? extends V> stage) throws Exception {
        checkThread();
        LoopFuture<V> handle = new Joins(run).handle((CompletionStage<V>) stage);
        if (!handle.isDone() && !isDone()) {
            waitFor(handle);
        }
        if (isDone()) {
            throw Causes.<Exception>unchecked(ownEnd());
        }
        handle.lookedAt();
        Throwable error = handle.isCompletedExceptionally() ? handle.error() : null;
        if (error != null) {
            throw Causes.<Exception>unchecked(Causes.cause(error));
        }
        return handle.join();
    }

    private void waitFor(LoopFuture<?> handle) {
        AtomicBoolean wait = new AtomicBoolean();
        waiting = wait;
        handle.lookedAt();
        // not attached to the handle itself: behind a timer the script would count as its body, which a drain lets set
        // no timer
        handle.tell((value, error) -> now.thenRun(() -> resume(wait)));
        // a concurrent thread that ends the script ends it first and then looks for the wait: one sees the other
        if (isDone()) {
            now.thenRun(() -> resume(wait));
        }
        thread.yieldLoop();
        waiting = null;
    }

    private void resume(AtomicBoolean wait) {
        if (wait.compareAndSet(false, true)) {
            turn();
        }
    }

    @Override
    public void sleep(Duration time) throws Exception {
        checkThread();
        await(delay.apply(time, () -> {}));
    }

    private void checkThread() {
        if (!thread.isCurrent()) {
            throw new IllegalStateException(
                    "A script waits in its own code only, but was asked to %s: attach to the handle instead"
                            .formatted(
                                    isDone()
                                            ? "after its end"
                                            : "by thread '"
                                                    + Thread.currentThread().getName() + "'"));
        }
    }

    // ------------------------------------------------------------------ the end

    @Override
    boolean end(Outcome outcome, @Nullable T value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        AtomicBoolean wait = waiting;
        if (ended && wait != null && !over) {
            now.thenRun(() -> resume(wait));
        }
        return ended;
    }

    @Override
    String description() {
        return CallNames.ofCall("script", label());
    }
}
