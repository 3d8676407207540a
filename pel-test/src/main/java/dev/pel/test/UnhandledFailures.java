package dev.pel.test;

import dev.pel.EventLoopListener;
import dev.pel.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The failures with which nobody has dealt on a handle, and that the test has not taken: each loop of a simulation has it among its
 * listeners. It also remembers which of them the simulation has injected. From any thread.
 */
final class UnhandledFailures implements EventLoopListener {
    /** So many are told in full; of a flood the others are counted. */
    private static final int MOST_TOLD = 10;

    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final Set<Throwable> injected =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    @Override
    public void unhandled(Failure failure) {
        failures.add(failure);
    }

    /** The simulation itself is about to throw this. */
    void inject(Throwable error) {
        injected.add(error);
    }

    /** All until now, which are forgotten. */
    List<Failure> take() {
        List<Failure> taken = new ArrayList<>();
        Failure next = failures.poll();
        while (next != null) {
            taken.add(next);
            next = failures.poll();
        }
        return taken;
    }

    /** The first whose throwable is of this type, which is forgotten; null when there is none. */
    <X extends Throwable> @Nullable X take(Class<X> type) {
        Failure found = failures.stream()
                .filter(failure -> type.isInstance(failure.error()))
                .findFirst()
                .orElse(null);
        return found != null && failures.remove(found) ? type.cast(found.error()) : null;
    }

    /** What a test is told when it leaves these behind. */
    String describe(List<Failure> left) {
        return (left.size() == 1 ? "a failure" : left.size() + " failures")
                + " that nobody has dealt with:"
                + lines(left)
                + "\nDeal with a failure on its handle: with exceptionally, handle, whenComplete or join. One that the test expects is"
                + " taken with simulation.expectFailure(type) or simulation.takeFailures(), before the test ends.";
    }

    /** A line for each of them. */
    String lines(List<Failure> some) {
        String rest = some.size() > MOST_TOLD ? "\n  and %d more".formatted(some.size() - MOST_TOLD) : "";
        return some.stream()
                .limit(MOST_TOLD)
                .map(failure -> "\n  " + describe(failure))
                .collect(Collectors.joining("", "", rest));
    }

    /** Those that are there now. */
    List<Failure> all() {
        return List.copyOf(failures);
    }

    private String describe(Failure failure) {
        String label = failure.label() == null ? "" : "'" + failure.label() + "' ";
        StackTraceElement place = failure.submissionSite();
        return label
                + "on " + failure.lane()
                + (place == null ? "" : (isThrownThere(place, failure.error()) ? ", at " : ", submitted at ") + place)
                + (failure.late() ? ", when its call had ended already" : "")
                + (isInjected(failure.error()) ? ", injected by the simulation" : "")
                + ": " + text(failure.error());
    }

    /** Whether it is the place of the code that failed, which a failure has where the place of its submission was not taken. */
    private static boolean isThrownThere(StackTraceElement place, Throwable error) {
        try {
            return Arrays.asList(error.getStackTrace()).contains(place);
        } catch (RuntimeException e) { // a made-up error has no trace, and one of the user's may throw instead
            return false;
        }
    }

    /** What the error says; its class where it fails to. */
    private static String text(Throwable error) {
        try {
            return error.toString();
        } catch (RuntimeException e) {
            return error.getClass().getName();
        }
    }

    /** Whether it, or what has caused it, comes from the simulation. */
    private boolean isInjected(Throwable error) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Throwable cause = error;
        while (cause != null && seen.add(cause)) {
            if (injected.contains(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
