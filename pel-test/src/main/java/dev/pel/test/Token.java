package dev.pel.test;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Says which thread of a simulation runs: the one that holds the token. A thread from outside keeps it while it is in code of its own.
 * When it waits there, another thread takes it away, unless the first one comes back at the same moment.
 */
@SuppressWarnings("ReferenceEquality") // a turn equals itself alone
final class Token {
    /** From one entry of a thread to its next one. A new object for each, so that what was seen of an old one is void. */
    static final class Turn {
        final Strand strand;

        private Turn(Strand strand) {
            this.strand = strand;
        }
    }

    private final AtomicReference<@Nullable Turn> turn = new AtomicReference<>();

    /** The turn that goes on; null when nobody holds the token. From any thread. */
    @Nullable Turn turn() {
        return turn.get();
    }

    /** From any thread. */
    boolean isHeldBy(Strand strand) {
        Turn now = turn.get();
        return now != null && now.strand == strand;
    }

    /** By its holder: null for nobody. */
    void hand(@Nullable Strand next) {
        turn.set(next == null ? null : new Turn(next));
        if (next != null) {
            LockSupport.unpark(next.thread);
        }
    }

    /**
     * A thread from outside comes back from code of its own. From here until it hands the token on nobody can take it away, because a
     * thread that has seen it wait has seen an earlier turn.
     *
     * @return false when it does not hold the token, or no longer
     */
    boolean enter(Strand mine) {
        Turn now = turn.get();
        return now != null && now.strand == mine && turn.compareAndSet(now, new Turn(mine));
    }

    /**
     * Whether a thread may take the token: nobody has it, or its holder, a thread from outside, waits in code of its own. A holder that waits
     * for a monitor may be in the simulation's code, where it loads a class; that counts only when the turn was the same at an earlier
     * look.
     */
    static boolean isFree(Strand me, @Nullable Turn now, boolean wasTheSame) {
        if (now == null) {
            return true;
        }
        Strand strand = now.strand;
        return strand != me
                && strand.origin == Strand.Origin.OUTSIDER
                && !strand.waitsForToken // it has just got it, and is about to go on
                && switch (strand.thread.getState()) {
                    case WAITING, TIMED_WAITING, TERMINATED -> true;
                    case BLOCKED -> wasTheSame;
                    case NEW, RUNNABLE -> false;
                };
    }

    /**
     * Takes it from one that was seen to be in code of its own, or from nobody.
     *
     * @return false when that has changed since it was seen
     */
    boolean take(@Nullable Turn seen, Strand mine) {
        return turn.compareAndSet(seen, new Turn(mine));
    }
}
