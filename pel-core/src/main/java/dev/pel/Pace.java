package dev.pel;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The rate of a limit: when the next operation may start. It counts starts, not permits, so that calls which had to wait for a thread after
 * they got their permit do not start all at once later.
 *
 * <p>This is the generic cell rate algorithm (ITU-T I.371), with one addition: a permit that was given and has not led to a start yet counts
 * as a start to come.
 */
final class Pace {
    /** A time that is never over, and leaves room to add another one to it. */
    private static final long LONGEST = Long.MAX_VALUE / 4;

    private final Machine machine;

    /** Options and next start change together: a start counts with the interval that holds when it is counted. */
    private final AtomicReference<Schedule> schedule;

    /** How many permits were given for operations that have not started. */
    private final AtomicInteger pending = new AtomicInteger();

    Pace(Machine machine, LimitOptions options) {
        this.machine = machine;
        this.schedule = new AtomicReference<>(new Schedule(options, machine.nanoTime()));
    }

    /** When the next operation would start if all started evenly. */
    private record Schedule(LimitOptions options, long nextStart) {
        /** From one start to the next; so short that a whole burst of them, which is years then, is a number of nanoseconds. */
        static long interval(LimitOptions options) {
            long exact = Machine.nanos(options.per()) / options.rate();
            return Math.max(1, Math.min(exact, LONGEST / options.burst()));
        }

        long ahead(long now) {
            return Math.min(LONGEST, Math.max(0, nextStart - now));
        }

        Schedule started(long now) {
            return options.rate() == 0
                    ? this
                    : new Schedule(options, now + Math.min(LONGEST, ahead(now) + interval(options)));
        }

        /** What is left of the time until the next start becomes longer or shorter with the interval, and is not more than a burst. */
        Schedule changed(LimitOptions after, long now) {
            if (options.rate() == 0 || after.rate() == 0) {
                return new Schedule(after, now);
            }
            long interval = interval(after);
            double left = Math.ceil((double) ahead(now) * interval / interval(options));
            return new Schedule(after, now + (long) Math.min(left, (double) interval * after.burst()));
        }
    }

    private Schedule schedule() {
        return Objects.requireNonNull(schedule.get());
    }

    LimitOptions options() {
        return schedule().options();
    }

    /** From any thread. The function runs once more when others make a change meanwhile. */
    @SuppressWarnings("ReferenceEquality") // the very same options
    void change(UnaryOperator<LimitOptions> change) {
        Schedule now = schedule();
        LimitOptions before = now.options();
        LimitOptions after = change.apply(before);
        while (!schedule.compareAndSet(now, now.changed(after, machine.nanoTime()))) {
            now = schedule();
            if (now.options() != before) {
                before = now.options();
                after = change.apply(before);
            }
        }
    }

    /** How many nanoseconds it is until another permit may be given; 0 when it may be now. */
    long waitTime() {
        // in this order: a concurrent start moves the schedule on and then lowers pending, so it is seen in one of them
        // at least
        int given = pending.get();
        Schedule now = schedule();
        if (now.options().rate() == 0) {
            return 0;
        }
        long starts = given - (now.options().burst() - 1L);
        return Math.max(0, saturated(now.ahead(machine.nanoTime()), starts, Schedule.interval(now.options())));
    }

    private static long saturated(long ahead, long starts, long interval) {
        return starts > 0 && interval > (LONGEST - ahead) / starts ? LONGEST : ahead + starts * interval;
    }

    /** Whether time alone leads to the next permit; else starts must come first. */
    boolean needsTimeOnly() {
        return options().rate() > 0 && pending.get() < options().burst();
    }

    void given() {
        pending.incrementAndGet();
    }

    /** A call that has a permit has ended before its start. */
    void unused() {
        pending.decrementAndGet();
    }

    /** An operation starts now. */
    void started() {
        long now = machine.nanoTime();
        schedule.updateAndGet(before -> before.started(now));
        pending.decrementAndGet();
    }
}
