package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.Body;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each subscriber of a topic gets all items in their order, and is held up by no other one. */
class TopicTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<Integer> got = new CopyOnWriteArrayList<>();
    private final List<Integer> other = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** A subscriber whose first item takes until the gate opens; it has begun when this returns. */
    private TopicSubscription<Integer> slow(EventLoop loop, Topic<Integer> topic, int capacity, Overflow overflow) {
        CountDownLatch running = new CountDownLatch(1);
        TopicSubscription<Integer> slow = topic.subscribeByCalls(
                "slow",
                options -> options.withCapacity(capacity).withOverflow(overflow),
                number -> loop.next(() -> {
                    running.countDown();
                    pass(gate);
                    got.add(number);
                }));
        topic.publish(0);
        pass(running);
        return slow;
    }

    @Test
    void everySubscriberGetsAllItemsInTheirOrderOnTheActiveThread() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        topic.subscribe("one", number -> {
            assertThat(loop.onActiveThread()).isTrue();
            got.add(number);
        });
        topic.subscribe("other", other::add);
        for (int number : numbers(0, 100)) {
            assertThat(topic.publish(number)).isEqualTo(2);
        }
        get(loop.stop(LONG));
        assertThat(got).containsExactlyElementsOf(numbers(0, 100));
        assertThat(other).containsExactlyElementsOf(numbers(0, 100));
        assertThat(failures).isEmpty();
    }

    @Test
    void topicWithoutSubscribersTakesItemsForNobody() {
        assertThat(loop().<Integer>topic("numbers").publish(1)).isZero();
    }

    @Test
    void callForAnItemEndsBeforeTheNextItemComes() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        AtomicInteger running = new AtomicInteger();
        topic.subscribeByCalls(
                "calls",
                number -> loop.next(() -> {
                    assertThat(running.getAndIncrement()).isZero();
                    got.add(number);
                    running.getAndDecrement();
                }));
        numbers(0, 50).forEach(topic::publish);
        get(loop.stop(LONG));
        assertThat(got).containsExactlyElementsOf(numbers(0, 50));
        assertThat(failures).isEmpty();
    }

    @Test
    void subscriberThatReturnsNullInsteadOfAHandleIsNamed() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        topic.subscribeByCalls("calls", number -> null);
        topic.publish(1);
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error())
                .hasMessage(
                        "Subscription 'calls' of topic 'numbers': the function of 'subscribeByCalls' has returned null instead of a"
                                + " handle. Return that of the call, or LoopFuture.completed(null) when there is none.");
    }

    @Test
    void failureOfASubscriberIsToldAndLeavesTheOthersAndItselfAlone() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        TopicSubscription<Integer> failing = topic.subscribe("failing", number -> {
            if (number == 1) {
                throw new IOException("planted");
            }
            other.add(number);
        });
        topic.subscribe("fine", got::add);
        numbers(0, 3).forEach(topic::publish);
        Loops.until(() -> got.size() == 3 && other.size() == 2 && !failures.isEmpty());
        assertThat(other).containsExactly(0, 2);
        assertThat(failing.failed()).isEqualTo(1);
        assertThat(failing.delivered()).isEqualTo(3);
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).error()).hasMessage("planted");
        assertThat(failures.get(0).label()).isEqualTo("numbers/failing");
    }

    @Test
    void slowSubscriberHoldsUpNobodyAndLosesItsOldestItems() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        topic.subscribe("fast", other::add);
        TopicSubscription<Integer> slow = slow(loop, topic, 2, Overflow.DROP_OLDEST);
        for (int number : numbers(1, 6)) {
            assertThat(topic.publish(number)).isEqualTo(2);
        }
        Loops.until(() -> other.size() == 6);
        assertThat(slow.dropped()).isEqualTo(3);
        assertThat(slow.waiting()).isEqualTo(2);
        gate.countDown();
        Loops.until(() -> got.size() == 3);
        assertThat(got).containsExactly(0, 4, 5);
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).error())
                .hasMessage(
                        "Subscription 'slow' of topic 'numbers' has a full buffer, of 2 item(s): an item was dropped, and"
                                + " further ones will only be counted. Be faster, publish less, or give it a larger buffer.");
    }

    @Test
    void slowSubscriberLosesTheNewestItemsIfItSaysSo() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        TopicSubscription<Integer> slow = slow(loop, topic, 2, Overflow.DROP_NEWEST);
        assertThat(numbers(1, 6).stream().map(topic::publish)).containsExactly(1, 1, 0, 0, 0);
        assertThat(slow.dropped()).isEqualTo(3);
        gate.countDown();
        Loops.until(() -> got.size() == 3);
        assertThat(got).containsExactly(0, 1, 2);
        Loops.until(() -> failures.size() == 1);
    }

    @Test
    void slowSubscriberIsEndedIfItSaysSo() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        TopicSubscription<Integer> slow = slow(loop, topic, 2, Overflow.CANCEL);
        assertThat(numbers(1, 6).stream().map(topic::publish)).containsExactly(1, 1, 0, 0, 0);
        assertThat(slow.isActive()).isFalse();
        assertThat(slow.handle().outcome()).isEqualTo(Outcome.FAILED);
        assertThatThrownBy(() -> slow.handle().join())
                .hasMessageContaining(
                        "Subscription 'slow' of topic 'numbers' has a full buffer, of 2 item(s): it has ended.");
        gate.countDown();
        Loops.until(() -> topic.subscriptions().isEmpty() && slow.dropped() == 3);
        Loops.until(() -> got.size() == 1);
        assertThat(slow.waiting()).isZero();
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures).hasSize(1);
    }

    @Test
    void subscribingANameAgainReplaces() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        TopicSubscription<Integer> before = slow(loop, topic, 10, Overflow.DROP_OLDEST);
        topic.publish(1);
        TopicSubscription<Integer> after = topic.subscribe("slow", other::add);
        assertThat(before.handle().outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(before.dropped()).isEqualTo(1);
        assertThat(topic.publish(2)).isEqualTo(1);
        Loops.until(() -> other.size() == 1);
        assertThat(other).containsExactly(2);
        gate.countDown();
        Loops.until(() -> got.size() == 1);
        assertThat(topic.subscriptions()).containsExactly(after);
    }

    @Test
    void unsubscribedOneGetsNothingMore() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        TopicSubscription<Integer> gone = topic.subscribe("gone", got::add);
        assertThat(topic.unsubscribe("gone")).isTrue();
        assertThat(topic.unsubscribe("gone")).isFalse();
        assertThat(topic.publish(1)).isZero();
        assertThat(gone.isActive()).isFalse();
        TopicSubscription<Integer> another = topic.subscribe("another", got::add);
        another.handle().cancel(true);
        assertThat(topic.publish(2)).isZero();
        Loops.until(() -> topic.subscriptions().isEmpty());
        get(loop.stop(LONG));
        assertThat(got).isEmpty();
    }

    @Test
    void subscriberMaySubscribeUnsubscribeAndPublishInItsBody() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        topic.subscribe("first", number -> {
            got.add(number);
            topic.unsubscribe("first");
            topic.subscribe("second", other::add);
            topic.publish(number + 1);
        });
        topic.publish(1);
        Loops.until(() -> other.size() == 1);
        assertThat(got).containsExactly(1);
        assertThat(other).containsExactly(2);
    }

    @Test
    void itemsOfSeveralPublishersComeOnceEachInTheOrderOfTheirPublisher() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        topic.subscribe("one", options -> options.withCapacity(100_000), got::add);
        Loops.together(
                () -> numbers(0, 5_000).forEach(topic::publish),
                () -> numbers(5_000, 10_000).forEach(topic::publish));
        Loops.until(() -> got.size() == 10_000);
        assertThat(got.stream().filter(number -> number < 5_000)).containsExactlyElementsOf(numbers(0, 5_000));
        assertThat(got.stream().filter(number -> number >= 5_000)).containsExactlyElementsOf(numbers(5_000, 10_000));
    }

    @Test
    void stopEndsSubscriptionsAndTellsWhatWasNotDelivered() {
        EventLoop loop = loop();
        Topic<Integer> topic = loop.topic("numbers");
        TopicSubscription<Integer> slow = slow(loop, topic, 10, Overflow.DROP_OLDEST);
        topic.publish(1);
        LoopFuture<Void> handle = slow.handle();
        get(loop.forceStop());
        assertThat(handle.outcome()).isEqualTo(Outcome.STOPPED);
        gate.countDown();
        Loops.until(() -> failures.stream()
                .anyMatch(failure -> String.valueOf(failure.error().getMessage())
                        .equals(
                                "Subscription 'slow' of topic 'numbers' holds 1 item(s) that nobody has taken, and the loop has"
                                        + " stopped: they are dropped")));
        assertThat(topic.publish(2)).isZero();
        assertThat(topic.subscribe("late", got::add).handle().outcome()).isEqualTo(Outcome.REJECTED);
        loop.start();
        topic.subscribe("next run", other::add);
        assertThat(topic.publish(3)).isEqualTo(1);
        Loops.until(() -> other.size() == 1);
    }

    @Test
    void badInputIsRefused() {
        Topic<Integer> topic = loop().topic("numbers");
        assertThatThrownBy(() -> loop().topic(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'label' must not be blank but was ' '");
        assertThatThrownBy(() -> topic.publish(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("Topic 'numbers': 'item' must not be null");
        assertThatThrownBy(() -> topic.subscribe("", got::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'name' must not be blank but was ''");
        assertThatThrownBy(() -> topic.subscribe(null, got::add)).hasMessage("name");
        assertThatThrownBy(() -> topic.subscribe("one", (Body<Integer>) null)).hasMessage("body");
        assertThatThrownBy(() -> topic.subscribe("one", null, got::add)).hasMessage("options");
        assertThatThrownBy(() -> topic.subscribe("one", options -> null, got::add))
                .hasMessage("what 'options' returns");
        assertThatThrownBy(() -> topic.subscribeByCalls("one", null)).hasMessage("call");
        assertThatThrownBy(() -> topic.unsubscribe(null)).hasMessage("name");
        assertThatThrownBy(() -> SubscriptionOptions.defaults().withCapacity(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'capacity' must be at least 1 but was 0");
        assertThatThrownBy(() -> SubscriptionOptions.defaults().withOverflow(null))
                .hasMessage("overflow");
        assertThat(topic.subscriptions()).isEmpty();
    }
}
