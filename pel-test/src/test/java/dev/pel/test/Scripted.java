package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Scripts that wait for calls, joins, promises and each other, and are ended meanwhile: their code always gets to its end, and never overlaps with a body. */
final class Scripted {
    private final World world;
    private final List<Line> lines = new ArrayList<>();
    private final List<LoopFuture<Integer>> promises = new ArrayList<>();
    private final List<LoopFuture<?>> hooks = new ArrayList<>();
    private int hooksRun;

    Scripted(World world) {
        this.world = world;
    }

    /** Starts a script, or has something run at the stop. */
    void any() {
        if (world.random(6) == 0) {
            hooks.add(world.loop.atStop(() -> {
                world.simulation.step();
                hooksRun++;
            }));
        } else {
            lines.add(new Line(lines.size()));
            lines.get(lines.size() - 1).start();
        }
    }

    /** Completes a promise, or ends a script. */
    void endAny() {
        if (!promises.isEmpty() && world.random(3) > 0) {
            promises.get(world.random(promises.size())).complete(1);
        } else if (!lines.isEmpty()) {
            Line line = lines.get(world.random(lines.size()));
            if (line.handle != null) {
                line.handle.cancel(true);
            }
        }
    }

    void endPromises() {
        List.copyOf(promises).forEach(promise -> promise.complete(1)); // scripts go on, and make others
    }

    /** When the loop has stopped. */
    void check() {
        lines.forEach(Line::check);
        long ran = hooks.stream()
                .filter(hook -> hook.outcome() == Outcome.SUCCEEDED)
                .count();
        if (ran != hooksRun) {
            world.alarm("%d hooks have run, and %d handles say so".formatted(hooksRun, ran));
        }
        for (LoopFuture<?> hook : hooks) {
            if (!hook.isDone()) {
                world.alarm("a hook is open");
            }
        }
    }

    private final class Line {
        private final int number;
        private final int steps = 1 + world.random(4);
        private LoopFuture<Integer> handle;
        private int begun;
        private int left;

        Line(int number) {
            this.number = number;
        }

        void start() {
            handle = world.random(4) == 0
                    ? world.loop
                            .call("script")
                            .timeout(Duration.ofMillis(1 + world.random(6)))
                            .script(this::run)
                    : world.loop.script(this::run);
        }

        private int run(Script script) throws Exception {
            begun++;
            try {
                for (int i = 0; i < steps; i++) {
                    hold();
                    waitForSomething(script);
                }
                hold();
                return steps;
            } finally {
                left++;
            }
        }

        private void hold() throws Exception {
            if (!world.loop.onActiveThread()) {
                world.alarm("script elsewhere: " + this);
            }
            world.alone(this, world.simulation::step);
        }

        private void waitForSomething(Script script) throws Exception {
            switch (world.random(5)) {
                case 0 -> script.sleep(world.millis(3));
                case 1 -> script.await(world.loop.all(List.of(call(), call(), call())));
                case 2 -> script.await(world.loop.any(List.of(call(), call())));
                case 3 -> {
                    LoopFuture<Integer> promise = world.loop.promise();
                    promises.add(promise);
                    script.await(promise);
                }
                default -> script.await(call());
            }
        }

        private LoopFuture<Integer> call() {
            return world.loop.next(() -> {
                world.simulation.step();
                return number;
            });
        }

        void check() {
            Outcome outcome = handle == null ? null : handle.outcome();
            if (outcome == null || begun > 1 || left != begun || (outcome == Outcome.SUCCEEDED && begun == 0)) {
                world.alarm("ended wrong: " + this);
            }
        }

        @Override
        public String toString() {
            return "script %d of %d steps, begun %d, left %d, %s".formatted(number, steps, begun, left, handle);
        }
    }
}
