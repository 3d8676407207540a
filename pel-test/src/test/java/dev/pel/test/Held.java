package dev.pel.test;

import dev.pel.Body;
import dev.pel.CallSpec;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.Priority;
import dev.pel.Retry;
import dev.pel.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Calls with keys, limits, retries and priorities: those of a key in their order and one at a time, those of a limit so many at once. */
final class Held {
    private static final String LIMIT = "few";
    private static final String RATE = "slow";
    private static final Duration INTERVAL = Duration.ofMillis(1);
    private static final int RETRIES = 2;

    private final World world;
    private final int permits;
    private final int burst;

    /** Whether operations may fail, and are tried again. */
    boolean retries;

    /** What has begun and not left, for each key. */
    private final Map<Object, Entry> inside = new HashMap<>();

    /** What has begun last, for each key. */
    private final Map<Object, Entry> last = new HashMap<>();

    /** The call that has begun last, for each key and each thread that submits. */
    private final Map<Object, Integer> ofClient = new HashMap<>();

    private int running;

    /** How many operations with a rate have started. */
    private int started;

    Held(World world) {
        this.world = world;
        this.permits = 1 + world.random(2);
        this.burst = 1 + world.random(2);
    }

    /** Adds the limit that these calls need. */
    EventLoopOptions options(EventLoopOptions options) {
        return options.withKeyCapacity(1 + world.random(16))
                .withLimit(LIMIT, limit -> limit.withConcurrency(permits))
                .withLimit(RATE, limit -> limit.withRate(1, INTERVAL).withBurst(burst));
    }

    /** Submits a call of any kind. */
    void submitAny() {
        String client = Thread.currentThread().getName();
        Object key = world.random(4) == 0 ? null : "key " + world.random(2);
        int kind = world.random(6);
        Entry entry = world.entry(kind == 5 ? "delay" : "held", kind < 4 ? 1 : 0, kind > 0);
        CallSpec spec =
                key == null ? world.loop.call("held") : world.loop.call("held").key(key);
        Code code = new Code(entry, key, client);
        entry.handle = switch (kind) {
            case 4 -> spec.enqueue(Lane.ACTIVE, code.bodyAlone());
            case 5 -> timer(spec, entry, code);
            default ->
                kind == 0
                        ? operation(spec, code).next(code.operation())
                        : operation(spec, code).next(code.operation(), code.body());
        };
    }

    private LoopFuture<Void> timer(CallSpec spec, Entry entry, Code code) {
        Duration delay = world.millis(3);
        entry.due = world.simulation.elapsed().plus(delay);
        code.isTimer = true;
        return spec.delay(delay, code.bodyAlone());
    }

    /** What only an operation may need. */
    private CallSpec operation(CallSpec spec, Code code) {
        CallSpec changed = spec;
        if (world.random(3) == 0) {
            code.isRated = world.random(2) == 0;
            code.isLimited = !code.isRated;
            changed = changed.limit(code.isRated ? RATE : LIMIT);
        }
        if (retries && world.random(2) == 0) {
            code.entry.retries = RETRIES;
            changed = changed.retry(Retry.times(RETRIES).backoff(world.millis(2)));
        }
        if (world.random(4) == 0) {
            changed = changed.priority(Priority.LOW);
        }
        if (world.random(8) == 0) {
            code.entry.mayBeCut = true;
            changed = changed.timeout(Duration.ofMillis(1 + world.random(4)));
        }
        return changed;
    }

    /** When nothing is left to run: no key is in use, and no permit is given. */
    void check() {
        LoopStats stats = world.loop.stats();
        LoopStats.KeyStats keys = stats.keys();
        if (keys.inUse() != 0 || keys.waiting() != 0) {
            world.alarm("keys are left: " + keys);
        }
        for (LoopStats.LimitStats limit : stats.limits().values()) {
            if (limit.inUse() != 0 || limit.waiting() != 0) {
                world.alarm("permits are left: " + limit);
            }
        }
    }

    /** The code of one call, and what it has to find when it begins. */
    private final class Code {
        final Entry entry;
        final Object key;
        final String client;
        boolean isLimited;
        boolean isRated;
        boolean isTimer;
        private boolean hasBegun;

        Code(Entry entry, Object key, String client) {
            this.entry = entry;
            this.key = key;
            this.client = client;
        }

        Callable<Integer> operation() {
            return () -> {
                begins();
                if (isRated) {
                    started++;
                    long most = burst + world.simulation.elapsed().dividedBy(INTERVAL);
                    if (started > most) {
                        world.alarm("%d starts, at most %d by now: %s".formatted(started, most, entry));
                    }
                }
                if (isLimited) {
                    running++;
                    if (running > permits) {
                        world.alarm("%d operations with %d permits: %s".formatted(running, permits, entry));
                    }
                }
                try {
                    world.operation(entry, 0);
                    return entry.number;
                } finally {
                    running -= isLimited ? 1 : 0;
                    leaves();
                }
            };
        }

        Body<Integer> body() {
            Task body = world.body(entry, 0);
            return number -> {
                if (key != null && last.get(key) != entry) {
                    world.alarm("body after the operation of %s: %s".formatted(last.get(key), entry));
                }
                enters();
                try {
                    body.run();
                } finally {
                    leaves();
                }
            };
        }

        /** The body of one that has no operation. */
        Task bodyAlone() {
            Task body = world.body(entry, 0);
            return () -> {
                begins();
                try {
                    body.run();
                } finally {
                    leaves();
                }
            };
        }

        private void begins() {
            enters();
            if (key == null) {
                return;
            }
            if (hasBegun && last.get(key) != entry) {
                world.alarm("another attempt after %s: %s".formatted(last.get(key), entry));
            }
            last.put(key, entry);
            // a timer comes into the queue of its key when it falls due
            Integer before = !isTimer && !hasBegun ? ofClient.put(key + client, entry.number) : null;
            if (before != null && before > entry.number) {
                world.alarm("before call %d of the same thread: %s".formatted(before, entry));
            }
            hasBegun = true;
        }

        private void enters() {
            Entry other = key == null ? null : inside.put(key, entry);
            if (other != null) {
                world.alarm("while this has the key: %s: %s".formatted(other, entry));
            }
        }

        private void leaves() {
            if (key != null) {
                inside.remove(key);
            }
        }
    }
}
