package dev.pel;

import org.jspecify.annotations.Nullable;

/** How messages name calls: by the label that somebody has given, or else by the place of submission. */
final class CallNames {
    private static final int LONGEST = 80;

    private CallNames() {}

    /** What the active thread is in. */
    static String of(CallInfo entry) {
        if (entry instanceof LoopTimer timer) {
            return "the body of timer " + timer.id() + hint(timer);
        } else if (entry instanceof Call<?> call) {
            return "the body of call " + call.id() + hint(call);
        } else if (entry instanceof Dependent<?, ?> dependent) {
            return "what is attached to a handle" + hint(dependent.details());
        } else if (entry instanceof PostedTask) {
            return "a command of its executor view";
        } else if (entry instanceof HandOver) {
            return "code that others attached to a handle";
        }
        return "the error handler for call " + entry.id() + (entry.label() == null ? "" : quoted(entry.label()));
    }

    /** The number of the call, and its label if it has one. */
    static String of(Failure failure) {
        return failure.callId() + (failure.label() == null ? "" : quoted(failure.label()));
    }

    /** A handle, by the label of the call with which its chain begins. */
    static String of(LoopFuture<?> handle) {
        String label = handle.chainLabel();
        String kind = handle instanceof LoopTimer ? "timer" : "call";
        String name = label == null ? "" : quoted(label);
        if (handle instanceof Call<?> || handle instanceof BothCalls<?, ?>) {
            return label == null ? "the " + kind : kind + name;
        }
        return label == null ? "what is attached to a handle" : "what is attached to call" + name;
    }

    /** The same as the first words of a sentence. */
    static String atTheBeginning(LoopFuture<?> handle) {
        String name = of(handle);
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** The label, or the place of submission, or nothing, with a space before it. */
    static String hint(Call<?> call) {
        return hint(call.ownDetails());
    }

    private static String hint(@Nullable CallDetails details) {
        if (details == null) {
            return "";
        } else if (details.label() != null) {
            return quoted(details.label());
        }
        StackTraceElement place = details.place();
        return place == null ? "" : " submitted at " + place;
    }

    private static String quoted(String label) {
        return " '" + (label.length() > LONGEST ? label.substring(0, LONGEST) + "…" : label) + "'";
    }
}
