package dev.pel.test;

import dev.pel.flow.Overflow;
import dev.pel.flow.SubscriptionOptions;
import dev.pel.flow.Topic;
import dev.pel.flow.TopicSubscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A topic whose subscribers come and go, fail and are slow: each gets what was published, once, and in order, or it is dropped and counted. */
final class News {
    private final World world;
    private final Topic<Integer> topic;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private int numbers;

    News(World world) {
        this.world = world;
        this.topic = world.loop.topic("news");
    }

    /** Publishes, subscribes or unsubscribes. */
    void any() {
        switch (world.random(8)) {
            case 0, 1 -> new Subscriber("name " + world.random(2)).subscribe();
            case 2 -> topic.unsubscribe("name " + world.random(2));
            default -> topic.publish(numbers++);
        }
    }

    /** When the loop has stopped. */
    void check() {
        if (!topic.subscriptions().isEmpty()) {
            world.alarm("subscriptions are left: " + topic);
        }
        subscribers.forEach(Subscriber::check);
    }

    private final class Subscriber {
        private final String name;
        private final Set<Integer> got = new HashSet<>();
        private TopicSubscription<Integer> subscription;
        private int inHand;
        private int failed;

        /** Numbers are taken and published in two steps, so only those of one publisher come in order; here it is enough that none comes twice. */
        Subscriber(String name) {
            this.name = name;
        }

        void subscribe() {
            subscribers.add(this);
            subscription = world.random.nextBoolean()
                    ? topic.subscribe(name, this::options, number -> world.alone(this, () -> take(number)))
                    : topic.subscribeByCalls(name, this::options, number -> world.loop.next(() -> take(number)));
        }

        private SubscriptionOptions options(SubscriptionOptions options) {
            Overflow[] rules = Overflow.values();
            return options.withCapacity(1 + world.random(3)).withOverflow(rules[world.random(rules.length)]);
        }

        private void take(int number) {
            if (!got.add(number) || inHand != 0) {
                world.alarm("item %d twice, or beside another one: %s".formatted(number, this));
            }
            inHand++;
            world.simulation.step();
            inHand--;
            if (world.random(6) == 0) {
                failed++;
                throw new IllegalStateException("item " + number);
            }
        }

        void check() {
            long untold = subscription.delivered() - got.size(); // calls that were stopped or refused before they began
            if (!subscription.handle().isDone() || untold < 0 || untold > subscription.failed() - failed) {
                world.alarm("ended wrong: " + this);
            }
        }

        @Override
        public String toString() {
            return "got %d, failed with %d: %s".formatted(got.size(), failed, subscription);
        }
    }
}
