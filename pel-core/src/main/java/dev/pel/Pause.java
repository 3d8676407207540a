package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The pause of one call before another attempt: it ends when its time is over, or with the call. Each one is another object. */
final class Pause {
    private final Admissions admissions;
    private final Admission call;
    private volatile @Nullable Deadline deadline;
    private volatile boolean isOver;

    Pause(Admissions admissions, Admission call) {
        this.admissions = admissions;
        this.call = call;
    }

    /** Nothing, when a concurrent thread has ended the call. */
    void begin(Duration time) {
        if (!call.move(0, AdmissionState.PAUSES)) {
            return;
        }
        admissions.pauses(this);
        try {
            deadline = admissions.deadlines().arm(time, this::isUp, null);
        } catch (VirtualMachineError e) { // no memory is left: nobody else would end the call
            call.call().endBroken(e);
        }
        if (isOver) {
            end(); // a concurrent thread has ended it before it could see the deadline
        }
    }

    private void isUp() {
        if (call.move(AdmissionState.PAUSES, 0)) {
            end();
            call.goesOn();
        }
    }

    /** Its time is up, or the call has ended. */
    void end() {
        isOver = true;
        admissions.endsPause(this);
        Deadline armed = deadline;
        if (armed != null) {
            admissions.deadlines().disarm(armed);
        }
    }

    Admission call() {
        return call;
    }
}
