package dev.pel.faults;

import static dev.pel.Ledger.BODY;
import static dev.pel.Ledger.OPERATION;
import static dev.pel.Loops.LONG;

import dev.pel.EventLoop;
import dev.pel.Ledger;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.flow.LoopQueue;
import dev.pel.flow.Overflow;
import dev.pel.flow.SubscriptionOptions;
import dev.pel.flow.Topic;
import dev.pel.flow.TopicSubscription;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;

/**
 * The items that a producer gives to a queue, which lasts, and to a topic, which is new in each run. An item of the queue is taken once, or left for
 * the next run; an item of the topic is delivered once to each of two subscribers, or waits for it, or was dropped and counted.
 */
final class Items {
    /** So few that items are refused for it. */
    private static final int CAPACITY = 20;

    private final EventLoop loop;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final LoopQueue<Long> queue;

    /** Those that the queue has accepted and nobody has taken, as far as is known. */
    private final List<Long> queued = new ArrayList<>();

    private final List<Long> refused = new ArrayList<>();
    private final List<LoopFuture<Long>> pops = new ArrayList<>();

    private final List<Long> published = new ArrayList<>();
    private final List<TopicSubscription<Long>> subscriptions = new ArrayList<>();
    private Topic<Long> topic;

    /** How often a subscriber has taken an item of this run into its buffer. */
    private int buffered;

    private int run;

    Items(EventLoop loop, Ledger ledger, SplittableRandom random) {
        this.loop = loop;
        this.ledger = ledger;
        this.random = random;
        this.queue = loop.queue("items", CAPACITY);
        this.topic = loop.topic("items");
    }

    /** At the beginning of a run: returns the handles that end with it. */
    List<LoopFuture<?>> begin() {
        int now = ledger.run();
        run = now;
        topic = loop.topic("items");
        subscribeFirst();
        subscriptions.add(topic.subscribeByCalls(
                "second", options -> smallBuffer(options).withOverflow(Overflow.DROP_NEWEST), item -> {
                    ledger.ran(item, BODY, now);
                    return loop.next(() -> 1).exceptionally(refused -> 0);
                }));
        return List.of(
                queue.consume(item -> ledger.ran(item, BODY, now)),
                subscriptions.get(0).handle(),
                subscriptions.get(1).handle());
    }

    private void subscribeFirst() {
        int now = run;
        subscriptions.add(topic.subscribe("first", Items::smallBuffer, item -> ledger.ran(item, OPERATION, now)));
    }

    private static SubscriptionOptions smallBuffer(SubscriptionOptions options) {
        return options.withCapacity(CAPACITY);
    }

    /** Adds an item to the queue; beside the consumer somebody pops now and then, and gives up. */
    void push(long item) {
        (queue.push(item) ? queued : refused).add(item);
        if (random.nextInt(8) == 0) {
            LoopFuture<Long> pop = queue.pop();
            pops.add(pop);
            if (random.nextInt(4) == 0) {
                pop.cancel(false);
            }
        }
    }

    /** Publishes an item; now and then another subscriber takes the place of the first one. */
    void publish(long item) {
        published.add(item);
        buffered += topic.publish(item);
        if (random.nextInt(64) == 0) {
            subscribeFirst();
        }
    }

    /** Whether the error handler is told that, because items are left after a stop, or a subscriber is too slow. */
    static boolean tells(Throwable error) {
        return error instanceof IllegalStateException
                && String.valueOf(error.getMessage()).matches("(Queue|Subscription) '.*");
    }

    /** After the stop. */
    void judge(Producer.Verdict verdict) {
        judgeQueue(verdict);
        judgeTopic(verdict);
    }

    private void judgeQueue(Producer.Verdict verdict) {
        verdict.items += refused.size();
        for (LoopFuture<Long> pop : pops) {
            if (pop.outcome() == null) {
                verdict.notEnded++;
            } else if (pop.outcome() == Outcome.SUCCEEDED) {
                ledger.ran(pop.join(), BODY, ledger.run()); // that is the one who has taken it
            }
        }
        // an item that the stop has caught on its way to the consumer is put back by a completion thread
        boolean areWhereTheyShouldBe = becomesTrue(() -> {
            verdict.items += queued.size();
            queued.removeIf(item -> ledger.parts(item) != 0);
            verdict.items -= queued.size();
            return queued.size() == queue.size();
        });
        verdict.lost += areWhereTheyShouldBe ? 0 : Math.max(1, queued.size() - queue.size());
        verdict.rejectedButRan +=
                refused.stream().filter(item -> ledger.parts(item) != 0).count();
        verdict.refusedItems += refused.size();
        refused.clear();
        pops.clear();
    }

    private void judgeTopic(Producer.Verdict verdict) {
        verdict.items += published.size();
        verdict.notEnded +=
                subscriptions.stream().filter(TopicSubscription::isActive).count();
        boolean isDelivered = becomesTrue(() -> delivered() == sum(TopicSubscription::delivered));
        long known =
                sum(TopicSubscription::delivered) + sum(TopicSubscription::waiting) + sum(TopicSubscription::dropped);
        verdict.lost += isDelivered ? Math.max(0, buffered - known) : 1;
        buffered = 0;
        published.clear();
        subscriptions.clear();
    }

    /** What the code of the subscribers says. */
    private long delivered() {
        return published.stream()
                .mapToLong(item -> Integer.bitCount(ledger.parts(item)))
                .sum();
    }

    private long sum(ToLongFunction<TopicSubscription<Long>> figure) {
        return subscriptions.stream().mapToLong(figure).sum();
    }

    private static boolean becomesTrue(BooleanSupplier condition) {
        long began = System.nanoTime();
        boolean isTrue = condition.getAsBoolean();
        while (!isTrue && System.nanoTime() - began < LONG.toNanos()) {
            LockSupport.parkNanos(100_000);
            isTrue = condition.getAsBoolean();
        }
        return isTrue;
    }
}
