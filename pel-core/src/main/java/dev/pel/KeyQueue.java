package dev.pel;

import org.jspecify.annotations.Nullable;

/** The calls of one key: one of them has its turn, until its code has left, and the others wait for theirs. */
final class KeyQueue extends PermitQueue {
    private final Keys keys;
    private final HashedKey key;
    private final long number;

    /** The call that has its turn. Written by the thread that hands out turns, and by the one with which a turn ends. */
    private volatile @Nullable Admission holder;

    KeyQueue(Deadlines deadlines, Keys keys, HashedKey key, long number) {
        super(deadlines);
        this.keys = keys;
        this.key = key;
        this.number = number;
    }

    /** Rises with each one that comes into use. */
    long number() {
        return number;
    }

    HashedKey key() {
        return key;
    }

    @Override
    boolean hasPermit() {
        return holder == null;
    }

    @Override
    void take(Admission call) {
        holder = call;
    }

    @Override
    void takeBack(Admission call) {
        holder = null;
    }

    /** The turn of the call that has it is over. */
    void release() {
        holder = null;
        signal();
    }

    /** The call whose turn it is; null when there is none. */
    @Nullable Call<?> holder() {
        Admission now = holder;
        return now != null && now.call() instanceof Call<?> call ? call : null;
    }

    @Override
    boolean isUnused() {
        return holder == null;
    }

    @Override
    void retired() {
        keys.forget(this);
    }
}
