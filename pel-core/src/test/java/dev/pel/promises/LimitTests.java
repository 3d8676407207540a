package dev.pel.promises;

import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.InvalidOptionException;
import dev.pel.Lane;
import dev.pel.LimitOptions;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.WaitOnLoopThreadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A limit caps how many operations run at once, and how many start in a time. */
class LimitTests {
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @RegisterExtension
    final Loops loops = new Loops();

    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<Integer> order = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private EventLoop withLimit(int concurrency) {
        return loops.started(options -> options.withPassive(passive -> passive.withThreads(8))
                .withLimit("ldap", limit -> limit.withConcurrency(concurrency)));
    }

    private void inAndOut(int number) {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        order.add(number);
        Thread.yield();
        inside.decrementAndGet();
    }

    // ------------------------------------------------------------------ how many at once

    @Test
    void noMoreOperationsRunAtOnceThanItSays() {
        EventLoop loop = withLimit(3);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int number = i;
            calls.add(loop.call("limited").limit("ldap").next(() -> inAndOut(number)));
        }
        calls.forEach(Loops::get);
        assertThat(most.get()).isBetween(1, 3);
        assertThat(order).hasSize(2_000);
    }

    @Test
    void withOnePermitCallsRunInTheOrderOfTheirSubmission() {
        EventLoop loop = withLimit(1);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            calls.add(loop.call("limited").limit("ldap").next(() -> inAndOut(number)));
        }
        calls.forEach(Loops::get);
        assertThat(order).isSorted().hasSize(500);
    }

    @Test
    void callsOfOtherLimitsAndOfNonePassBy() {
        EventLoop loop = loops.started(options -> options.withLimit("ldap", limit -> limit.withConcurrency(1))
                .withLimit("soap", limit -> limit.withConcurrency(1)));
        List<LoopFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(loop.call("limited").limit("ldap").next(() -> pass(gate)));
        }
        assertThat(get(loop.call("other").limit("soap").next(() -> "other limit")))
                .isEqualTo("other limit");
        assertThat(get(loop.next(() -> "none"))).isEqualTo("none");
        LoopStats.LimitStats ldap = loop.stats().limits().get("ldap");
        assertThat(ldap.inUse()).isEqualTo(1);
        assertThat(ldap.waiting()).isEqualTo(9);
        assertThat(ldap.oldestWait()).isPositive();
        gate.countDown();
        waiting.forEach(Loops::get);
        Loops.until(() -> loop.stats().limits().get("ldap").inUse() == 0);
    }

    @Test
    void permitIsGivenBackAfterTheOperationAndBeforeTheBody() {
        EventLoop loop = withLimit(1);
        CountDownLatch inBody = new CountDownLatch(1);
        LoopFuture<Integer> first = loop.call("first").limit("ldap").next(() -> 1, one -> {
            inBody.countDown();
            pass(gate);
        });
        pass(inBody);
        assertThat(get(loop.call("second").limit("ldap").next(() -> 2))).isEqualTo(2);
        gate.countDown();
        get(first);
    }

    @Test
    void permitOfACancelledOperationIsFreeWhenItsCodeHasLeft() {
        EventLoop loop = withLimit(1);
        CountDownLatch begun = new CountDownLatch(1);
        LoopFuture<Void> first = loop.call("first").limit("ldap").next(() -> {
            begun.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(begun);
        LoopFuture<Boolean> second = loop.call("second").limit("ldap").next(() -> gate.getCount() == 0);
        first.cancel(true);
        gate.countDown();
        assertThat(get(second)).isTrue();
    }

    @Test
    void cancelledOneThatWaitsTakesNoPermit() {
        EventLoop loop = withLimit(1);
        LoopFuture<Void> first = loop.call("first").limit("ldap").next(() -> pass(gate));
        LoopFuture<Void> second = loop.call("second").limit("ldap").next(() -> inAndOut(2));
        LoopFuture<Void> third = loop.call("third").limit("ldap").next(() -> inAndOut(3));
        second.cancel(true);
        gate.countDown();
        get(first);
        get(third);
        assertThat(order).containsExactly(3);
    }

    @Test
    void changedWhileTheLoopRunsItHoldsAtOnce() {
        EventLoop loop = withLimit(1);
        CountDownLatch three = new CountDownLatch(3);
        List<LoopFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(loop.call("limited").limit("ldap").next(() -> {
                three.countDown();
                pass(gate);
            }));
        }
        loop.changeLimit("ldap", limit -> limit.withConcurrency(3));
        pass(three);
        loop.changeLimit("ldap", limit -> limit.withConcurrency(1));
        gate.countDown();
        calls.forEach(Loops::get);
        assertThat(loop.stats().limits().get("ldap").options().concurrency()).isEqualTo(1);
    }

    @Test
    void bothOperationsOfAPairNeedAPermit() {
        EventLoop loop = withLimit(1);
        get(loop.call("pair")
                .limit("ldap")
                .next(
                        () -> {
                            inAndOut(1);
                            return 1;
                        },
                        () -> {
                            inAndOut(2);
                            return 2;
                        },
                        (a, b) -> order.add(a + b)));
        assertThat(most).hasValue(1);
        assertThat(order).containsExactly(1, 2, 3);
    }

    @Test
    void withAKeyTheTurnComesFirst() {
        EventLoop loop = withLimit(1);
        LoopFuture<Void> first = loop.call("first").key("k").limit("ldap").next(() -> pass(gate));
        LoopFuture<Void> second = loop.call("second").key("k").limit("ldap").next(() -> inAndOut(2));
        LoopFuture<Void> other = loop.call("other").key("other").limit("ldap").next(() -> inAndOut(1));
        gate.countDown();
        get(first);
        get(second);
        get(other);
        assertThat(order).containsExactlyInAnyOrder(1, 2);
        assertThat(most).hasValue(1);
    }

    // ------------------------------------------------------------------ how many in a time

    @Test
    void operationsOfARateAllRun() {
        EventLoop loop =
                loops.started(options -> options.withLimit("sms", limit -> limit.withRate(1, Duration.ofMillis(1))));
        List<LoopFuture<?>> calls = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            int number = i;
            calls.add(loop.call("sms").limit("sms").next(() -> inAndOut(number)));
        }
        calls.forEach(Loops::get);
        assertThat(System.nanoTime() - began).as("19 pauses of a millisecond").isGreaterThanOrEqualTo(19_000_000);
        assertThat(order).hasSize(20);
    }

    @Test
    void stopDoesNotWaitForARateAfterItsDeadline() {
        EventLoop loop =
                loops.started(options -> options.withLimit("sms", limit -> limit.withRate(1, Duration.ofDays(1))));
        get(loop.call("first").limit("sms").next(() -> 1));
        LoopFuture<Integer> second = loop.call("second").limit("sms").next(() -> 2);
        get(loop.stop(Duration.ofMillis(5)));
        assertThat(second.outcome()).isEqualTo(Outcome.STOPPED);
    }

    // ------------------------------------------------------------------ bounds and bad input

    @Test
    void oneTooManyIsRejected() {
        EventLoop loop = loops.started(options ->
                options.withLimit("ldap", limit -> limit.withConcurrency(1).withCapacity(1)));
        LoopFuture<Void> first = loop.call("first").limit("ldap").next(() -> pass(gate));
        LoopFuture<Integer> second = loop.call("second").limit("ldap").next(() -> 2);
        LoopFuture<Integer> third = loop.call("third").limit("ldap").next(() -> 3);
        assertThat(third.outcome()).isEqualTo(Outcome.REJECTED);
        assertThatThrownBy(third::join)
                .cause()
                .isInstanceOf(CallRejectedException.class)
                .hasMessageStartingWith("1 calls wait for limit 'ldap'");
        assertThat(loop.stats().limits().get("ldap").rejected()).isOne();
        gate.countDown();
        get(first);
        get(second);
    }

    @Test
    void unknownLimitIsRefusedWhereItIsNamed() {
        EventLoop loop = withLimit(1);
        assertThatThrownBy(() -> loop.call("a").limit("lpad"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'limit' must be one of [ldap] but was 'lpad'");
        assertThatThrownBy(() -> loop.changeLimit("lpad", limit -> limit))
                .hasMessageStartingWith("'limit' must be one of [ldap] but was 'lpad'");
    }

    @Test
    void propertyOfAnUnknownLimitHasBracketsWhereTheNameNeedsThem() {
        EventLoop loop = withLimit(1);
        assertThatThrownBy(() -> loop.call("a").limit("bank-2"))
                .hasMessageEndingWith("in Spring with 'pel.limits.bank-2.concurrency' or 'pel.limits.bank-2.rate'");
        assertThatThrownBy(() -> loop.call("a").limit("bank.eu"))
                .hasMessageEndingWith("in Spring with 'pel.limits[bank.eu].concurrency' or 'pel.limits[bank.eu].rate'");
    }

    @Test
    void wrongValuesNameTheLimit() {
        EventLoopOptions options = EventLoopOptions.defaults();
        assertThatThrownBy(() -> options.withLimit("ldap", limit -> limit.withConcurrency(0)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessage("'limit ldap concurrency' must be at least 1 but was 0");
        assertThatThrownBy(() -> options.withLimit("sms", limit -> limit.withRate(0, Duration.ofSeconds(1))))
                .hasMessage("'limit sms rate' must be at least 1 but was 0");
        assertThatThrownBy(() -> options.withLimit("sms", limit -> limit.withRate(1, Duration.ZERO)))
                .hasMessage("'limit sms time' must be more than zero but was 0 s");
        assertThatThrownBy(() -> options.withLimit(
                        "sms", limit -> limit.withRate(1, FOR_EVER).withBurst(0)))
                .hasMessage("'limit sms burst' must be at least 1 but was 0");
        assertThatThrownBy(() -> options.withLimit("sms", limit -> limit))
                .hasMessage("'limit sms concurrency' must be set, or 'rate' but was neither");
        assertThatThrownBy(() -> options.withLimit(" ", limit -> limit.withConcurrency(1)))
                .hasMessage("'limit name' must not be blank but was ' '");
    }

    @Test
    void whatHasNoOperationHasNoLimit() {
        EventLoop loop = withLimit(1);
        assertThatThrownBy(() -> loop.call("a").limit("ldap").enqueue(Lane.ACTIVE, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("'limit' is for operations, and enqueue(ACTIVE, …) of call 'a' has none: leave it out");
        assertThatThrownBy(() -> loop.call("a").limit("ldap").delay(Duration.ZERO, () -> {}))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> loop.call("a").limit("ldap").every(FOR_EVER).run(() -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void joinOfACallThatNeedsThePermitOfItsOwnOperationIsRefused() {
        EventLoop loop = withLimit(1);
        LoopFuture<Integer> outer = loop.call("outer").limit("ldap").next(() -> {
            LoopFuture<Integer> inner = loop.call("inner").limit("ldap").next(() -> 1);
            return inner.join();
        });
        assertThat(failureOf(outer))
                .isInstanceOf(WaitOnLoopThreadException.class)
                .hasMessageContaining(" waits for a permit of limit 'ldap', which comes only when ");
    }

    @Test
    void changeThatReturnsNothingIsRefused() {
        EventLoop loop = withLimit(1);
        assertThatThrownBy(() -> loop.changeLimit("ldap", limit -> null)).hasMessage("what 'change' returns");
        assertThat(loop.stats().limits().get("ldap").options().concurrency()).isEqualTo(1);
    }

    @Test
    void burstWithoutARateIsRefused() {
        assertThatThrownBy(() -> EventLoopOptions.defaults()
                        .withLimit("ldap", limit -> limit.withConcurrency(1).withBurst(2)))
                .isInstanceOf(InvalidOptionException.class)
                .hasMessageContaining("must come with a rate but was 2 without it");
    }

    @Test
    void concurrentSubmittersDoNotGoPastItsCapacity() {
        EventLoop loop = loops.started(options ->
                options.withLimit("ldap", limit -> limit.withConcurrency(1).withCapacity(1)));
        CallSpec spec = loop.call("a").limit("ldap");
        LoopFuture<Void> holder = spec.next(() -> gate.await());
        for (int round = 0; round < 200; round++) {
            List<LoopFuture<Integer>> calls = new CopyOnWriteArrayList<>();
            Runnable submits = () -> calls.add(spec.next(() -> 1));
            Loops.together(submits, submits);
            assertThat(loop.stats().limits().get("ldap").waiting()).isLessThanOrEqualTo(1);
            calls.forEach(call -> call.cancel(true));
        }
        gate.countDown();
        get(holder);
    }

    @Test
    void codeAttachedPastPelToACallThatHasEndedDoesNotHoldItsPermit() {
        EventLoop loop = withLimit(1);
        CallSpec spec = loop.call("a").limit("ldap");
        LoopFuture<Void> call = spec.next(() -> gate.await());
        CompletableFuture<Integer> after = CompletableFuture.allOf(call)
                .thenApply(nothing -> spec.next(() -> 1).join());
        gate.countDown();
        assertThat(get(after)).isEqualTo(1);
    }

    @Test
    void rateCanBeTakenOff() {
        EventLoop loop = loops.started(options ->
                options.withLimit("sms", limit -> limit.withRate(1, FOR_EVER).withConcurrency(1)));
        CallSpec spec = loop.call("a").limit("sms");
        get(spec.next(() -> 1));
        LoopFuture<Integer> waiting = spec.next(() -> 2);
        loop.changeLimit("sms", LimitOptions::withoutRate);
        assertThat(get(waiting)).isEqualTo(2);
    }

    /** The thread that waits looks for a ring of waits while the holder gives its permit back. */
    @Test
    void joinOfACallWhoseLimitIsJustGivenBackIsNoRing() {
        EventLoop loop = withLimit(1);
        for (int round = 0; round < 2_000; round++) {
            LoopFuture<Integer> outer = loop.next(() -> {
                loop.call("holder").limit("ldap").next(() -> 0);
                return loop.call("inner").limit("ldap").next(() -> 1).join();
            });
            assertThat(get(outer)).isEqualTo(1);
        }
    }
}
