package dev.pel;

import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The wait of a thread for a future that pel cannot see through, such as {@code CompletableFuture.allOf}, and where it is. */
final class HiddenWait {
    /** Where the JDK's {@code CompletableFuture} parks; the class is private. */
    private static final String SIGNALLER = "java.util.concurrent.CompletableFuture$Signaller";

    private HiddenWait() {}

    /** What the thread waits for; null when it does not wait for a future. */
    static @Nullable Object of(@Nullable Thread thread, Machine machine) {
        Object blocker = thread == null ? null : machine.blocker(thread);
        boolean isFuture = blocker instanceof Future<?>
                || (blocker != null && blocker.getClass().getName().equals(SIGNALLER));
        return isFuture ? blocker : null;
    }

    /** The innermost place of a stack that is not the JDK's. */
    static String place(StackTraceElement[] stack) {
        StackTraceElement place = CallSites.innermost(stack);
        return place == null ? "code of the JDK" : describe(place);
    }

    /** A stack, one line each. */
    static String describe(StackTraceElement[] stack) {
        return Stream.of(stack).map(frame -> "\n    at " + describe(frame)).collect(Collectors.joining());
    }

    static String describe(StackTraceElement frame) {
        return "%s.%s(%s:%d)"
                .formatted(frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
    }
}
