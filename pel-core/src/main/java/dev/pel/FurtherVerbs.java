package dev.pel;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The verbs of a loop that are not about a single call or timer: dates, periodic timers, turns, joins, scripts, promises and the end of the loop. */
abstract class FurtherVerbs implements EventLoop, Runs {
    @Override
    public LoopFuture<@Nullable Void> at(Instant instant, Task body) {
        return delay(loopRun().submissions.until(instant), body);
    }

    @Override
    public LoopFuture<@Nullable Void> execute(Task body) {
        return loopRun().submissions.execute(PlainTask.of(body));
    }

    @Override
    public LoopFuture<@Nullable Void> loopWhile(Callable<Boolean> step) {
        return loopRun().submissions.loopWhile(step);
    }

    @Override
    public LoopFuture<@Nullable Void> onIdle(Task body) {
        return loopRun().submissions.onIdle(body);
    }

    @Override
    public PeriodicSpec every(Duration interval) {
        return new PeriodicSpec(this, null, Rhythm.every(Objects.requireNonNull(interval, "interval")));
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<List<T>> all(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return new Joins(loopRun()).all(stages);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<List<Settled<T>>> allSettled(
            Collection<? extends CompletionStage<? extends T>> stages) {
        return new Joins(loopRun()).allSettled(stages);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> any(Collection<? extends CompletionStage<? extends T>> stages) {
        return new Joins(loopRun()).any(stages);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> adopt(CompletionStage<T> stage) {
        return new Joins(loopRun()).handle(Objects.requireNonNull(stage, "stage"));
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> promise() {
        return Promise.open(loopRun(), null);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> script(ScriptBody<? extends T> body) {
        return loopRun().submissions.scripts.start(body, null);
    }

    @Override
    public LoopFuture<@Nullable Void> atStop(Task operation) {
        return loopRun().stopHooks.add(PlainTask.of(Objects.requireNonNull(operation, "operation")), null);
    }

    @Override
    public long nanoTime() {
        return loopRun().machine.nanoTime();
    }
}
