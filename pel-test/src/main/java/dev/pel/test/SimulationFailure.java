package dev.pel.test;

import dev.pel.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simulation came to no good end: threads wait for each other for ever, or never stop working, or nobody has dealt with a failure,
 * or a test failed, whose own failure is the cause. Its message says what happened, and how to have the very same run again.
 */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    /** The message without the seed. */
    private final String what;

    SimulationFailure(String message) {
        this(message, null);
    }

    SimulationFailure(String message, @Nullable Throwable cause) {
        this("", message, cause);
    }

    SimulationFailure(String seed, String what, @Nullable Throwable cause) {
        super(seed + what, cause);
        this.what = what;
    }

    /** What nobody has dealt with: the first is the cause, the others are suppressed. */
    @SuppressWarnings("ReferenceEquality") // the very same throwable
    static SimulationFailure unhandled(String seed, String what, List<Failure> failures) {
        Throwable first = failures.get(0).error();
        SimulationFailure made = new SimulationFailure(seed, what, first);
        failures.stream()
                .map(Failure::error)
                .filter(error -> error != first)
                .distinct()
                .forEach(made::addSuppressed);
        return made;
    }

    String what() {
        return what;
    }
}
