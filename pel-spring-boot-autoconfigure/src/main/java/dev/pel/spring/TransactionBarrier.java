package dev.pel.spring;

import dev.pel.ContextPropagator;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps Spring's transactions inside the operation that has begun them. An operation that waits for another call may run the operation of
 * that call on its own thread, inside its {@code join}; there it would take part in the transaction of the one that waits, and be rolled
 * back with it. So that transaction is suspended meanwhile, as Spring itself suspends it for {@code REQUIRES_NEW}: the other operation
 * finds none, and may begin its own.
 *
 * <p>Nothing is carried, since a transaction belongs to one thread: also what was submitted inside of a transaction runs outside of all.
 */
final class TransactionBarrier implements ContextPropagator {
    private static final Scope TO_NOTHING = SuspendedTransaction::clear;

    @Override
    public @Nullable Snapshot capture() {
        return hasNothing() ? null : TransactionBarrier::suspend;
    }

    @Override
    public Scope clear() {
        return hasNothing() ? TO_NOTHING : suspend();
    }

    private static Scope suspend() {
        return hasNothing() ? TO_NOTHING : SuspendedTransaction.suspend();
    }

    private static boolean hasNothing() {
        return !TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.getResourceMap().isEmpty();
    }
}
