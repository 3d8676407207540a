package dev.pel.test;

import dev.pel.LoopState;
import dev.pel.MissedTicks;
import dev.pel.Outcome;
import dev.pel.PeriodicSpec;
import dev.pel.PeriodicTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Periodic timers: never early, never beside themselves, as often as asked, and not after their end. */
final class Ticks {
    private final World world;
    private final List<Ticking> timers = new ArrayList<>();

    Ticks(World world) {
        this.world = world;
    }

    /** Sets a timer of any kind. */
    void set() {
        Ticking timer = new Ticking();
        timers.add(timer);
        world.periodic++;
        timer.start();
    }

    /** Ends one of them from outside. */
    void cancelAny() {
        if (!timers.isEmpty()) {
            timers.get(world.random(timers.size())).cancel();
        }
    }

    /** Ends all of them, so that a simulation comes to rest. */
    void cancelAll() {
        timers.forEach(Ticking::cancel);
    }

    /** When the loop has stopped. */
    void check() {
        timers.forEach(Ticking::check);
    }

    private final class Ticking {
        private final Duration interval = Duration.ofMillis(1 + world.random(3));
        private final Duration first = world.millis(3);
        private final MissedTicks missed = MissedTicks.values()[world.random(3)];
        private final boolean isCall = world.random.nextBoolean();

        /** 0 for no end. */
        private final int times = world.random(5);

        private Duration since;
        private PeriodicTimer handle;
        private boolean isRunning;
        private boolean isCancelled;
        private int runs;
        private int runsAfterEnd;

        void start() {
            since = world.simulation.elapsed();
            PeriodicSpec spec = world.loop.every(interval).first(first).missed(missed);
            spec = times == 0 ? spec : spec.times(times);
            handle = isCall ? spec.next(() -> run(false), () -> run(true)) : spec.run(() -> run(true));
        }

        /** The operation, if it is a call, or the body, which ends the run. */
        private void run(boolean isBody) throws Exception {
            if (!isBody || !isCall) {
                begins();
            }
            world.simulation.step();
            if (world.random(4) == 0) {
                world.simulation.sleep(world.millis(8));
            }
            if (world.happens(0.1)) {
                isRunning = false;
                throw new IllegalStateException("a run that fails");
            }
            if (isBody) {
                if (!world.loop.onActiveThread()) {
                    world.alarm("body elsewhere: " + this);
                }
                isRunning = false;
                if (world.random(16) == 0) {
                    cancel();
                }
            }
        }

        private void begins() {
            if (isRunning && (!isCall || world.loop.state() == LoopState.RUNNING)) {
                world.alarm("beside itself: " + this);
            }
            if (isCancelled && ++runsAfterEnd > 1) { // one may have been about to begin
                world.alarm("after its end: " + this);
            }
            isRunning = true;
            runs++;
            Duration due = since.plus(first)
                    .plus(missed == MissedTicks.FIXED_DELAY ? Duration.ZERO : interval.multipliedBy(runs - 1L));
            if (world.simulation.elapsed().compareTo(due) < 0) {
                world.alarm("before its time: " + this);
            }
        }

        void cancel() {
            if (handle != null && handle.cancel(true)) {
                isCancelled = true;
            }
        }

        void check() {
            Outcome outcome = handle == null ? null : handle.outcome();
            if (outcome == null) {
                world.alarm("is open: " + this);
            } else if (outcome == Outcome.SUCCEEDED && (times == 0 || runs != times)) {
                world.alarm("succeeded: " + this);
            } else if (times > 0 && runs > times || outcome == Outcome.FAILED) {
                world.alarm("ran too often, or failed: " + this);
            }
            long ticks = Math.max(
                            0,
                            world.simulation.elapsed().minus(since).minus(first).dividedBy(interval))
                    + 1;
            if (handle != null && handle.runs() + handle.missed() > ticks) {
                world.alarm("%d ticks at most: %s".formatted(ticks, this));
            }
        }

        @Override
        public String toString() {
            return "timer every %s (%s, %s), runs %d of %d, told %s"
                    .formatted(interval, missed, isCall ? "calls" : "bodies", runs, times, handle);
        }
    }
}
