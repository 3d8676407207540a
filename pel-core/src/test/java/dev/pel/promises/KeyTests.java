package dev.pel.promises;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls with the same key come in turn; no thread waits for a turn. */
class KeyTests {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);

    /** A call of this key whose operation has begun, and returns when the gate opens. */
    private LoopFuture<Void> holder(EventLoop loop, Object key) {
        LoopFuture<Void> holder = loop.call("holder").key(key).next(() -> {
            begun.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(begun);
        return holder;
    }

    // ------------------------------------------------------------------ order

    @Test
    void callsOfAKeyRunInTheOrderOfTheirSubmissionAndNeverTogether() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        Map<Integer, List<Integer>> seen = new ConcurrentHashMap<>();
        Map<Integer, AtomicInteger> inside = new ConcurrentHashMap<>();
        List<String> together = new CopyOnWriteArrayList<>();
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            int key = i % 4;
            int number = i / 4;
            calls.add(loop.call("keyed")
                    .key(key)
                    .next(
                            () -> {
                                AtomicInteger count = inside.computeIfAbsent(key, unknown -> new AtomicInteger());
                                if (count.incrementAndGet() > 1) {
                                    together.add("operation " + number);
                                }
                                seen.computeIfAbsent(key, unknown -> new CopyOnWriteArrayList<>())
                                        .add(number);
                            },
                            () -> {
                                if (inside.get(key).decrementAndGet() != 0) {
                                    together.add("body " + number);
                                }
                            }));
        }
        calls.forEach(Loops::get);
        assertThat(together).isEmpty();
        assertThat(seen).hasSize(4);
        assertThat(seen.values())
                .allSatisfy(numbers -> assertThat(numbers)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 1_000).boxed().toList()));
    }

    @Test
    void turnLastsUntilTheBodyHasReturned() {
        EventLoop loop = loops.started();
        LoopFuture<Void> first = loop.call("a")
                .key("k")
                .next(() -> order.add("operation 1"), result -> {
                    begun.countDown();
                    pass(gate);
                    order.add("body 1");
                })
                .thenAccept(result -> {});
        LoopFuture<Void> second = loop.call("b").key("k").next(() -> {
            order.add("operation 2");
        });
        pass(begun);
        gate.countDown();
        get(first);
        get(second);
        assertThat(order).containsExactly("operation 1", "body 1", "operation 2");
    }

    @Test
    void callsOfOtherKeysAndOfNonePassBy() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        LoopFuture<Void> holder = holder(loop, "k");
        List<LoopFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(loop.call("waits").key("k").next(() -> "late"));
        }
        assertThat(get(loop.call("other").key("other").next(() -> "other key"))).isEqualTo("other key");
        assertThat(get(loop.next(() -> "none"))).isEqualTo("none");
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(100);
        assertThat(loop.stats().keys().waiting()).isEqualTo(100);
        assertThat(loop.stats().keys().longest()).isEqualTo(100);
        gate.countDown();
        get(holder);
        waiting.forEach(Loops::get);
    }

    @Test
    void keysAreTheSameInAllLanes() {
        EventLoop loop = loops.started();
        LoopFuture<Void> holder = holder(loop, List.of(1, "x"));
        List<LoopFuture<?>> calls = List.of(
                loop.call("work").key(List.of(1, "x")).work(() -> order.add("work")),
                loop.call("active").key(List.of(1, "x")).enqueue(Lane.ACTIVE, () -> order.add("active")),
                loop.call("passive").key(List.of(1, "x")).enqueue(Lane.PASSIVE, () -> order.add("passive")));
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(order).isEmpty();
        gate.countDown();
        get(holder);
        calls.forEach(Loops::get);
        assertThat(order).containsExactly("work", "active", "passive");
    }

    @Test
    void timerWithAKeyWaitsForItsTurnWhenItHasFallenDue() {
        EventLoop loop = loops.started();
        LoopFuture<Void> holder = holder(loop, "k");
        LoopFuture<Void> timer = loop.call("timer").key("k").delay(Duration.ofMillis(1), () -> order.add("timer"));
        Loops.until(
                () -> loop.stats().timers().fired() == 1 && loop.stats().keys().waiting() == 1);
        LoopFuture<Void> after = loop.call("after").key("k").next(() -> {
            order.add("after");
        });
        gate.countDown();
        get(holder);
        get(timer);
        get(after);
        assertThat(order).containsExactly("timer", "after");
    }

    // ------------------------------------------------------------------ ends

    @Test
    void failureOfTheOneThatHasTheTurnPassesItOn() {
        EventLoop loop = loops.started();
        LoopFuture<Void> failing = loop.call("fails").key("k").next(() -> {
            throw new IllegalStateException("planted");
        });
        LoopFuture<String> next = loop.call("next").key("k").next(() -> "next");
        assertThat(failureOf(failing)).hasMessage("planted");
        assertThat(get(next)).isEqualTo("next");
    }

    @Test
    void failureOfABodyPassesTheTurnOn() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> failing = loop.call("fails").key("k").next(() -> 1, one -> {
            throw new IllegalStateException("planted");
        });
        LoopFuture<String> next = loop.call("next").key("k").next(() -> "next");
        assertThat(failureOf(failing)).hasMessage("planted");
        assertThat(get(next)).isEqualTo("next");
    }

    @Test
    void cancelledOneKeepsItsTurnUntilItsCodeHasLeft() {
        EventLoop loop = loops.started();
        LoopFuture<Void> holder = holder(loop, "k");
        LoopFuture<Boolean> next = loop.call("next").key("k").next(() -> gate.getCount() == 0);
        holder.cancel(true);
        assertThat(holder.outcome()).isEqualTo(Outcome.CANCELLED);
        gate.countDown();
        assertThat(get(next)).as("the code of the first has left").isTrue();
    }

    @Test
    void timedOutOneKeepsItsTurnUntilItsCodeHasLeft() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        LoopFuture<Void> slow = loop.call("slow")
                .key("k")
                .timeout(Duration.ofSeconds(1))
                .next(() -> {
                    begun.countDown();
                    Loops.ignoreInterrupts(gate);
                });
        LoopFuture<Boolean> next = loop.call("next").key("k").next(() -> gate.getCount() == 0);
        awaitDone(slow);
        gate.countDown();
        assertThat(get(next)).isTrue();
        assertThat(slow.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void cancelledOneThatWaitsIsSkippedAndItsPlaceIsFreeAtOnce() {
        EventLoop loop = loops.started();
        LoopFuture<Void> holder = holder(loop, "k");
        LoopFuture<Void> second = loop.call("second").key("k").next(() -> {
            order.add("second");
        });
        LoopFuture<Void> active = loop.call("active").key("k").enqueue(Lane.ACTIVE, () -> {
            order.add("active");
        });
        LoopFuture<Void> third = loop.call("third").key("k").next(() -> {
            order.add("third");
        });
        second.cancel(true);
        active.cancel(true);
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(1);
        assertThat(loop.size(Lane.ACTIVE)).isZero();
        assertThat(loop.stats().keys().waiting()).isEqualTo(1);
        gate.countDown();
        get(holder);
        get(third);
        assertThat(order).containsExactly("third");
    }

    @Test
    void timeoutOfOneThatWaitsEndsItAndNoOther() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        LoopFuture<Void> holder = holder(loop, "k");
        LoopFuture<Void> second = loop.call("second")
                .key("k")
                .timeout(Duration.ofMillis(1))
                .next(() -> {
                    order.add("second");
                });
        LoopFuture<Void> third = loop.call("third").key("k").next(() -> {
            order.add("third");
        });
        awaitDone(second);
        gate.countDown();
        get(holder);
        get(third);
        assertThat(order).containsExactly("third");
    }

    @Test
    void hundredKeysKeepTheirOrderThroughFailuresCancelsAndTimeouts() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        Map<Integer, List<Integer>> seen = new ConcurrentHashMap<>();
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int key = i % 100;
            int number = i;
            CallSpec spec = loop.call("keyed").key(key);
            LoopFuture<Void> call = (i % 7 == 0 ? spec.timeout(Duration.ofNanos(1)) : spec).next(() -> {
                seen.computeIfAbsent(key, unknown -> new CopyOnWriteArrayList<>())
                        .add(number);
                if (number % 5 == 0) {
                    throw new IllegalStateException("planted");
                }
            });
            if (i % 11 == 0) {
                call.cancel(true);
            }
            calls.add(call);
        }
        calls.forEach(Loops::awaitDone);
        assertThat(seen.values()).allSatisfy(numbers -> assertThat(numbers).isSorted());
        get(loop.stop(FOR_EVER));
        assertThat(loop.stats().keys().inUse()).isZero();
    }

    @Test
    void keyThatIsNotUsedAnyMoreIsForgotten() {
        EventLoop loop = loops.started();
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(loop.call("keyed").key(i).next(() -> 1, one -> {}));
        }
        calls.forEach(Loops::get);
        Loops.until(() -> loop.stats().keys().inUse() == 0);
    }

    @Test
    void keyThatIsChangedWhileItIsInUseIsForgotten() {
        EventLoop loop = loops.started();
        List<String> key = new ArrayList<>(List.of("before"));
        LoopFuture<?> call = loop.call("keyed").key(key).next(() -> gate.await());
        key.add("after");
        gate.countDown();
        get(call);
        Loops.until(() -> loop.stats().keys().inUse() == 0);
    }
}
