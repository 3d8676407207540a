package dev.pel.test;

import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Timers that threads from outside set and cancel in plenty while the active thread is busy. */
final class Piles {
    private final World world;

    /** How many cancels have come back with true. */
    private long cancelled;

    private Piles(World world) {
        this.world = world;
    }

    static void play(World world) {
        Piles piles = new Piles(world);
        int clients = 1 + world.random(3);
        for (int client = 0; client < clients; client++) {
            world.simulation.fork("client-" + client, () -> piles.setAndCancel(clients == 1));
        }
        world.fork("hog", 3, piles::keepBusy);
    }

    private void keepBusy() {
        world.loop.enqueue(Lane.ACTIVE, () -> world.simulation.sleep(Duration.ofMillis(1 + world.random(4))));
    }

    private void setAndCancel(boolean alone) throws InterruptedException {
        Deque<Entry> mine = new ArrayDeque<>();
        int count = 5 + world.random(20);
        for (int i = 0; i < count; i++) {
            long open = mine.stream().filter(entry -> !entry.handle.isDone()).count();
            Entry entry = world.delay(world.millis(4), Integer.MAX_VALUE);
            entry.mayBeCut = true;
            if (alone
                    && open < world.loop.options().timerCapacity()
                    && entry.outcome() == Outcome.REJECTED
                    && world.loop.state() == LoopState.RUNNING) {
                world.alarm("a timer was refused while %d were open: %s".formatted(open, entry));
            }
            mine.add(entry);
            check();
            if (world.random(3) > 0) {
                Entry victim = world.random.nextBoolean() ? mine.removeLast() : mine.removeFirst();
                cancel(victim);
                if (!victim.handle.isDone()) {
                    mine.addLast(victim); // it has fallen due, and may still have its place
                }
            }
            if (world.random(8) == 0) {
                world.simulation.sleep(world.millis(2));
            }
            world.simulation.step();
        }
    }

    private void cancel(Entry entry) {
        boolean done = entry.handle.isDone();
        if (entry.handle.cancel(false) && !done) {
            cancelled++;
            int ran = entry.bodiesRun;
            entry.cancelled = true;
            check();
            if (ran > 0) {
                world.alarm("was cancelled, and had run: " + entry);
            }
        }
    }

    /** At every instant the figures add up, what was cancelled counts, and no more is pending than there are places. */
    private void check() {
        long known = cancelled;
        LoopStats.TimerStats timers = world.loop.stats().timers();
        long told = timers.pending() + timers.fired() + timers.cancelled() + timers.stopped() + timers.rejected();
        if (timers.created() != told
                || timers.pending() < 0
                || timers.pending() > world.loop.options().timerCapacity()
                || timers.cancelled() < known) {
            world.alarm("%d timers were cancelled, and %s".formatted(known, timers));
        }
    }
}
