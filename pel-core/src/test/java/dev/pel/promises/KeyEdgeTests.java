package dev.pel.promises;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import dev.pel.WaitOnLoopThreadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The keys of calls at their edges: bounds, waits that could never end, stops, and ends at every moment. */
class KeyEdgeTests {
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

    // ------------------------------------------------------------------ bounds

    @Test
    void oneTooManyOfAKeyIsRejected() {
        EventLoop loop = loops.started(options -> options.withKeyCapacity(2));
        LoopFuture<Void> holder = holder(loop, "k");
        List<LoopFuture<String>> waiting = List.of(
                loop.call("1").key("k").next(() -> "1"), loop.call("2").key("k").next(() -> "2"));
        LoopFuture<String> tooMany = loop.call("3").key("k").next(() -> "3");
        assertThat(tooMany.outcome()).isEqualTo(Outcome.REJECTED);
        assertThatThrownBy(tooMany::join)
                .cause()
                .isInstanceOf(CallRejectedException.class)
                .hasMessageStartingWith("2 calls wait for the turn of key 'k'");
        assertThat(loop.stats().keys().rejected()).isOne();
        assertThat(get(loop.call("4").key("other").next(() -> "4"))).isEqualTo("4");
        gate.countDown();
        get(holder);
        waiting.forEach(Loops::get);
        assertThat(get(loop.call("5").key("k").next(() -> "5"))).isEqualTo("5");
    }

    @Test
    void refusalOfTheLaneLeavesNothingOfTheKeyBehind() {
        EventLoop loop = loops.started(
                options -> options.withPassive(passive -> passive.withThreads(1).withCapacity(1)));
        LoopFuture<Void> holder = holder(loop, "k");
        LoopFuture<String> queued = loop.next(() -> "fills the lane");
        assertThat(loop.call("refused").key("other").next(() -> "").outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(loop.stats().keys().inUse()).isEqualTo(1);
        gate.countDown();
        get(holder);
        get(queued);
    }

    @Test
    void keyThatThrowsIsRefusedToItsSubmitter() {
        EventLoop loop = loops.started();
        Object broken = new Object() {
            @Override
            public int hashCode() {
                throw new IllegalStateException("planted");
            }

            @Override
            public boolean equals(Object other) {
                return this == other;
            }
        };
        CallSpec spec = loop.call("broken").key(broken);
        assertThatThrownBy(() -> spec.next(() -> "")).hasMessage("planted");
        assertThat(loop.size(Lane.PASSIVE)).isZero();
        assertThat(loop.stats().submitted()).isZero();
    }

    @Test
    void nullIsNoKey() {
        EventLoop loop = loops.started();
        assertThatThrownBy(() -> loop.call("a").key(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("Call 'a': 'key' must not be null");
    }

    // ------------------------------------------------------------------ joins and stops

    @Test
    void joinOfACallBehindItsOwnTurnIsRefused() {
        EventLoop loop = loops.started();
        LoopFuture<String> outer = loop.call("outer").key("k").next(() -> {
            LoopFuture<String> inner = loop.call("inner").key("k").next(() -> "inner");
            return inner.join();
        });
        assertThat(failureOf(outer))
                .isInstanceOf(WaitOnLoopThreadException.class)
                .hasMessageMatching(
                        "join\\(\\) would never return: call \\d+ 'inner' on PASSIVE.* waits for the turn of key 'k', which"
                                + " comes only when the operation has returned that would wait here, or one that waits for it. Do not"
                                + " wait, attach what comes next: handle.thenAccept\\(body\\). Or submit it without that.");
    }

    @Test
    void callThatWaitsForItsTurnIsTheOldestOfItsLane() {
        EventLoop loop = loops.started();
        LoopFuture<Void> holder = loop.call("holder").key("k").next(() -> gate.await());
        LoopFuture<Integer> waiting = loop.call("waiting").key("k").next(() -> 1);
        Loops.until(() -> !loop.stats().lane(Lane.PASSIVE).oldestWait().isZero());
        assertThat(loop.stats().lane(Lane.WORK).oldestWait()).isZero();
        gate.countDown();
        get(holder);
        get(waiting);
        Loops.until(() -> loop.stats().lane(Lane.PASSIVE).oldestWait().isZero());
    }

    @Test
    void joinOfCallsThatWaitForTheirTurnsDoesNotStallAFullPool() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        List<LoopFuture<Integer>> outer = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            outer.add(loop.next(() -> {
                LoopFuture<Integer> inner = loop.call("inner").key("k").next(() -> number, result -> {});
                return inner.join();
            }));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(get(outer.get(i))).isEqualTo(i);
        }
    }

    @Test
    void drainRunsAllThatWaitForTheirTurn() {
        EventLoop loop = loops.started();
        LoopFuture<Void> holder = holder(loop, "k");
        List<LoopFuture<Boolean>> waiting = IntStream.range(0, 10)
                .mapToObj(number -> loop.call("waits").key("k").next(() -> order.add("ran")))
                .toList();
        var report = loop.stop(FOR_EVER);
        gate.countDown();
        assertThat(get(report).isClean()).isTrue();
        get(holder);
        waiting.forEach(Loops::get);
        assertThat(order).hasSize(10);
    }

    @Test
    void forcedStopEndsAllThatWaitForTheirTurn() {
        EventLoop loop = loops.started();
        holder(loop, "k");
        List<LoopFuture<?>> waiting = List.of(
                loop.call("passive").key("k").next(() -> order.add("ran")),
                loop.call("active").key("k").enqueue(Lane.ACTIVE, () -> order.add("ran")));
        var report = loop.forceStop();
        gate.countDown();
        StopReport stopped = get(report);
        assertThat(waiting).allSatisfy(call -> assertThat(call.outcome()).isEqualTo(Outcome.STOPPED));
        assertThat(stopped.entries().neverStarted()).isEqualTo(2);
        assertThat(loop.stats().queued()).isZero();
        assertThat(loop.stats().keys().inUse()).isZero();
        assertThat(order).isEmpty();
    }

    @Test
    void callsBeforeTheStartWaitForItInTheirOrder() {
        EventLoop loop = loops.made(options -> options);
        List<LoopFuture<Boolean>> calls = IntStream.range(0, 5)
                .mapToObj(number -> loop.call("early").key("k").next(() -> order.add("" + number)))
                .toList();
        loop.start();
        calls.forEach(Loops::get);
        assertThat(order).containsExactly("0", "1", "2", "3", "4");
    }

    // ------------------------------------------------------------------ ends

    /** Each timeout comes at another moment of the way from the turn into the queue. */
    @Test
    void keyedTasksThatTimeOutLeaveNoPlaceBehind() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        List<LoopFuture<?>> handles = new ArrayList<>();
        CallSpec spec = loop.call("a").key("k");
        for (int i = 0; i < 5_000; i++) {
            CallSpec soon = spec.timeout(Duration.ofNanos(1 + i * 40L));
            handles.add(soon.enqueue(Lane.ACTIVE, () -> {}));
            if (i % 20 == 0) {
                handles.add(spec.timeout(Duration.ofMillis(2)).delay(Duration.ofMillis(1), () -> {}));
                awaitDone(handles.get(handles.size() - 1));
            }
        }
        handles.forEach(Loops::awaitDone);
        Loops.until(() -> loop.size(Lane.ACTIVE) == 0 && loop.stats().keys().inUse() == 0);
    }

    @Test
    void timerWhoseKeyThrowsIsRefusedToItsSubmitter() {
        CallSpec spec = loops.started().call("broken").key(new Object() {
            @Override
            public int hashCode() {
                throw new IllegalStateException("planted");
            }

            @Override
            public boolean equals(Object other) {
                return this == other;
            }
        });
        assertThatThrownBy(() -> spec.delay(Duration.ZERO, () -> {})).hasMessage("planted");
    }

    private record Brittle(AtomicBoolean isBroken) {
        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            if (isBroken.get()) {
                throw new IllegalStateException("planted");
            }
            return this == other;
        }
    }

    @Test
    void timerWhoseKeyThrowsWhenItFallsDueFails() {
        EventLoop loop = loops.started();
        AtomicBoolean isBroken = new AtomicBoolean();
        LoopFuture<Void> holder = loop.call("holder").key(new Brittle(isBroken)).next(() -> gate.await());
        LoopFuture<Void> timer = loop.call("timer").key(new Brittle(isBroken)).delay(Duration.ofMillis(20), () -> {});
        isBroken.set(true);
        assertThat(failureOf(timer)).hasMessage("planted");
        gate.countDown();
        get(holder);
        Loops.until(() -> loop.stats().keys().inUse() == 0 && loop.size(Lane.ACTIVE) == 0);
    }

    @Test
    void joinOfATimerBehindItsOwnTurnIsRefused() {
        EventLoop loop = loops.started();
        LoopFuture<Void> outer = loop.call("outer").key("k").next(() -> {
            loop.call("timer").key("k").delay(Duration.ZERO, () -> {}).join();
        });
        assertThat(failureOf(outer)).isInstanceOf(WaitOnLoopThreadException.class);
    }

    @Test
    void joinBehindItsOwnTurnIsRefusedAlsoWhenItsHandleHasEnded() {
        EventLoop loop = loops.started();
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        LoopFuture<Void> outer = loop.call("outer").key("k").next(() -> {
            begun.countDown();
            gate.await();
            try {
                loop.call("inner").key("k").next(() -> 1).join();
            } catch (WaitOnLoopThreadException e) {
                refused.complete(e);
            }
        });
        pass(begun);
        outer.cancel(false);
        gate.countDown();
        assertThat(get(refused)).hasMessageContaining(" waits for the turn of key 'k'");
    }

    @Test
    void codeAttachedPastPelToACallThatHasEndedDoesNotHoldItsTurn() {
        EventLoop loop = loops.started();
        CallSpec spec = loop.call("a").key("k");
        LoopFuture<Void> call = spec.next(() -> gate.await());
        CompletableFuture<Integer> after = CompletableFuture.allOf(call)
                .thenApply(nothing -> spec.next(() -> 1).join());
        gate.countDown();
        assertThat(get(after)).isEqualTo(1);
    }

    @Test
    void placeOfACancelledOneIsFreeWhenItsHandleHasEnded() {
        EventLoop loop = loops.started(options -> options.withKeyCapacity(1));
        CallSpec spec = loop.call("a").key("k");
        LoopFuture<Void> holder = spec.next(() -> gate.await());
        LoopFuture<Integer> waiting = spec.next(() -> 1);
        CompletableFuture<LoopFuture<Integer>> replacement =
                CompletableFuture.allOf(waiting).handle((nothing, error) -> spec.next(() -> 2));
        waiting.cancel(true);
        LoopFuture<Integer> second = get(replacement);
        gate.countDown();
        get(holder);
        assertThat(get(second)).isEqualTo(2);
    }

    @Test
    void refusedCallsLeaveNoKeyBehind() {
        EventLoop loop = loops.started(options -> options.withKeyCapacity(1));
        for (int round = 0; round < 2_000; round++) {
            CallSpec spec = loop.call("a").key(round);
            Runnable submits = () -> spec.enqueue(Lane.WORK, () -> {}).outcome();
            Loops.together(submits, submits);
        }
        Loops.until(() -> loop.stats().keys().inUse() == 0);
    }

    @Test
    void keyThatThrowsLeavesNoPlaceOfItsLimitBehind() {
        EventLoop loop = loops.started(options ->
                options.withLimit("ldap", limit -> limit.withConcurrency(1).withCapacity(1)));
        AtomicBoolean isBroken = new AtomicBoolean();
        LoopFuture<Void> holder = loop.call("holder").key(new Brittle(isBroken)).next(() -> gate.await());
        isBroken.set(true);
        for (int i = 0; i < 3; i++) {
            CallSpec spec = loop.call("broken").limit("ldap").key(new Brittle(isBroken));
            assertThatThrownBy(() -> spec.next(() -> 1)).hasMessage("planted");
        }
        assertThat(loop.stats().limits().get("ldap").waiting()).isZero();
        isBroken.set(false);
        gate.countDown();
        get(holder);
    }
}
