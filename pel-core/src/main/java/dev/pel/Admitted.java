package dev.pel;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An entry, which is a handle as well, that needs an {@link Admission} before it may go into the queue of its lane. */
interface Admitted {
    /** It has its place in its lane: it waits for what it needs, or goes on at once. On the submitting thread. */
    void beginAdmission();

    /** It has all that it needs: it goes into the queue of its lane. On the thread that has given it the last. */
    void admitted();

    /** Cancels it if it was given this condition, or none like this; says whether it did. */
    boolean cancelIfGiven(@Nullable BooleanSupplier condition);

    /** Ends it because the loop stops. */
    void stopHeld();

    /** Ends it because no memory was left to go on with it. */
    void endBroken(Throwable error);

    Lane lane();

    /** When it came into its lane. */
    long queuedAt();
}
