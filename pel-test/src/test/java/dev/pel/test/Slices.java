package dev.pel.test;

import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Long computations in slices, bodies that run at once, and bodies that wait until there is nothing else to do. */
final class Slices {
    private final World world;
    private final List<Loop> loops = new ArrayList<>();
    private final List<LoopFuture<?>> handles = new ArrayList<>();

    Slices(World world) {
        this.world = world;
    }

    /** Does one of the three. */
    void any() {
        switch (world.random(4)) {
            case 0 -> handles.add(world.loop.onIdle(() -> world.alone("an idle body", this::rest)));
            case 1 -> handles.add(world.loop.execute(() -> world.alone("a body of execute", this::rest)));
            case 2 -> inline();
            default -> new Loop().start();
        }
    }

    private void rest() {
        if (!world.loop.onActiveThread()) {
            world.alarm("body elsewhere");
        }
        world.simulation.step();
    }

    /** A body that has others run, one before and one after what it does itself. */
    private void inline() {
        List<String> order = new ArrayList<>();
        handles.add(world.loop.enqueue(
                Lane.ACTIVE,
                () -> world.alone("a body with others in it", () -> {
                    handles.add(world.loop.enqueue(Lane.ACTIVE, () -> order.add("third")));
                    LoopFuture<?> inline = world.loop.execute(() -> order.add("first"));
                    handles.add(inline);
                    world.simulation.step();
                    order.add("second");
                    boolean isRefused = inline.outcome() == Outcome.REJECTED; // by a stop
                    if (!order.equals(isRefused ? List.of("second") : List.of("first", "second"))) {
                        world.alarm("in the order " + order);
                    }
                })));
    }

    /** Ends one of the long computations. */
    void cancelAny() {
        if (!loops.isEmpty()) {
            Loop loop = loops.get(world.random(loops.size()));
            if (loop.handle != null && loop.handle.cancel(true)) {
                loop.isOver = true;
            }
        }
    }

    /** When the loop has stopped. */
    void check() {
        for (LoopFuture<?> handle : handles) {
            if (!handle.isDone()) {
                world.alarm("is open: " + handle);
            }
        }
        loops.forEach(Loop::check);
    }

    private final class Loop {
        private final int steps = 1 + world.random(5);
        private LoopFuture<Void> handle;
        private int done;
        private boolean isOver;

        void start() {
            loops.add(this);
            handle = world.loop.loopWhile(() -> {
                world.alone(this, this::step);
                return done < steps;
            });
        }

        private void step() throws InterruptedException {
            if (isOver) {
                world.alarm("after its end: " + this);
            }
            done++;
            rest();
            if (world.random(2) == 0) {
                world.simulation.sleep(Duration.ofMillis(1)); // and so the turn is over
            }
        }

        void check() {
            Outcome outcome = handle == null ? null : handle.outcome();
            boolean isRight =
                    outcome == Outcome.SUCCEEDED ? done == steps : outcome != null && outcome != Outcome.FAILED;
            if (!isRight || done > steps) {
                world.alarm("ended wrong: " + this);
            }
        }

        @Override
        public String toString() {
            return "loop of %d steps, %d done, %s".formatted(steps, done, handle);
        }
    }
}
