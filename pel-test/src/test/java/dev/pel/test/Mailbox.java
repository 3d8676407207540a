package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.flow.LoopQueue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A queue that several threads push into and pop from while its consumers come and go: each item that it accepts is taken once, or is left. */
final class Mailbox {
    private final World world;
    private final LoopQueue<Integer> queue;
    private final Set<Integer> accepted = new HashSet<>();
    private final Set<Integer> taken = new HashSet<>();
    private final List<LoopFuture<Integer>> pops = new ArrayList<>();
    private final List<LoopFuture<?>> consumers = new ArrayList<>();
    private int numbers;
    private int refused;
    private int failed;

    /** Items that the consumer has in hand. */
    private int inHand;

    Mailbox(World world) {
        this.world = world;
        this.queue = world.loop.queue("mailbox", 1 + world.random(8));
    }

    /** Pushes, pops, begins to consume, or, rarely, closes. */
    void any() {
        switch (world.random(12)) {
            case 0 -> consume();
            case 1, 2 -> pops.add(queue.pop());
            case 3 -> {
                if (world.random(8) == 0) {
                    queue.close();
                }
            }
            default -> push();
        }
    }

    private void push() {
        int number = numbers++;
        accepted.add(number); // first: it may be taken before this thread goes on
        if (!queue.push(number)) {
            accepted.remove(number);
            refused++;
        }
    }

    private void consume() {
        try {
            consumers.add(
                    world.random.nextBoolean()
                            ? queue.consume(this::takeInABody)
                            : queue.consumeByCalls(number -> world.loop.next(() -> take(number))));
        } catch (IllegalStateException e) {
            // there is one
        }
    }

    private void takeInABody(int number) throws Exception {
        world.alone("item " + number, () -> take(number));
    }

    private void take(int number) {
        take(number, "twice");
        inHand++;
        world.simulation.step();
        inHand--;
        if (world.random(6) == 0) {
            failed++;
            throw new IllegalStateException("item " + number);
        }
    }

    private void take(int number, String what) {
        if (!accepted.contains(number) || !taken.add(number)) {
            world.alarm("taken %s: item %d of %s".formatted(what, number, queue));
        }
    }

    /** Cancels a pop or a consumer. */
    void endAny() {
        List<? extends LoopFuture<?>> some = world.random.nextBoolean() ? pops : consumers;
        if (!some.isEmpty()) {
            some.get(world.random(some.size())).cancel(true);
        }
    }

    /** When the loop has stopped. */
    void check() {
        for (LoopFuture<Integer> pop : pops) {
            if (!pop.isDone()) {
                world.alarm("a pop is open");
            } else if (pop.outcome() == Outcome.SUCCEEDED) {
                take(pop.join(), "by a pop, and before");
            }
        }
        for (LoopFuture<?> consumer : consumers) {
            if (!consumer.isDone()) {
                world.alarm("a consumer is open");
            }
        }
        int lost = accepted.size() - taken.size() - queue.size();
        // a call that was stopped before it began counts as failed, and so does one that was refused
        if (lost < 0 || lost > queue.stats().failed() - failed || inHand != 0) {
            world.alarm("%d items accepted, %d taken, %d failed: %s"
                    .formatted(accepted.size(), taken.size(), failed, queue));
        }
        if (queue.stats().refused() != refused || queue.stats().pushed() != accepted.size()) {
            world.alarm("%d accepted, %d refused: %s".formatted(accepted.size(), refused, queue));
        }
    }
}
