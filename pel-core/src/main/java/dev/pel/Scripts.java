package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Starts the scripts of a run, as many at once as its capacity allows. */
final class Scripts {
    private final RunServices run;
    private final BiFunction<Duration, Task, LoopFuture<?>> delay;
    private final AtomicInteger underWay = new AtomicInteger();

    Scripts(RunServices run, BiFunction<Duration, Task, LoopFuture<?>> delay) {
        this.run = run;
        this.delay = delay;
    }

    <T extends @Nullable Object> LoopFuture<T> start(ScriptBody<? extends T> body, @Nullable CallTerms terms) {
        Objects.requireNonNull(body, "body");
        run.stack.ensureRoom();
        CallDetails details = CallDetails.repeated(
                terms == null ? null : terms.labelled().label(),
                run.callSites.takeInAnyCase(run.active.submissionTime()));
        RunningScript<T> script = new RunningScript<>(run, body, details, delay, underWay::decrementAndGet);
        int capacity = run.options.scriptCapacity();
        if (underWay.incrementAndGet() > capacity) {
            underWay.decrementAndGet();
            CallRejectedException why = CallRejectedException.scriptsFull(run.name(), capacity);
            run.refusals.count(why, false);
            script.end(Outcome.REJECTED, null, why, false);
        } else if (submitFirstTurn(script, details)) {
            Timeouts.arm(script, terms == null ? null : terms.timeout());
        }
        return script;
    }

    private boolean submitFirstTurn(RunningScript<?> script, CallDetails details) {
        Call<@Nullable Void> first = new Call<>(run, Lane.ACTIVE, null, (Task) script::turn, details);
        first.observe(); // what goes wrong is the failure of the script
        CallRejectedException why = run.active.submit(first);
        if (why != null) {
            first.reject(why);
            underWay.decrementAndGet();
            script.end(Outcome.REJECTED, null, why, false);
            return false;
        }
        first.tell((nothing, error) -> {
            if (error != null) {
                script.neverRuns();
            }
        });
        return true;
    }
}
