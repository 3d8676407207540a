package dev.pel.spring.sources;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Pauses sources of messages while a lane is under pressure, and lets them go on when none is. Pressure has a hysteresis: it begins at the
 * high-water mark of a lane and ends at the low one. A full lane may pass both several times in a second, and a container that knows no pause is
 * restarted each time: so what is paused stays so for a least time.
 *
 * <p>Pressure is told by threads of the loop, which must not wait until a source has paused; so one thread of its own does that, and looks
 * each time what holds by then. What others have paused is left to them.
 */
final class SourcePause implements EventLoopListener, SmartLifecycle {
    /** Sources that pause and go on all the time are told this often. */
    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private static final Logger log = LoggerFactory.getLogger(SourcePause.class);

    private final List<String> ids;
    private final Supplier<? extends Collection<Registry>> registries;
    private final Supplier<Collection<EventLoop>> loops;
    private final ScheduledExecutorService thread;

    /** How many lanes are under pressure. Loops that were made together tell theirs to the same listener. */
    private final AtomicInteger high = new AtomicInteger();

    /** Whether the thread is about to look. */
    private final AtomicBoolean isAsked = new AtomicBoolean();

    /** What this has paused, by id, and by the registry in which it was found. Changed while this is locked. */
    private final Map<String, Map<Registry, Source>> paused = new ConcurrentHashMap<>();

    /** Whether something could not be paused, or not let go on. Guarded by the lock. */
    private boolean hasFailed;

    private final PauseTiming timing;

    /** When what is paused was paused, by id. Guarded by the lock. */
    private final Map<String, Long> pausedAt = new HashMap<>();

    /** Whether it will look again when a pause has been long enough. Guarded by the lock. */
    private boolean isLookPlanned;

    /** Whether it will try again what could not be done. Guarded by the lock. */
    private boolean isRetryPlanned;

    private final LongAdder pauses = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile Collection<Registry> known = List.of();
    private volatile boolean isRunning;

    /** When a pause was last told. Guarded by the lock. */
    private long toldAt;

    /** Whether the pause that is under way was told. Guarded by the lock. */
    private boolean isTold;

    /**
     * Pauses nothing before its start.
     *
     * @param ids of the listeners
     * @param registries where they are found; asked when it starts
     * @param loops all that there are, of which one at least must tell this its pressure
     * @param thread one thread, which runs what it is given one after the other
     * @param timing when what is paused may go on, and when it tries again what could not be done
     */
    SourcePause(
            List<String> ids,
            Supplier<? extends Collection<Registry>> registries,
            Supplier<Collection<EventLoop>> loops,
            ScheduledExecutorService thread,
            PauseTiming timing) {
        this.ids = ids;
        this.registries = registries;
        this.loops = loops;
        this.thread = thread;
        this.timing = timing;
        this.toldAt = timing.clock().getAsLong() - QUIET;
    }

    // ------------------------------------------------------------------ on threads of the loop

    @Override
    public void pressureHigh(Lane lane, int size) {
        high.incrementAndGet();
        ask();
    }

    @Override
    public void pressureLow(Lane lane, int size) {
        high.decrementAndGet();
        ask();
    }

    private void ask() {
        if (isAsked.compareAndSet(false, true)) {
            boolean isSubmitted = false;
            try {
                thread.execute(this::answer);
                isSubmitted = true;
            } finally {
                if (!isSubmitted) {
                    isAsked.set(false); // no thread could be made: the next event tries again
                }
            }
        }
    }

    private void answer() {
        isAsked.set(false); // first: what a concurrent thread tells from here on is looked at once more
        look();
    }

    // ------------------------------------------------------------------ on the thread of its own

    @SuppressWarnings("FutureReturnValueIgnored") // what fails there is told, and tried again
    private synchronized void look() {
        if (!isRunning) {
            return;
        }
        boolean isHigh = high.get() > 0;
        hasFailed = false;
        List<String> changed = new ArrayList<>();
        for (String id : ids) {
            if (isHigh ? pause(id) : resumeInTime(id)) {
                changed.add(id);
            }
        }
        if (!changed.isEmpty()) {
            tell(isHigh, changed);
        }
        if (hasFailed && !isRetryPlanned) { // once in that time, however often pressure comes and goes meanwhile
            thread.schedule(this::lookForRetry, timing.retryAfter().toNanos(), TimeUnit.NANOSECONDS);
            isRetryPlanned = true; // last: when no thread could be made, the next event tries again
        }
    }

    private synchronized void lookForRetry() {
        isRetryPlanned = false;
        look();
    }

    private boolean pause(String id) {
        boolean isNew = false;
        for (Registry registry : known) {
            Map<Registry, Source> done = paused.getOrDefault(id, Map.of());
            try {
                Source source = done.containsKey(registry) ? null : registry.find(id);
                if (source != null && source.pause()) {
                    paused.computeIfAbsent(id, missing -> new ConcurrentHashMap<>())
                            .put(registry, source);
                    isNew = true;
                }
            } catch (RuntimeException | LinkageError e) {
                failed(id, "paused", e);
            }
        }
        if (isNew) {
            pauses.increment();
            pausedAt.put(id, timing.clock().getAsLong());
        }
        return isNew;
    }

    /** Lets it go on when it has been paused for long enough, or looks again when it has. */
    private boolean resumeInTime(String id) {
        Long since = pausedAt.get(id);
        long left = since == null ? 0 : timing.left(since);
        if (left == 0) {
            return resume(id);
        }
        lookAgainIn(left);
        return false;
    }

    /** The first that is planned is the first that is due: what is paused later has to stay so for longer. */
    @SuppressWarnings("FutureReturnValueIgnored") // what fails there is told, and tried again
    private void lookAgainIn(long nanos) {
        if (isLookPlanned) {
            return;
        }
        isLookPlanned = true;
        boolean isSubmitted = false;
        try {
            thread.schedule(this::lookAsPlanned, nanos, TimeUnit.NANOSECONDS);
            isSubmitted = true;
        } finally {
            isLookPlanned = isSubmitted; // no thread could be made: the next event tries again
        }
    }

    private synchronized void lookAsPlanned() {
        isLookPlanned = false;
        look();
    }

    private boolean resume(String id) {
        Map<Registry, Source> sources = paused.get(id);
        if (sources == null) {
            return false;
        }
        sources.values().removeIf(source -> isResumed(id, source));
        boolean isOver = sources.isEmpty() && paused.remove(id) != null;
        if (isOver) {
            pausedAt.remove(id);
        }
        return isOver;
    }

    private boolean isResumed(String id, Source source) {
        try {
            source.resume();
            return true;
        } catch (RuntimeException | LinkageError e) {
            failed(id, "let go on", e);
            return false;
        }
    }

    private void failed(String id, String what, Throwable error) {
        hasFailed = true;
        failures.increment();
        log.warn("Listener '{}' could not be {}: it is tried again in {}", id, what, timing.retryAfter(), error);
    }

    private void tell(boolean isHigh, List<String> changed) {
        if (isHigh) {
            long now = timing.clock().getAsLong();
            isTold = now - toldAt >= QUIET;
            toldAt = isTold ? now : toldAt;
        }
        String what = isHigh
                ? "Paused listeners {}: a lane is under pressure"
                : "Listeners {} go on: no lane is under pressure";
        if (isTold) {
            log.info(what, changed);
        } else {
            log.debug(what, changed);
        }
    }

    // ------------------------------------------------------------------ figures, from any thread

    boolean isPaused(String id) {
        return paused.containsKey(id);
    }

    /** How many times a listener was paused. */
    long pauses() {
        return pauses.sum();
    }

    /** How many times a listener could not be paused, or not let go on. */
    long failures() {
        return failures.sum();
    }

    List<String> ids() {
        return ids;
    }

    // ------------------------------------------------------------------ the start and the end

    @Override
    public void start() {
        if (loops.get().stream().noneMatch(this::isToldBy)) {
            throw new IllegalStateException(
                    "'pel.pressure.pause' needs a loop that tells its pressure, but none was made by"
                            + " PelLoopBuilder: make it with that, or add the bean 'pelSourcePause' to its listeners.");
        }
        known = registries.get();
        for (String id : ids) {
            if (known.stream().noneMatch(registry -> registry.find(id) != null)) {
                throw new IllegalStateException(unknown(id));
            }
        }
        synchronized (this) {
            isRunning = true;
            // of the run before: where Spring has started them again, this changes nothing
            ids.forEach(this::resume);
        }
        ask();
    }

    private boolean isToldBy(EventLoop loop) {
        return loop.options().hooks().listeners().contains(this);
    }

    private String unknown(String id) {
        TreeSet<String> all = new TreeSet<>();
        known.forEach(registry -> all.addAll(registry.ids()));
        return ("'pel.pressure.pause' must name listeners of Kafka, RabbitMQ or JMS by their ids, but there is none with the id '%s'. Known"
                        + " are %s. Give the listener that id, such as @RabbitListener(id = \"%s\", …), or take it out of the property.")
                .formatted(id, all, id);
    }

    /** When it returns, no source is touched any more: those that depend on this are stopped after it. */
    @Override
    public synchronized void stop() {
        isRunning = false;
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    /** Starts when all registries have: their containers are in this phase or in lower ones. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
