package dev.pel;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The waits for a handle that are refused because they would never end, and what the thread that wants to wait is told. */
final class WaitRefusals {
    private WaitRefusals() {}

    static WaitOnLoopThreadException onActiveThread(String method, String loop, boolean isScript) {
        String instead = isScript
                ? "Wait as scripts do instead: script.await(handle)."
                : "Continue in a body instead: loop.next(operation, body), or handle.thenAccept(body).";
        return new WaitOnLoopThreadException(
                "%s on an unfinished call would stop the active thread of loop '%s', which is what would finish it. %s"
                        .formatted(method, loop, instead));
    }

    static WaitOnLoopThreadException insideStart(String method, String loop) {
        return new WaitOnLoopThreadException(
                ("%s would never return: it waits inside the start of loop '%s', whose threads are started when this listener or"
                                + " thread factory has returned. Attach what comes next: handle.thenAccept(body).")
                        .formatted(method, loop));
    }

    static WaitOnLoopThreadException noThreadLeft(String method, String thread, Lane lane, String loop) {
        return new WaitOnLoopThreadException(
                ("%s would wait for a call that no thread is left to run: %s runs as many operations inside each other's"
                                + " joins as it may, and lane %s of loop '%s' can have no further spare thread. Do not wait, attach"
                                + " what comes next: handle.thenCompose(value -> loop.next(operation)).")
                        .formatted(method, thread, lane, loop));
    }

    /** The operations of these calls would all wait for each other, or that of the one call for itself. */
    static WaitOnLoopThreadException ring(String method, List<Call<?>> calls) {
        for (Call<?> call : calls) {
            String need = need(call.admission());
            if (need != null) { // else a concurrent thread has just given it what it needed
                return new WaitOnLoopThreadException(held(method, call, need));
            }
        }
        return new WaitOnLoopThreadException(
                calls.size() == 1 ? ownHandle(method, calls.get(0)) : othersHandles(method, calls));
    }

    /** What a call waits for, in words; null when it does not. */
    private static @Nullable String need(@Nullable Admission admission) {
        KeyQueue turns = admission == null ? null : admission.neededKey();
        LimitQueue permits = admission == null ? null : admission.neededLimit();
        if (turns != null) {
            return "the turn of " + CallNames.ofKey(turns.key().key());
        }
        return permits == null ? null : "a permit of limit '" + permits.name() + "'";
    }

    private static String held(String method, Call<?> call, String need) {
        return ("%s would never return: %s waits for %s, which comes only when the operation has returned that would wait here,"
                        + " or one that waits for it. Do not wait, attach what comes next: handle.thenAccept(body). Or submit it without"
                        + " that.")
                .formatted(method, name(call), need);
    }

    private static String ownHandle(String method, Call<?> call) {
        return ("%s would never return: the operation of %s would wait for its own handle, or for what depends on it, which ends only"
                        + " when the operation has returned. Return the value instead, and attach what comes next where the call is"
                        + " submitted: loop.next(operation).thenCompose(value -> …).")
                .formatted(method, name(call));
    }

    private static String othersHandles(String method, List<Call<?>> calls) {
        String names = calls.stream().map(WaitRefusals::name).collect(Collectors.joining(", which waits for "));
        return ("%s would never return: the operations of %s, which waits for the first again, would all wait for each other."
                        + " Do not wait for both ways: let one of them return, and attach what needs both to both handles:"
                        + " a.thenCombine(b, (x, y) -> …).")
                .formatted(method, names);
    }

    private static String name(Call<?> call) {
        String label = call.label();
        @Nullable StackTraceElement place = call.trail() == null ? null : call.trail().place();
        return "call %d%s on %s%s"
                .formatted(
                        call.id(),
                        label == null ? "" : " '" + label + "'",
                        call.lane(),
                        place == null ? "" : ", submitted at " + place);
    }
}
