package dev.pel;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A timer with a key: when it falls due, its body waits for the turn of the key. */
final class KeyedTimer extends LoopTimer implements Admitted {

    /** Null when it has ended. Written by the thread that ends it. */
    private volatile @Nullable HashedKey key;

    private final Admission admission;

    /** Whether it has fallen due, and the admission has begun. Confined to the active thread. */
    private boolean isDue;

    KeyedTimer(
            RunServices run,
            Duration delay,
            Task body,
            @Nullable CallDetails labelled,
            HashedKey key,
            Admission admission) {
        super(run, delay, body, labelled);
        this.key = key;
        this.admission = admission;
    }

    /** When it falls due, and once more when it has its turn. */
    @Override
    public void runOn(ActiveLane active) {
        assert run.threads.isActiveCurrent();
        if (!isDue) {
            isDue = true;
            waitForTurn();
            return;
        }
        try {
            super.runOn(active);
        } finally {
            admission.leave();
        }
    }

    private void waitForTurn() {
        HashedKey turns = key;
        boolean hasPlace = false;
        try {
            hasPlace = turns != null && admission.takePlace(turns);
        } catch (Throwable e) { // of the key's own code
            endBroken(e);
        }
        if (hasPlace) {
            beginAdmission();
        } else {
            countEndInQueue(
                    queuedAt()); // a concurrent thread has ended it since it fell due, and left this to the current one
        }
    }

    @Override
    public void abandon() {
        try {
            super.abandon();
        } finally {
            admission.leave();
        }
    }

    @Override
    public void admitted() {
        run.queue.post(this);
    }

    @Override
    public boolean cancelIfGiven(@Nullable BooleanSupplier condition) {
        return condition == null && cancel(true); // timers are given none
    }

    @Override
    public void stopHeld() {
        stop();
    }

    @Override
    public void beginAdmission() {
        admission.begin(this);
    }

    @Override
    Admission admission() {
        return admission;
    }

    @Override
    boolean isHeld() {
        return admission.isHeld();
    }

    /** Before it falls due as well: its turn cannot come as long as that of another call lasts. */
    @Override
    @Nullable Call<?> heldUpBy() {
        HashedKey turns = key;
        return turns == null ? null : admission.keys().holder(turns);
    }

    @Override
    void isAboutToBeTold() {
        key = null;
        int step = step();
        if (step == ENDED) {
            admission.leave();
        } else if (step == ENDED_IN_QUEUE && admission.leave()) {
            countEndInQueue(queuedAt()); // it is in no queue: nobody else comes across it
        }
    }
}
