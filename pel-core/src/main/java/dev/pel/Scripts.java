package dev.pel;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Starts the scripts of a run, as many at once as its capacity allows. */
final class Scripts {
    private final RunServices run;
    private final BiFunction<Duration, Task, LoopFuture<?>> delay;
    private final AtomicInteger underWay = new AtomicInteger();

    /** Those whose code has not ended: a stop ends what it does not find in any queue, such as two that wait for each other. */
    private final InOrder<RunningScript<?>> living = new InOrder<>();

    /** Those that the stop has ended, or that ended because of it before it came to them. */
    private final Set<RunningScript<?>> cutOff = ConcurrentHashMap.newKeySet();

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
        RunningScript<T> script = new RunningScript<>(run, body, details, delay, this::left);
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

    /** The code of a script has ended, or never will begin. */
    private void left(RunningScript<?> script) {
        living.remove(script);
        underWay.decrementAndGet();
        if (script.outcome() == Outcome.STOPPED) {
            cutOff.add(script);
        }
    }

    /** Whether the current thread is that of a script. */
    boolean isOneCurrent() {
        return living.elements().stream().anyMatch(RunningScript::isCurrent);
    }

    /** Ends those that are under way, because the loop stops. */
    void stopAll() {
        for (RunningScript<?> script : living.elements()) {
            if (script.stop()) {
                cutOff.add(script);
            }
        }
    }

    /** How many the stop has ended. */
    int cutOff() {
        return cutOff.size();
    }

    private boolean submitFirstTurn(RunningScript<?> script, CallDetails details) {
        living.add(script);
        boolean isSubmitted = false;
        try {
            Call<@Nullable Void> first = new Call<>(run, Lane.ACTIVE, null, (Task) script::turn, details);
            first.observe(); // what goes wrong is the failure of the script
            CallRejectedException why = run.active.submit(first);
            isSubmitted = why == null;
            if (why != null) {
                first.reject(why);
                script.end(Outcome.REJECTED, null, why, false);
            } else {
                first.tell((nothing, error) -> neverRuns(script, error));
            }
        } finally {
            if (!isSubmitted) {
                left(script); // also when no memory is left
            }
        }
        return isSubmitted;
    }

    private static void neverRuns(RunningScript<?> script, @Nullable Throwable error) {
        if (error != null) {
            script.neverRuns();
        }
    }
}
