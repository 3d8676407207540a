package dev.pel.spring;

import dev.pel.ContextPropagator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps Spring's transactions inside the operation that has begun them. An operation that waits for another call may run the operation of
 * that call on its own thread, inside its {@code join}; there it would take part in the transaction of the one that waits, and be rolled
 * back with it. So that transaction is suspended meanwhile, as Spring itself suspends it for {@code REQUIRES_NEW}: the other operation
 * finds none, and may begin its own.
 *
 * <p>It carries nothing: a transaction belongs to one thread.
 */
final class TransactionBarrier implements ContextPropagator {
    private static final Scope NOTHING_TO_RESUME = () -> {};

    @Override
    public @Nullable Snapshot capture() {
        return null;
    }

    @Override
    public Scope clear() {
        boolean hasNone = !TransactionSynchronizationManager.isSynchronizationActive()
                && TransactionSynchronizationManager.getResourceMap().isEmpty();
        return hasNone ? NOTHING_TO_RESUME : Suspended.here();
    }

    /** What the current thread had of a transaction. Confined to that thread. */
    private static final class Suspended implements Scope {
        private final @Nullable List<TransactionSynchronization> synchronizations;
        private final Map<Object, Object> resources = new LinkedHashMap<>();
        private final @Nullable String name = TransactionSynchronizationManager.getCurrentTransactionName();
        private final boolean isReadOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        private final @Nullable Integer isolation =
                TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        private final boolean isActive = TransactionSynchronizationManager.isActualTransactionActive();
        private boolean isResumed;

        private Suspended() {
            this.synchronizations = TransactionSynchronizationManager.isSynchronizationActive()
                    ? TransactionSynchronizationManager.getSynchronizations()
                    : null;
        }

        static Suspended here() {
            Suspended suspended = new Suspended();
            boolean isSuspended = false;
            try {
                suspended.suspend();
                isSuspended = true;
            } finally {
                if (!isSuspended) {
                    suspended.close(); // a synchronization has thrown: the one that waits gets all back
                }
            }
            return suspended;
        }

        private void suspend() {
            if (synchronizations != null) {
                synchronizations.forEach(TransactionSynchronization::suspend); // each unbinds what it has bound
            }
            for (Object key : boundKeys()) {
                resources.put(key, TransactionSynchronizationManager.unbindResource(key));
            }
            TransactionSynchronizationManager.clear();
        }

        @Override
        public void close() {
            if (isResumed) {
                return;
            }
            isResumed = true;
            dropRest();
            resources.forEach(TransactionSynchronizationManager::bindResource);
            TransactionSynchronizationManager.setActualTransactionActive(isActive);
            TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(isolation);
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(isReadOnly);
            TransactionSynchronizationManager.setCurrentTransactionName(name);
            if (synchronizations != null) {
                TransactionSynchronizationManager.initSynchronization();
                for (TransactionSynchronization synchronization : synchronizations) {
                    synchronization.resume();
                    TransactionSynchronizationManager.registerSynchronization(synchronization);
                }
            }
        }

        /** Takes off what the other operation has left on the thread. */
        private static void dropRest() {
            boundKeys().forEach(TransactionSynchronizationManager::unbindResourceIfPossible);
            TransactionSynchronizationManager.clear();
        }

        private static List<Object> boundKeys() {
            return List.copyOf(
                    TransactionSynchronizationManager.getResourceMap().keySet());
        }
    }
}
