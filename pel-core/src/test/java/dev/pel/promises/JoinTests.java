package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Settled;
import dev.pel.StopReport;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handles that join many others. */
class JoinTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    /** A call that fails, with its label as the message. */
    private static LoopFuture<Integer> failing(EventLoop loop, String message) {
        return loop.call(message).next(() -> {
            throw new IOException(message);
        });
    }

    // ------------------------------------------------------------------ all

    @Test
    void failureOfAllHasTheOthersAsSuppressed() {
        EventLoop loop = loop();
        Throwable failure = failureOf(
                loop.all(List.of(failing(loop, "a"), loop.next(() -> 1), failing(loop, "b"), failing(loop, "c"))));
        assertThat(failure).hasMessage("a");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("b", "c");
    }

    @Test
    void failureOfAnyHasTheOthersAsSuppressed() {
        EventLoop loop = loop();
        Throwable failure = failureOf(loop.any(List.of(failing(loop, "a"), failing(loop, "b"))));
        assertThat(failure).hasMessage("a");
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("b");
    }

    @Test
    void failureThatIsThrownAgainAndAgainGetsTenSuppressedAtMost() {
        EventLoop loop = loop();
        IOException same = new IOException("same");
        for (int i = 0; i < 15; i++) {
            LoopFuture<Integer> first = loop.next(() -> {
                throw same;
            });
            assertThat(failureOf(loop.all(List.of(first, failing(loop, "other"), first))))
                    .isSameAs(same);
        }
        assertThat(same.getSuppressed()).hasSize(10);
    }

    @Test
    void allHasTheResultsInTheOrderOfTheHandles() {
        EventLoop loop = loop();
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 1_001; i++) {
            int number = i;
            calls.add(loop.next(() -> number));
        }
        assertThat(get(loop.all(calls)))
                .hasSize(1_001)
                .isSorted()
                .startsWith(0, 1)
                .endsWith(1_000);
    }

    @Test
    void allOfNoneHasSucceeded() {
        assertThat(get(loop().all(List.of()))).isEmpty();
    }

    @Test
    void allKeepsResultsThatAreNull() {
        EventLoop loop = loop();
        assertThat(get(loop.all(List.of(loop.next(() -> null), loop.next(() -> 2)))))
                .containsExactly(null, 2);
    }

    @Test
    void resultsOfAllCannotBeChanged() {
        EventLoop loop = loop();
        List<Integer> results = get(loop.all(List.of(loop.next(() -> 1))));
        assertThatThrownBy(() -> results.add(2)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void allFailsWithTheFirstFailureInTheirOrderWhenAllHaveEnded() {
        EventLoop loop = loop();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> slow = loop.next(() -> {
            block(gate);
            throw new IOException("first");
        });
        LoopFuture<Integer> quick = failing(loop, "second");
        LoopFuture<List<Integer>> all = loop.all(List.of(loop.next(() -> 1), slow, quick));
        awaitDone(quick);
        assertThat(all.isDone()).isFalse();
        gate.countDown();
        assertThat(failureOf(all)).isInstanceOf(IOException.class).hasMessage("first");
    }

    @Test
    void allTakesFuturesOfOthers() {
        EventLoop loop = loop();
        CompletableFuture<Integer> other = new CompletableFuture<>();
        LoopFuture<List<Integer>> all = loop.all(List.of(other, loop.next(() -> 2)));
        other.complete(1);
        assertThat(get(all)).containsExactly(1, 2);
    }

    @Test
    void cancelledJoinLeavesTheCallsAlone() {
        EventLoop loop = loop();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<String> call = loop.next(() -> {
            block(gate);
            return "done";
        });
        loop.all(List.of(call, loop.next(() -> "other"))).cancel(true);
        gate.countDown();
        assertThat(get(call)).isEqualTo("done");
    }

    @Test
    void whatIsAttachedToAJoinRunsOnTheActiveThread() {
        EventLoop loop = loop();
        boolean onActiveThread = get(
                loop.all(List.of(loop.next(() -> 1), loop.work(() -> 2))).thenApply(results -> loop.onActiveThread()));
        assertThat(onActiveThread).isTrue();
    }

    @Test
    void joinIsWaitedForOnTheOnlyThreadOfAPool() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<List<Integer>> outer = loop.next(() -> {
            List<LoopFuture<Integer>> inner = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                int number = i;
                inner.add(loop.next(() -> number));
            }
            return loop.all(inner).join();
        });
        assertThat(get(outer)).hasSize(50).isSorted();
    }

    @Test
    void nestedJoinsAreWaitedForOnTheOnlyThreadOfAPool() {
        EventLoop loop = loops.withOnePassiveThread();
        assertThat(get(loop.next(() -> sum(loop, 5)))).isEqualTo(32);
    }

    private static int sum(EventLoop loop, int depth) {
        if (depth == 0) {
            return 1;
        }
        List<LoopFuture<Integer>> halves =
                List.of(loop.next(() -> sum(loop, depth - 1)), loop.next(() -> sum(loop, depth - 1)));
        return loop.all(halves).join().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void joinInsideAnOperationWithATimeoutEndsByThat() {
        EventLoop loop = loop();
        LoopFuture<?> never = loop.promise();
        LoopFuture<?> call = loop.call("joining")
                .timeout(Duration.ofMillis(20))
                .next(() -> loop.all(List.of(never)).join());
        assertThat(failureOf(call)).isInstanceOf(CallTimeoutException.class);
        never.cancel(true);
    }

    // ------------------------------------------------------------------ all settled

    @Test
    void allSettledSaysHowEachHasEnded() {
        EventLoop loop = loop();
        LoopFuture<Integer> cancelled = loop.promise();
        cancelled.cancel(true);
        List<Settled<Integer>> all =
                get(loop.allSettled(List.of(loop.next(() -> 1), failing(loop, "planted"), cancelled)));
        assertThat(all)
                .extracting(Settled::outcome)
                .containsExactly(Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED);
        assertThat(all).extracting(Settled::value).containsExactly(1, null, null);
        assertThat(all.get(1).error()).isInstanceOf(IOException.class).hasMessage("planted");
        assertThat(all).extracting(Settled::hasSucceeded).containsExactly(true, false, false);
    }

    @Test
    void allSettledDealsWithTheFailures() {
        EventLoop loop = loop();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            block(gate);
            throw new IOException("planted");
        });
        LoopFuture<List<Settled<Integer>>> all = loop.allSettled(List.of(call));
        gate.countDown();
        get(all);
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void allSettledOfNoneIsEmpty() {
        assertThat(get(loop().allSettled(List.of()))).isEmpty();
    }

    // ------------------------------------------------------------------ any

    @Test
    void anyHasTheFirstSuccess() {
        EventLoop loop = loop();
        LoopFuture<String> never = loop.promise();
        LoopFuture<String> any = loop.any(List.of(
                never,
                loop.next(() -> {
                    throw new IOException("planted");
                }),
                loop.next(() -> "won")));
        assertThat(get(any)).isEqualTo("won");
        never.cancel(true);
    }

    @Test
    void anyFailsWithTheFailureOfTheFirstWhenAllHaveFailed() {
        EventLoop loop = loop();
        LoopFuture<Integer> any = loop.any(List.of(failing(loop, "one"), failing(loop, "two")));
        assertThat(failureOf(any)).isInstanceOf(IOException.class).hasMessage("one");
    }

    @Test
    void anyOfRefusedCallsIsNoFailureAsAllIsNone() {
        EventLoop loop = loop();
        loop.enqueue(Lane.ACTIVE, () -> pass(gate)); // the drain waits
        CompletableFuture<StopReport> stop = loop.stop(LONG);
        LoopFuture<Integer> any = loop.any(List.of(loop.next(() -> 1), loop.next(() -> 2)));
        gate.countDown();
        get(stop);
        awaitDone(any);
        assertThat(any.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(failures).isEmpty();
    }

    @Test
    void anyOfStoppedCallsIsNoFailure() {
        EventLoop loop = loop();
        CountDownLatch never = new CountDownLatch(1);
        LoopFuture<Integer> any = loop.any(List.of(blocked(loop, never), blocked(loop, never)));
        get(loop.forceStop());
        awaitDone(any);
        assertThat(failureOf(any)).isInstanceOf(CallStoppedException.class);
        assertThat(failures).isEmpty();
    }

    private static LoopFuture<Integer> blocked(EventLoop loop, CountDownLatch latch) {
        return loop.next(() -> {
            block(latch);
            return 1;
        });
    }

    @Test
    void failureOfAJoinAtWhichNobodyLooksIsToldWithTheLabelOfTheCallThatHasFailed() {
        EventLoop loop = loop();
        loop.all(List.of(failingLater(loop, "first"), failingLater(loop, "second")));
        loop.any(List.of(failingLater(loop, "third"), failingLater(loop, "fourth")));
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(failures).extracting(Failure::label).containsExactlyInAnyOrder("first", "third");
    }

    /** The same when the gate is open. */
    private LoopFuture<Integer> failingLater(EventLoop loop, String label) {
        return loop.call(label).next(() -> {
            pass(gate);
            throw new IOException(label);
        });
    }

    @Test
    void endOfAJoinByOthersSaysThatItIsOne() {
        EventLoop loop = loop();
        LoopFuture<Integer> never = loop.promise();
        LoopFuture<List<Integer>> all = loop.all(List.of(never));
        all.orTimeout(1, TimeUnit.MILLISECONDS);
        awaitDone(all);
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures).singleElement().returns("join", Failure::label);
        assertThat(failures.get(0).error()).hasMessage("The join had not ended after 1 ms.");
        never.cancel(true);
    }

    @Test
    void anyOfNoneIsRefused() {
        EventLoop loop = loop();
        assertThatThrownBy(() -> loop.any(List.<LoopFuture<Integer>>of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'any' must be given at least one handle: of none there is no first");
    }

    @Test
    void anyIsWaitedForOnTheOnlyThreadOfAPool() {
        EventLoop loop = loops.withOnePassiveThread();
        assertThat(get(loop.next(() -> loop.any(List.of(loop.next(() -> 1), loop.next(() -> 1)))
                        .join())))
                .isEqualTo(1);
    }

    // ------------------------------------------------------------------ bad input and the stop

    @Test
    void stageThatIsNullIsRefusedWithItsPlace() {
        EventLoop loop = loop();
        List<LoopFuture<Integer>> handles = new ArrayList<>(List.of(loop.next(() -> 1)));
        handles.add(null);
        assertThatThrownBy(() -> loop.all(handles))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("'stages' must not contain null but does at index 1");
        assertThatThrownBy(() -> loop.allSettled(Collections.singletonList(null)))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> loop.any(Collections.singletonList(null))).isInstanceOf(NullPointerException.class);
    }

    @Test
    void joinsOfOneMayBeJoinedManyTimesOver() {
        EventLoop loop = loop();
        LoopFuture<Object> first = loop.promise();
        LoopFuture<?> last = first;
        for (int i = 0; i < 20_000; i++) {
            last = loop.all(List.of(last));
        }
        first.complete("done");
        awaitDone(last);
        assertThat(last.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void forcedStopEndsAJoin() {
        EventLoop loop = loop();
        LoopFuture<List<Object>> all = loop.all(List.of(new CompletableFuture<>(), loop.promise()));
        get(loop.forceStop());
        awaitDone(all);
        assertThat(failureOf(all)).isInstanceOf(CallStoppedException.class);
    }

    @Test
    void drainWaitsForTheFutureOfOthersThatIsJoined() {
        EventLoop loop = loop();
        CompletableFuture<Integer> other = new CompletableFuture<>();
        LoopFuture<List<Integer>> all = loop.all(List.of(other));
        CompletableFuture<?> stop = loop.stop(LONG);
        other.complete(7);
        get(stop);
        assertThat(get(all)).containsExactly(7);
    }

    @Test
    void drainDoesNotWaitForWhatAnAnyThatHasEndedDoesNotNeed() {
        EventLoop loop = loop();
        assertThat(get(loop.any(List.of(new CompletableFuture<Integer>(), loop.next(() -> 1)))))
                .isEqualTo(1);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void drainDoesNotWaitForWhatACancelledJoinJoined() {
        EventLoop loop = loop();
        loop.all(List.of(new CompletableFuture<Integer>(), loop.next(() -> 1))).cancel(true);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void joinThatIsRefusedHoldsNoDrain() {
        EventLoop loop = loop();
        assertThatThrownBy(() -> loop.all(Arrays.asList(new CompletableFuture<>(), null)))
                .isInstanceOf(NullPointerException.class);
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void joinOfAFutureThatOnlyOthersCompleteIsEndedByTheStop() {
        EventLoop loop = loop();
        CompletableFuture<Integer> open = loop.next(() -> 1).newIncompleteFuture();
        List<LoopFuture<?>> joins =
                List.of(loop.all(List.of(open)), loop.any(List.of(open)), loop.all(List.of(open, loop.next(() -> 1))));
        get(loop.forceStop());
        for (LoopFuture<?> join : joins) {
            assertThat(failureOf(join)).isInstanceOf(CallStoppedException.class);
        }
    }

    @Test
    void anyOfACollectionThatShrinksMeanwhileEnds() {
        EventLoop loop = loop();
        LoopFuture<Integer> failing = failing(loop, "planted");
        LoopFuture<Integer> any = loop.any(new AbstractCollection<LoopFuture<Integer>>() {
            @Override
            public Iterator<LoopFuture<Integer>> iterator() {
                return List.of(failing).iterator();
            }

            @Override
            public Object[] toArray() {
                return new Object[] {failing};
            }

            @Override
            public int size() {
                return 2;
            }
        });
        assertThat(failureOf(any)).hasMessage("planted");
    }

    @Test
    void anyOfCancelledHandlesIsCancelledAndNoFailure() {
        EventLoop loop = loop();
        LoopFuture<Integer> promise = loop.promise();
        LoopFuture<Integer> any = loop.any(List.of(promise));
        promise.cancel(true);
        awaitDone(any);
        assertThat(any.outcome()).isEqualTo(Outcome.CANCELLED);
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
    }

    @Test
    void joinsThatHaveEndedAreLetGoByAHandleThatLives() {
        EventLoop loop = loop();
        LoopFuture<Object> signal = loop.call("signal").backgroundPromise();
        List<WeakReference<?>> joins = List.of(endedAny(loop, signal), cancelledAll(loop, signal));
        get(loop.execute(() -> {}));
        Loops.until(() -> {
            System.gc();
            return joins.stream().allMatch(join -> join.get() == null);
        });
        signal.complete(1);
    }

    private static WeakReference<?> endedAny(EventLoop loop, LoopFuture<Object> signal) {
        LoopFuture<Object> any = loop.any(List.of(signal, loop.next(() -> new Object())));
        get(any);
        return new WeakReference<>(any);
    }

    private static WeakReference<?> cancelledAll(EventLoop loop, LoopFuture<Object> signal) {
        LoopFuture<List<Object>> all = loop.all(List.of(loop.next(() -> 1), signal, loop.next(() -> 2)));
        all.cancel(false);
        return new WeakReference<>(all);
    }
}
