package dev.pel.test;

import dev.pel.LoopFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Actions that clients attach to handles: each is told once how its call ended, one at a time, and where it should be. */
final class Attached {
    private static final int DEEPEST = 2;

    private final World world;
    private final List<Action> actions = new ArrayList<>();

    /** Whether the loop runs as long as anything is attached, so that all actions must run on the active thread. */
    boolean onlyActive;

    Attached(World world) {
        this.world = world;
    }

    int count() {
        return actions.size();
    }

    /** Attaches an action to a call that was submitted before. */
    void toAny() {
        toAny(0);
    }

    private void toAny(int depth) {
        LoopFuture<?> handle = world.anyHandle();
        if (handle != null) {
            to(handle, depth);
        }
    }

    private <T> void to(LoopFuture<T> handle, int depth) {
        Action action = new Action(actions.size(), handle, depth);
        actions.add(action);
        action.result = switch (world.random(4)) {
            case 0 -> handle.whenComplete(action::told);
            case 1 ->
                handle.handle((value, error) -> {
                    action.told(value, error);
                    return value;
                });
            case 2 -> handle.copy().whenComplete((value, error) -> action.told());
            default -> bridge(handle, action);
        };
    }

    /** What adapters to other APIs do. */
    private static <T> CompletableFuture<T> bridge(LoopFuture<T> handle, Action action) {
        CompletableFuture<T> bridge = new CompletableFuture<>();
        handle.whenComplete((value, error) -> {
            action.told(value, error);
            if (error == null) {
                bridge.complete(value);
            } else {
                bridge.completeExceptionally(error);
            }
        });
        return bridge;
    }

    /** When nothing is left to run and every call has ended. */
    void check() {
        for (Action action : actions) {
            if (action.times == 0) {
                world.alarm("was not told: " + action);
            } else if (action.result == null || !action.result.isDone()) {
                world.alarm("was told, and its own handle is open: " + action);
            }
        }
    }

    /** One of them. */
    private final class Action {
        private final int number;
        private final LoopFuture<?> handle;
        private final int depth;
        private int times;

        /** Null until the attaching has come back. */
        private CompletableFuture<?> result;

        Action(int number, LoopFuture<?> handle, int depth) {
            this.number = number;
            this.handle = handle;
            this.depth = depth;
        }

        void told(Object value, Throwable error) {
            if ((error != null) != handle.isCompletedExceptionally()) {
                world.alarm("was told %s and %s: %s".formatted(value, error, this));
            }
            told();
        }

        void told() {
            times++;
            if (times > 1) {
                world.alarm("was told %d times: %s".formatted(times, this));
            }
            if (!handle.isDone()) {
                world.alarm("was told before the end: " + this);
            }
            try {
                world.alone(this, () -> {
                    world.checkPlace(this, !onlyActive);
                    world.simulation.step();
                    world.restInBody();
                    if (depth < DEEPEST && world.random(4) == 0) {
                        toAny(depth + 1);
                    }
                });
            } catch (Exception e) {
                // interrupted by the stop: it was told
            }
        }

        @Override
        public String toString() {
            return "action %d, told %d times, attached to %s".formatted(number, times, handle);
        }
    }
}
