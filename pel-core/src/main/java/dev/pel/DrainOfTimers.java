package dev.pel;

import java.util.concurrent.atomic.AtomicLong;

/** Tells the active thread that a drain has begun: it ends the timers that fall due after the deadline of the stop. */
record DrainOfTimers(Timers timers, AtomicLong deadline) implements Signal {
    @Override
    public void run() {
        timers.drain(deadline.get());
    }

    @Override
    public void abandon() {
        // every timer is ended by the stop
    }
}
