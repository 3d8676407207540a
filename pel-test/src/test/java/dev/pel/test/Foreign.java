package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.LoopState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Code that others attach past pel, by allOf and anyOf around handles: it runs inline on the thread that ends a handle. */
final class Foreign {
    /** Blocked for longer than this, a completion thread is replaced. */
    private static final int STUCK_MILLIS = 100;

    /** One completes, one stands by, and two may come while others are about to end. */
    private static final int FEW_THREADS = 4;

    /** More would hold up a stop for too long: it takes a moment each time until another thread takes over. */
    private static final int MOST_BLOCKED = 5;

    private final World world;
    private final List<Group> groups = new ArrayList<>();

    /** Whether some of it blocks. */
    boolean blocks;

    /** How often it has blocked a completion thread for so long that the thread was replaced. */
    private int blocked;

    Foreign(World world) {
        this.world = world;
    }

    /** Attaches code to some of the calls that were submitted before. */
    void aroundAny() {
        CompletableFuture<?>[] some = new CompletableFuture<?>[1 + world.random(3)];
        for (int i = 0; i < some.length; i++) {
            LoopFuture<?> handle = world.anyHandle();
            if (handle == null) {
                return;
            }
            some[i] = handle;
        }
        CompletableFuture<?> joined =
                world.random.nextBoolean() ? CompletableFuture.allOf(some) : CompletableFuture.anyOf(some);
        Group group = new Group(joined);
        groups.add(group);
        joined.whenComplete((value, error) -> group.ran());
    }

    /** While the loop has not stopped, the number of threads depends on how many got stuck, not on how many calls ended. */
    void checkThreads() {
        if (world.loop.state() == LoopState.STOPPED) {
            return; // they end as soon as they have nothing to do
        }
        long made = world.simulation.made(world.completionThreads());
        if (!world.poor && made > FEW_THREADS + blocked) {
            world.alarm("%d completion threads were made, %d of them got stuck".formatted(made, blocked));
        }
    }

    /** When nothing is left to run and every call has ended. */
    void check() {
        for (Group group : groups) {
            if (group.times != 1) {
                world.alarm("code behind allOf or anyOf ran %d times: %s".formatted(group.times, group.joined));
            }
        }
    }

    /** Whatever several handles lead to. */
    private final class Group {
        private final CompletableFuture<?> joined;
        private int times;

        Group(CompletableFuture<?> joined) {
            this.joined = joined;
        }

        void ran() {
            times++;
            String thread = Thread.currentThread().getName();
            if (!world.poor && thread.equals(world.loop.options().name() + "-watch")) {
                world.alarm("code of others on the thread that keeps the deadlines");
            }
            checkThreads();
            world.simulation.step();
            if (blocks && thread.equals(world.completionThreads()) && blocked < MOST_BLOCKED && world.random(4) == 0) {
                block();
            }
        }

        private void block() {
            blocked++;
            try {
                world.simulation.sleep(Duration.ofMillis(STUCK_MILLIS + world.random(10_000)));
            } catch (InterruptedException e) {
                world.alarm("a completion thread was interrupted");
            }
        }
    }
}
