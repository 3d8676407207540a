package dev.pel;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has to hold for a call to be of use. All of it is code of users.
 *
 * @param holds looked at when the operation is about to start, and when the body is
 * @param whenSkipped told of each call that is skipped because it does not hold; null for nobody
 * @param reason says why, for the cancellation; null for the usual words
 */
record Condition(
        BooleanSupplier holds,
        @Nullable Runnable whenSkipped,
        @Nullable Supplier<String> reason) {

    /**
     * Looks at it.
     *
     * @param defects told what it throws
     * @return the cancellation of the call; null while it holds
     */
    @Nullable NobodyWantsIt look(Consumer<Throwable> defects) {
        try {
            return holds.getAsBoolean() ? null : NobodyWantsIt.conditionDoesNotHold(why(defects), null);
        } catch (Throwable e) {
            defects.accept(e);
            return NobodyWantsIt.conditionDoesNotHold(why(defects), e);
        }
    }

    /** The cancellation of a call that waits, and that somebody ends because of it. */
    NobodyWantsIt waitsInVain(Consumer<Throwable> defects) {
        return NobodyWantsIt.waitsInVain(why(defects));
    }

    private @Nullable String why(Consumer<Throwable> defects) {
        try {
            return reason == null ? null : reason.get();
        } catch (Throwable e) {
            defects.accept(e);
            return null;
        }
    }
}
