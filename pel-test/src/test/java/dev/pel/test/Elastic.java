package dev.pel.test;

import dev.pel.EventLoopOptions;
import dev.pel.InvalidOptionException;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** A passive lane whose threads come and go, and operations that take longer than they should. */
final class Elastic {
    private static final Duration SOON = Duration.ofMillis(1);

    private final World world;
    private final int min;

    /** The most threads that were ever allowed. */
    private int most;

    private final int maxHung;
    private final Duration hungAfter;

    /** The threads that are in an operation. */
    private final Set<String> inside = new HashSet<>();

    Elastic(World world) {
        this.world = world;
        this.min = 1 + world.random(2);
        this.most = min + 1 + world.random(3);
        this.maxHung = 1 + world.random(2);
        this.hungAfter = world.random.nextBoolean() ? Duration.ZERO : SOON.plus(world.millis(6));
    }

    EventLoopOptions options(EventLoopOptions options) {
        int recycled = world.random.nextBoolean() ? 0 : 1 + world.random(3);
        return options.withPassive(lane -> lane.withThreads(min, most)
                .withElastic(elastic -> elastic.withGrowAfter(SOON.plus(world.millis(3)))
                        .withKeepAlive(SOON.plus(world.millis(10)))
                        .withRecycleAfter(recycled)
                        .withHungAfter(hungAfter)
                        .withMaxHung(maxHung)));
    }

    /** One call, which may take long, or anything else. */
    void submitAny() {
        if (world.random(3) == 0) {
            world.submitAny();
            return;
        }
        Entry entry = world.entry("elastic", 1, false);
        entry.handle = world.loop.next(() -> operation(entry));
    }

    private void operation(Entry entry) throws Exception {
        String thread = Thread.currentThread().getName();
        inside.add(thread);
        try {
            world.operation(entry, Integer.MAX_VALUE);
            checkNumber();
            if (world.random(3) == 0) {
                world.simulation.sleep(world.millis(40));
                checkNumber();
            }
        } finally {
            inside.remove(thread);
        }
    }

    /** What hangs, and so has been replaced, may come on top. */
    private void checkNumber() {
        audit();
        LaneStats.PoolStats pool = world.loop.stats().lane(Lane.PASSIVE).pool();
        Set<String> counted = new HashSet<>(inside);
        pool.hung().forEach(hung -> counted.remove(hung.thread()));
        if (!world.nests && counted.size() > most) {
            world.alarm("operations on %s, but at most %d threads".formatted(counted, most));
        }
    }

    void resize() {
        int threads = 1 + world.random(6);
        most = Math.max(most, threads);
        try {
            world.loop.resize(Lane.PASSIVE, threads);
            if (threads < min) {
                world.alarm("was resized to %d, at least %d".formatted(threads, min));
            }
        } catch (InvalidOptionException e) {
            if (threads >= min) {
                world.alarm("was not resized to %d, at least %d".formatted(threads, min));
            }
        } catch (IllegalStateException e) {
            // it does not run
        }
    }

    void audit() {
        world.checkBooks();
        LaneStats lane = world.loop.stats().lane(Lane.PASSIVE);
        if (lane.threads() < min || lane.threads() > most || lane.pool().hung().size() > maxHung) {
            world.alarm("there may be %d to %d threads, and %d hung ones: %s".formatted(min, most, maxHung, lane));
        }
    }

    /** All that is too many has gone, if the loop runs. */
    void checkIdle() {
        audit();
        LaneStats lane = world.loop.stats().lane(Lane.PASSIVE);
        if (world.loop.state() == LoopState.RUNNING
                && (lane.threads() != min || !lane.pool().hung().isEmpty())) {
            world.alarm("an idle lane has %d threads: %s".formatted(min, lane));
        }
    }
}
