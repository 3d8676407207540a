package dev.pel.spring;

import dev.pel.ContextPropagator.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.ResourceHolder;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What a thread has of a transaction, taken off it until the scope is closed: the resources bound to it, the synchronizations, and the
 * transaction's name and settings. Confined to that thread.
 */
final class SuspendedTransaction implements Scope {
    private final boolean hasSynchronizations = TransactionSynchronizationManager.isSynchronizationActive();
    private final List<TransactionSynchronization> synchronizations =
            hasSynchronizations ? TransactionSynchronizationManager.getSynchronizations() : List.of();
    private final @Nullable String name = TransactionSynchronizationManager.getCurrentTransactionName();
    private final boolean isReadOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    private final @Nullable Integer isolation = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
    private final boolean isActive = TransactionSynchronizationManager.isActualTransactionActive();

    /** Those that their synchronizations have not unbound themselves. */
    private final Map<Object, Object> resources = new LinkedHashMap<>();

    private boolean isResumed;

    private SuspendedTransaction() {}

    /** Takes off what the current thread has. When a synchronization throws, the thread has it all as before. */
    static SuspendedTransaction suspend() {
        SuspendedTransaction suspended = new SuspendedTransaction();
        suspended.suspendSynchronizations();
        suspended.resources.putAll(TransactionSynchronizationManager.getResourceMap());
        clear();
        return suspended;
    }

    private void suspendSynchronizations() {
        Map<Object, Object> before = Map.copyOf(TransactionSynchronizationManager.getResourceMap());
        List<TransactionSynchronization> suspended = new ArrayList<>();
        try {
            for (TransactionSynchronization synchronization : synchronizations) {
                synchronization.suspend(); // it unbinds what it has bound
                suspended.add(synchronization);
            }
        } catch (Throwable e) {
            suspended.forEach(TransactionSynchronization::resume);
            before.forEach(SuspendedTransaction::bindIfMissing);
            throw e;
        }
    }

    private static void bindIfMissing(Object key, Object value) {
        boolean isVoid = value instanceof ResourceHolder holder && holder.isVoid();
        if (!isVoid && !TransactionSynchronizationManager.hasResource(key)) {
            TransactionSynchronizationManager.bindResource(key, value);
        }
    }

    /** Takes everything off the current thread. */
    static void clear() {
        List.copyOf(TransactionSynchronizationManager.getResourceMap().keySet())
                .forEach(TransactionSynchronizationManager::unbindResourceIfPossible);
        TransactionSynchronizationManager.clear();
    }

    /** Gives all back, whatever the thread has now. When a synchronization throws, the transaction is rolled back at its end. */
    @Override
    public void close() {
        if (isResumed) {
            return;
        }
        isResumed = true;
        clear();
        resources.forEach(SuspendedTransaction::bindIfMissing);
        TransactionSynchronizationManager.setActualTransactionActive(isActive);
        TransactionSynchronizationManager.setCurrentTransactionIsolationLevel(isolation);
        TransactionSynchronizationManager.setCurrentTransactionReadOnly(isReadOnly);
        TransactionSynchronizationManager.setCurrentTransactionName(name);
        if (hasSynchronizations) {
            TransactionSynchronizationManager.initSynchronization();
            synchronizations.forEach(TransactionSynchronizationManager::registerSynchronization);
            resumeSynchronizations();
        }
    }

    private void resumeSynchronizations() {
        RuntimeException first = null;
        for (TransactionSynchronization synchronization : synchronizations) {
            try {
                synchronization.resume();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            TransactionSynchronizationManager.getResourceMap().values().forEach(SuspendedTransaction::setRollbackOnly);
            throw first;
        }
    }

    private static void setRollbackOnly(Object resource) {
        if (resource instanceof ResourceHolderSupport holder) {
            holder.setRollbackOnly();
        }
    }
}
