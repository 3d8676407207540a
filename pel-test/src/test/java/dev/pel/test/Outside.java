package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Dependents that wait for a future or an executor of somebody else, which may never come. */
final class Outside {
    /** A stop that has nothing to wait for takes hardly any time. */
    private static final Duration QUICK = Duration.ofMillis(20);

    private final World world;

    /** What dependents wait for; others complete some of it, some when nobody waits any more. */
    private final List<Runnable> late = new ArrayList<>();

    /** Compositions with something behind them: nobody ends them, and nobody waits for them when that has ended. */
    private final List<LoopFuture<?>> links = new ArrayList<>();

    /** Whether there are dependents that wait until the stop ends them, or until what they wait for comes. */
    private final boolean leavesSomeOpen;

    /** Whether all that is waited for comes in the end. */
    private final boolean allComes;

    Outside(World world) {
        this.world = world;
        this.allComes = world.random(3) == 0;
        this.leavesSomeOpen = allComes || world.random.nextBoolean();
    }

    /** One dependent, and what ends it. */
    void waitForOthers() {
        Entry call = world.next(Integer.MAX_VALUE, world.random.nextBoolean());
        endSomehow(dependent(call.handle));
        if (!links.isEmpty() && world.random(4) == 0) {
            endSomehow(links.get(world.random(links.size())).thenRun(world.simulation::step));
        }
    }

    private void endSomehow(LoopFuture<?> handle) {
        Entry entry = world.entry("outside", 0, false);
        entry.isChain = true;
        entry.mayBeCut = true;
        entry.handle = handle;
        world.simulation.step();
        switch (world.random(leavesSomeOpen ? 4 : 3)) {
            case 0 -> handle.orTimeout(1 + world.random(3), TimeUnit.MILLISECONDS);
            case 1 -> handle.completeOnTimeout(null, 1 + world.random(3), TimeUnit.MILLISECONDS);
            case 2 -> handle.cancel(world.random.nextBoolean());
            default -> {
                // open
            }
        }
    }

    private LoopFuture<?> dependent(LoopFuture<?> handle) {
        CompletableFuture<Integer> others = new CompletableFuture<>();
        if (allComes || world.random.nextBoolean()) {
            late.add(() -> others.complete(1));
        } else if (world.random.nextBoolean()) {
            late.add(() -> others.completeExceptionally(new IllegalStateException("on purpose")));
        }
        return switch (world.random(6)) {
            case 0 -> handle.thenCombine(others, (mine, other) -> other);
            case 1 -> handle.thenCompose(mine -> others);
            case 2 -> handle.runAfterBoth(others, world.simulation::step);
            case 3 -> handle.handle((mine, error) -> mine).thenCompose(mine -> others);
            case 4 -> handle.thenApplyAsync(mine -> mine, forgetful());
            default -> {
                LoopFuture<Integer> link = handle.thenCompose(mine -> others);
                links.add(link);
                yield link.thenApply(value -> value);
            }
        };
    }

    /** An executor that runs late, or never, what it is given. */
    private Executor forgetful() {
        boolean runs = allComes || world.random.nextBoolean();
        return command -> {
            if (runs) {
                late.add(command);
            }
        };
    }

    /** What somebody waits for, or has waited for, comes. */
    void come() {
        if (!late.isEmpty()) {
            late.remove(world.random(late.size())).run();
        }
    }

    /** Nothing is left to run: a drain waits for what is open, and for nothing else. */
    void stop() {
        boolean drains = allComes || !leavesSomeOpen;
        Duration deadline = drains ? World.LONG : world.millis(3);
        world.stop(deadline, !drains && world.random.nextBoolean());
        if (allComes) {
            world.simulation.fork("all others", () -> {
                world.simulation.sleep(deadline.dividedBy(2));
                while (!late.isEmpty()) {
                    come();
                }
            });
        }
        boolean waits = allComes && world.entries.stream().anyMatch(entry -> !entry.handle.isDone());
        world.simulation.runUntilIdle();
        Duration took = world.reports.get(0).took();
        Duration most = waits ? deadline.dividedBy(2) : drains ? Duration.ZERO : deadline;
        if (took.compareTo(most.plus(QUICK)) > 0) {
            world.alarm("the stop took %s, with so much to wait for: %s".formatted(took, most));
        }
        for (Entry entry : world.entries) {
            if (drains && !entry.endsAtOnce && entry.outcome() == Outcome.STOPPED) {
                world.alarm("was cut off: " + entry);
            }
        }
        for (LoopFuture<?> link : links) {
            if (!link.isDone()) {
                world.alarm("the stop left it open: " + link);
            }
        }
    }
}
