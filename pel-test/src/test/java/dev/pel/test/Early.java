package dev.pel.test;

import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopStats;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/** What is submitted to a loop that has not started: it runs at the start, or ends as stopped when there is none. */
final class Early {
    private final World world;
    private final List<Command> commands = new ArrayList<>();

    Early(World world) {
        this.world = world;
    }

    /** A call of any kind, a command of an executor view, or something that is attached. */
    void submit() {
        switch (world.random(6)) {
            case 0, 1 -> execute(Lane.values()[world.random(3)]);
            case 2 -> world.attached.toAny();
            default -> world.submitAny();
        }
    }

    private void execute(Lane lane) {
        Command command = new Command(lane);
        commands.add(command);
        try {
            world.loop.executor(lane).execute(command.task);
        } catch (RejectedExecutionException e) {
            command.refused = true;
        }
    }

    /** The loop is new, and has taken all that it has room for. */
    void checkWaiting(boolean hasRoom) {
        for (Entry entry : world.entries) {
            if (entry.operationsRun + entry.bodiesRun > 0) {
                world.alarm("ran before the start: " + entry);
            } else if (hasRoom && entry.outcome() != null) {
                world.alarm("ended before the start: " + entry);
            }
        }
        for (Command command : commands) {
            if (command.ran > 0 || (hasRoom && command.refused)) {
                world.alarm("before the start: " + command);
            }
        }
        LoopStats stats = world.loop.stats();
        for (LaneStats lane : stats.lanes().values()) {
            // what is attached has a certain place
            int beyond = lane.lane() == Lane.ACTIVE ? world.entries.size() + world.attached.count() : 0;
            if (lane.queued() > lane.capacity() + beyond) {
                world.alarm("more waits than there are places: " + lane);
            }
        }
        if (stats.timers().pending() > world.loop.options().timerCapacity()) {
            world.alarm("more waits than there are places: " + stats.timers());
        }
        if (!world.simulation.elapsed().equals(Duration.ZERO)) {
            world.alarm("time has passed");
        }
    }

    /** The loop has started, and nothing is left to run. */
    void checkRan(boolean hasRoom) {
        for (Entry entry : world.entries) {
            if (hasRoom && !entry.mayBeCut && entry.outcome() != Outcome.SUCCEEDED) {
                world.alarm("did not run at the start: " + entry);
            }
        }
        for (Command command : commands) {
            if (command.ran != (command.refused ? 0 : 1)) {
                world.alarm("at the start: " + command);
            }
        }
    }

    /** The loop has stopped and was never started. */
    void checkNeverRan() {
        for (Entry entry : world.entries) {
            Outcome outcome = entry.outcome();
            boolean ended = entry.isChain
                    ? outcome == Outcome.FAILED
                    : outcome == Outcome.STOPPED || outcome == Outcome.REJECTED;
            if (!ended || entry.operationsRun + entry.bodiesRun > 0) {
                world.alarm("of a loop that was never started: " + entry);
            }
        }
        for (Command command : commands) {
            if (command.ran > 0) {
                world.alarm("of a loop that was never started: " + command);
            }
        }
    }

    /** The loop has stopped: whoever waits for a command is told. */
    void check() {
        for (Command command : commands) {
            if (command.ran > 1 || (command.refused && command.ran > 0)) {
                world.alarm("ran: " + command);
            } else if (!command.refused && !command.task.isDone()) {
                world.alarm("was cut off and not told: " + command);
            }
        }
    }

    /** A command of an executor view. */
    private final class Command {
        private final Lane lane;
        private final FutureTask<?> task;
        private int ran;
        private boolean refused;

        Command(Lane lane) {
            this.lane = lane;
            this.task = new FutureTask<>(this::run, null);
        }

        private void run() {
            ran++;
            if (world.loop.onActiveThread() != (lane == Lane.ACTIVE)) {
                world.alarm("on %s: %s".formatted(Thread.currentThread().getName(), this));
            }
            world.simulation.step();
        }

        @Override
        public String toString() {
            return "command on %s, ran %d times, %s, %s".formatted(lane, ran, refused ? "refused" : "accepted", task);
        }
    }
}
