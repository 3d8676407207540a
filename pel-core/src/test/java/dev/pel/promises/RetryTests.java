package dev.pel.promises;

import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.occupy;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallInfo;
import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.ForwardingMachine;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Retry;
import dev.pel.WaitOnLoopThreadException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An operation that fails is tried again, and its call stays one call. */
class RetryTests {
    private static final Duration FOR_EVER = Duration.ofDays(1);
    private static final Retry AT_ONCE = Retry.times(3).backoff(Duration.ZERO);
    private static final Retry MUCH_LATER = Retry.times(1).backoff(FOR_EVER);

    @RegisterExtension
    final Loops loops = new Loops();

    private final AtomicInteger attempts = new AtomicInteger();
    private final List<String> order = new CopyOnWriteArrayList<>();

    /** Fails so often, and then returns the number of the attempt. */
    private int failing(int times) throws IOException {
        int attempt = attempts.incrementAndGet();
        if (attempt <= times) {
            throw new IOException("attempt " + attempt);
        }
        return attempt;
    }

    @Test
    void operationIsTriedAgainUntilItSucceeds() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.call("flaky").retry(AT_ONCE).next(() -> failing(2));
        assertThat(get(call)).isEqualTo(3);
        assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void bodyRunsOnceAfterTheAttemptThatSucceeds() {
        EventLoop loop = loops.started();
        get(loop.call("flaky").retry(AT_ONCE).next(() -> failing(2), result -> order.add("body " + result)));
        assertThat(order).containsExactly("body 3");
    }

    @Test
    void lastFailureIsThatOfTheCallAndToldOnce() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        loop.call("broken").retry(AT_ONCE).next(() -> failing(100));
        Loops.until(() -> !failures.isEmpty());
        get(loop.stop(FOR_EVER));
        assertThat(attempts).hasValue(4);
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.error()).hasMessage("attempt 4");
            assertThat(failure.label()).isEqualTo("broken");
        });
    }

    @Test
    void failuresThatTheRuleLeavesOutEndTheCallAtOnce() {
        EventLoop loop = loops.started();
        Retry onlyOthers = AT_ONCE.when(IllegalStateException.class::isInstance);
        assertThat(failureOf(loop.call("a").retry(onlyOthers).next(() -> failing(1))))
                .hasMessage("attempt 1");
        assertThat(failureOf(loop.call("b").retry(AT_ONCE).next(() -> {
                    throw new AssertionError("planted");
                })))
                .hasMessage("planted");
    }

    @Test
    void interruptedExceptionThatTheOperationThrowsIsTriedAgain() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.call("interrupted").retry(AT_ONCE).next(() -> {
            if (attempts.incrementAndGet() < 3) {
                throw new InterruptedException("of its own");
            }
            return 3;
        });
        assertThat(get(call)).isEqualTo(3);
    }

    @Test
    void ruleThatNamesItsFailuresMayNameAnError() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.call("error")
                .retry(AT_ONCE.when(failure -> true))
                .next(() -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new AssertionError("planted");
                    }
                    return 3;
                });
        assertThat(get(call)).isEqualTo(3);
    }

    @Test
    void ruleThatThrowsEndsTheCallWithTheFailureOfItsOperation() {
        EventLoop loop = loops.started();
        Retry broken = AT_ONCE.when(failure -> {
            throw new IllegalStateException("rule");
        });
        Throwable failure = failureOf(loop.call("a").retry(broken).next(() -> failing(1)));
        assertThat(failure).hasMessage("attempt 1");
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(rule -> assertThat(rule).hasMessage("rule"));
    }

    @Test
    void eachAttemptIsAnEntryOfTheLaneAndTheCallOne() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long running) {
                events.add(call.attempts() + " " + outcome);
            }
        }));
        get(loop.call("flaky").retry(AT_ONCE).next(() -> failing(2)));
        assertThat(events).containsExactly("1 FAILED", "2 FAILED", "3 SUCCEEDED");
        var lane = loop.stats().lane(Lane.PASSIVE);
        assertThat(lane.submitted()).isEqualTo(3);
        assertThat(lane.ended(Outcome.FAILED)).isEqualTo(2);
        assertThat(lane.ended(Outcome.SUCCEEDED)).isEqualTo(1);
    }

    @Test
    void pauseHoldsNoThreadAndCountsAsWaiting() {
        EventLoop loop = loops.withOnePassiveThread();
        LoopFuture<Integer> pausing = loop.call("pausing").retry(MUCH_LATER).next(() -> failing(1));
        Loops.until(() -> attempts.get() == 1 && loop.running(Lane.PASSIVE) == 0);
        assertThat(loop.size(Lane.PASSIVE)).isEqualTo(1);
        assertThat(get(loop.next(() -> "passes by"))).isEqualTo("passes by");
        assertThat(pausing).isNotDone();
        assertThat(pausing.cancel(true)).isTrue();
        assertThat(loop.size(Lane.PASSIVE)).isZero();
    }

    @Test
    void timeoutEndsACallThatPauses() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {}));
        LoopFuture<Integer> pausing = loop.call("pausing")
                .timeout(Duration.ofMillis(20))
                .retry(MUCH_LATER)
                .next(() -> failing(1));
        awaitDone(pausing);
        assertThat(pausing.outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void stopEndsACallThatPausesAtItsDeadline() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> pausing = loop.call("pausing").retry(MUCH_LATER).next(() -> failing(1));
        Loops.until(() -> attempts.get() == 1);
        get(loop.stop(Duration.ofMillis(5)));
        assertThat(pausing.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void drainWaitsForTheNextAttempt() {
        EventLoop loop = loops.started();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> flaky = loop.call("flaky")
                .retry(AT_ONCE.backoff(Duration.ofMillis(2)))
                .next(() -> {
                    begun.countDown();
                    pass(gate);
                    return failing(2);
                });
        pass(begun);
        var report = loop.stop(FOR_EVER);
        gate.countDown();
        assertThat(get(report).isClean()).isTrue();
        assertThat(flaky.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void keyIsKeptFromTheFirstAttemptToTheLast() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> first = loop.call("first")
                .key("k")
                .retry(AT_ONCE.backoff(Duration.ofMillis(2)))
                .next(() -> {
                    order.add("first");
                    return failing(2);
                });
        LoopFuture<Boolean> second = loop.call("second").key("k").next(() -> order.add("second"));
        get(first);
        get(second);
        assertThat(order).containsExactly("first", "first", "first", "second");
    }

    @Test
    void permitIsFreeDuringAPause() {
        EventLoop loop = loops.started(options -> options.withLimit("ldap", limit -> limit.withConcurrency(1)));
        LoopFuture<Integer> pausing =
                loop.call("pausing").limit("ldap").retry(MUCH_LATER).next(() -> failing(1));
        assertThat(get(loop.call("other").limit("ldap").next(() -> "other"))).isEqualTo("other");
        pausing.cancel(true);
        Loops.until(() -> loop.stats().limits().get("ldap").inUse() == 0);
    }

    @Test
    void cancelDuringAnAttemptEndsTheRetries() {
        EventLoop loop = loops.started();
        CountDownLatch begun = new CountDownLatch(1);
        LoopFuture<Void> call = loop.call("cancelled").retry(AT_ONCE).next(() -> {
            attempts.incrementAndGet();
            begun.countDown();
            new CountDownLatch(1).await();
        });
        pass(begun);
        call.cancel(true);
        get(loop.stop(FOR_EVER));
        assertThat(attempts).hasValue(1);
        assertThat(call.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void pausesOfARuleMadeElsewhereAreAskedForEachCall() {
        EventLoop loop = loops.started();
        Retry twice = Retry.of(() -> {
            AtomicInteger left = new AtomicInteger(2);
            return failure -> left.getAndDecrement() > 0 ? Duration.ZERO : null;
        });
        assertThat(failureOf(loop.call("a").retry(twice).next(() -> failing(100))))
                .hasMessage("attempt 3");
        assertThat(failureOf(loop.call("b").retry(twice).next(() -> failing(100))))
                .hasMessage("attempt 6");
    }

    @Test
    void bodyIsNotTriedAgain() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.call("body").retry(AT_ONCE).next(() -> failing(0), result -> {
            order.add("body");
            throw new IllegalStateException("planted");
        });
        assertThat(failureOf(call)).hasMessage("planted");
        assertThat(order).hasSize(1);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void wrongValuesAreRefused() {
        assertThatThrownBy(() -> Retry.times(0)).hasMessage("'retries' must be at least 1 but was 0");
        assertThatThrownBy(() -> Retry.times(1).backoff(Duration.ofMillis(-1)))
                .hasMessage("'pause' must not be negative but was -1 ms");
        assertThatThrownBy(() -> Retry.times(1).backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessage("'most' must not be less than 'pause', which is 2 s, but was 1 s");
        assertThatThrownBy(() -> Retry.times(1).jitter(1.1))
                .hasMessage("'fraction' must be between 0 and 1 but was 1.1");
        assertThatThrownBy(() -> Retry.times(1).jitter(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Retry.of(() -> failure -> null).backoff(Duration.ZERO))
                .isInstanceOf(IllegalStateException.class);
        EventLoop loop = loops.started();
        assertThatThrownBy(() -> loop.call("a").retry(AT_ONCE).enqueue(Lane.ACTIVE, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("'retry' is for operations");
    }

    @Test
    void numberOfTheAttemptIsKnownFromItsPlaceInTheLaneToItsEnd() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public void queued(CallInfo call, Lane lane) {
                events.add("queued " + call.attempts());
            }

            @Override
            public void started(CallInfo call, Lane lane, long waiting) {
                events.add("started " + call.attempts());
            }
        }));
        get(loop.call("flaky").retry(AT_ONCE).next(() -> failing(1)));
        assertThat(events).containsExactly("queued 1", "started 1", "queued 2", "started 2");
    }

    @Test
    void handleSaysHowManyAttemptsItsCallHasHad() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.call("flaky").retry(AT_ONCE).next(() -> failing(2));
        LoopFuture<Integer> attached = call.thenApply(result -> result);
        assertThat(get(attached)).isEqualTo(3);
        assertThat(call.attempts()).isEqualTo(3);
        assertThat(attached.attempts()).isEqualTo(1);
        LoopFuture<Integer> broken = loop.call("broken").retry(AT_ONCE).next(() -> failing(100));
        assertThat(failureOf(broken)).isInstanceOf(IOException.class);
        assertThat(broken.attempts()).isEqualTo(4);
        LoopFuture<String> other = loop.next(() -> "without a rule");
        assertThat(get(other)).isNotNull();
        assertThat(other.attempts()).isEqualTo(1);
    }

    @Test
    void attemptThatNeverBeganIsNotCountedWhenTheCallHasEnded() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> pausing = loop.call("pausing").retry(MUCH_LATER).next(() -> failing(1));
        Loops.until(() -> pausing.attempts() == 2);
        assertThat(pausing.cancel(true)).isTrue();
        assertThat(pausing.attempts()).isEqualTo(1);
    }

    @Test
    void waitingTimeOfAnAttemptBeginsAfterTheOneBefore() {
        List<Long> waits = new CopyOnWriteArrayList<>();
        AtomicLong ahead = new AtomicLong();
        EventLoop loop = loops.made(
                options -> options.withListener(new EventLoopListener() {
                    @Override
                    public void started(CallInfo call, Lane lane, long waiting) {
                        waits.add(waiting);
                    }
                }),
                new ForwardingMachine() {
                    @Override
                    public long nanoTime() {
                        return super.nanoTime() + ahead.get();
                    }
                });
        loop.start();
        get(loop.call("flaky").retry(AT_ONCE).next(() -> {
            ahead.addAndGet(FOR_EVER.toNanos());
            return failing(2);
        }));
        assertThat(waits).hasSize(3).allMatch(waiting -> waiting < FOR_EVER.toNanos());
    }

    @Test
    void timeoutHasTheFailureOfTheLastAttemptAsSuppressed() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.call("late")
                .retry(MUCH_LATER)
                .timeout(Duration.ofMillis(50))
                .next(() -> failing(1));
        assertThat(failureOf(call))
                .isInstanceOf(CallTimeoutException.class)
                .satisfies(timeout -> assertThat(timeout.getSuppressed()).hasSize(1));
    }

    @Test
    void negativePauseOfARuleEndsTheCall() {
        Retry rule = Retry.of(() -> failure -> Duration.ofMillis(-1));
        assertThat(failureOf(loops.started().call("wrong").retry(rule).next(() -> failing(1)))
                        .getSuppressed())
                .singleElement()
                .satisfies(why -> assertThat(why)
                        .hasMessage("A pause before another attempt must not be negative but was -1 ms"));
    }

    @Test
    void ruleMadeElsewhereThatIsNullIsRefused() {
        assertThat(failureOf(loops.started()
                                .call("wrong")
                                .retry(Retry.of(() -> null))
                                .next(() -> failing(1)))
                        .getSuppressed())
                .singleElement()
                .satisfies(why -> assertThat(why).hasMessage("what 'perCall' returns"));
    }

    @Test
    void attemptThatAJoinHasHelpedIsFollowedByItsPause() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(2)));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(1);
        occupy(loop, gate); // of two threads one runs what the other one waits for
        LoopFuture<Integer> outer = loop.next(() -> {
            LoopFuture<Integer> inner = loop.call("inner").retry(MUCH_LATER).next(() -> {
                if (attempts.get() > 0) {
                    again.countDown();
                }
                return failing(1);
            });
            return inner.join();
        });
        Loops.until(() -> attempts.get() == 1);
        gate.countDown(); // now a thread looks through the queue, where the first attempt has been
        get(loop.next(() -> "passes by"));
        get(loop.next(() -> "passes by"));
        assertThat(again.getCount()).isEqualTo(1);
        outer.cancel(true);
    }

    @Test
    void joinsOfCallsThatPauseDoNotStallTheLane() {
        EventLoop loop = loops.withOnePassiveThread();
        List<LoopFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            AtomicInteger tries = new AtomicInteger();
            calls.add(loop.next(() -> loop.call("inner")
                    .retry(Retry.times(2).backoff(Duration.ofMillis(200)))
                    .next(() -> {
                        if (tries.incrementAndGet() == 1) {
                            throw new IOException("first");
                        }
                        return 1;
                    })
                    .join()));
        }
        calls.forEach(Loops::awaitDone);
        assertThat(calls).allSatisfy(call -> {
            if (call.outcome() != Outcome.SUCCEEDED) {
                assertThat(failureOf(call)).isInstanceOf(WaitOnLoopThreadException.class);
            }
        });
    }
}
