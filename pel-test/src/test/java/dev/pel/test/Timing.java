package dev.pel.test;

import dev.pel.LoopFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Timers of one client: those that are due earlier run earlier, and of those due at once the one that was set first. */
final class Timing {
    private final World world;
    private final List<Duration> due = new ArrayList<>();
    private final List<Integer> ran = new ArrayList<>();

    private Timing(World world) {
        this.world = world;
    }

    static void play(World world) throws InterruptedException {
        new Timing(world).play();
    }

    private void play() throws InterruptedException {
        List<LoopFuture<?>> timers = new ArrayList<>();
        int count = 2 + world.random(4);
        for (int i = 0; i < count; i++) {
            timers.add(set(i));
            if (world.random(3) == 0) {
                world.simulation.sleep(world.millis(2));
            }
        }
        LoopFuture<?> victim = timers.get(world.random(count));
        boolean cancelled = world.random.nextBoolean() && victim.cancel(false);
        int hadRun = ran.size();
        timers.forEach(World::await);
        if (cancelled && ran.subList(hadRun, ran.size()).contains(timers.indexOf(victim))) {
            world.alarm("a cancelled timer ran");
        }
        check();
    }

    private LoopFuture<?> set(int number) {
        Duration delay = world.millis(3);
        due.add(world.simulation.elapsed().plus(delay));
        return world.loop.delay(delay, () -> {
            if (world.simulation.elapsed().compareTo(due.get(number)) < 0) {
                world.alarm("timer %d ran too early".formatted(number));
            }
            ran.add(number);
            world.simulation.step();
        });
    }

    private void check() {
        for (int i = 1; i < ran.size(); i++) {
            int before = ran.get(i - 1);
            int after = ran.get(i);
            int order = due.get(before).compareTo(due.get(after));
            // a thread that spins lets time pass while the active one may not have come to its queue
            boolean isExact = world.simulation.machine().processors() == 1;
            if ((order == 0 && before > after) || (order > 0 && isExact)) {
                world.alarm("timers ran in the order %s, due at %s".formatted(ran, due));
            }
        }
    }
}
