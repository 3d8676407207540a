package dev.pel;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The calls of one limit: as many as it says have a permit, from before they are in the queue of their lane until their operation has left. */
final class LimitQueue extends PermitQueue {
    private final String name;
    private final Deadlines deadlines;
    private final Pace pace;
    private final AtomicInteger inUse = new AtomicInteger();

    /** The calls that have a permit. */
    private final Set<Admission> holders = ConcurrentHashMap.newKeySet();

    /** How many permits have come back, for those who look at the holders for a while. */
    private final AtomicLong returned = new AtomicLong();

    private final AtomicLong rejected = new AtomicLong();

    /** Whether the alarm, if there is one, was armed for other values. */
    private volatile boolean isChanged;

    /** What the alarm that is armed has got, each another one; null when none is: set by the thread that hands out permits. */
    private final AtomicReference<@Nullable Object> armed = new AtomicReference<>();

    /** Gives a signal when the rate allows the next start. Written by the thread that hands out permits. */
    private volatile @Nullable Deadline alarm;

    LimitQueue(String name, LimitOptions options, Machine machine, Deadlines deadlines) {
        super(deadlines);
        this.name = name;
        this.deadlines = deadlines;
        this.pace = new Pace(machine, options);
    }

    String name() {
        return name;
    }

    LimitOptions options() {
        return pace.options();
    }

    /** A call had to be rejected, because it has found no place here. */
    void rejected() {
        rejected.incrementAndGet();
    }

    /** From any thread: other values hold from now on. Operations that run are not touched. */
    void change(UnaryOperator<LimitOptions> change) {
        pace.change(before -> EventLoopOptions.changed(name, before, change));
        isChanged = true; // before the signal: the thread that hands out permits sees it
        signal();
    }

    @Override
    boolean hasPermit() {
        return inUse.get() < options().concurrency() && pace.waitTime() == 0;
    }

    @Override
    void take(Admission call) {
        holders.add(call); // first: nothing is taken when no memory is left for it
        inUse.incrementAndGet();
        pace.given();
    }

    @Override
    void takeBack(Admission call) {
        holders.remove(call);
        returned.incrementAndGet();
        inUse.decrementAndGet();
        pace.unused();
    }

    /** The operation of a call that has a permit starts. */
    void started() {
        pace.started();
        if (waiting() > 0) {
            signal();
        }
    }

    /** A call gives its permit back. */
    void release(Admission call, boolean hasStarted) {
        holders.remove(call);
        returned.incrementAndGet();
        inUse.decrementAndGet();
        if (!hasStarted) {
            pace.unused();
        }
        signal();
    }

    /**
     * Whether all permits there are have holders of which each has this property, and did so while that was found out.
     *
     * @param property holds from then on until the call gives its permit back
     */
    boolean areAllHolders(Predicate<Admission> property) {
        long before = returned.get();
        List<Admission> now = List.copyOf(holders);
        return !now.isEmpty()
                && now.size() >= options().concurrency()
                && now.stream().allMatch(property)
                && returned.get() == before;
    }

    @Override
    void isShort() {
        if (isChanged) {
            isChanged = false;
            close();
            armed.set(null);
        }
        if (pace.needsTimeOnly()
                && armed.get() == null
                && inUse.get() < options().concurrency()) {
            arm();
        }
    }

    private void arm() {
        Object token = new Object();
        armed.set(token); // first: it may ring before the current thread comes back
        try {
            // no time at all when it has passed since the look that found no permit
            alarm = deadlines.arm(Duration.ofNanos(pace.waitTime()), () -> ring(token), null);
        } catch (VirtualMachineError e) { // no memory is left: the call must not wait for ever
            armed.set(null);
            endFirst(e);
        }
    }

    private void endFirst(Error error) {
        Admission first = first();
        if (first != null) {
            first.call().endBroken(error);
        }
    }

    /** One that was armed for other values gives its signal as well, and leaves the present one armed. */
    private void ring(Object token) {
        armed.compareAndSet(token, null);
        signal();
    }

    /** The loop has stopped, and nothing waits any more; or the alarm is for other values. */
    void close() {
        Deadline ringing = alarm;
        if (ringing != null) {
            deadlines.disarm(ringing);
        }
    }

    LoopStats.LimitStats stats(long now) {
        Admission first = first();
        Duration oldest = first == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - first.queuedAt()));
        return new LoopStats.LimitStats(options(), inUse.get(), waiting(), oldest, rejected.get());
    }
}
