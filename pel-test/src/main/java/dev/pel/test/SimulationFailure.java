package dev.pel.test;

import org.jspecify.annotations.Nullable;

/**
 * A simulation came to no good end: threads wait for each other for ever, or never stop working, or a test failed, whose own
 * failure is the cause. Its message says what each thread does, and how to have the very same run again.
 */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailure(String message) {
        this(message, null);
    }

    SimulationFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
