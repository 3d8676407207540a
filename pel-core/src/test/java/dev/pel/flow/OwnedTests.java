package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Priority;
import dev.pel.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One operation at a time touches a resource that a loop owns; it is opened, opened again and closed for them. */
class OwnedTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile Exception openFails;
    private volatile IOException closeFails;

    /** Not thread-safe. */
    private final class Device implements AutoCloseable {
        final int number = opened.incrementAndGet();
        private final AtomicInteger users = new AtomicInteger();
        final List<Integer> written = new ArrayList<>();

        void write(int value) {
            assertThat(users.getAndIncrement()).isZero();
            written.add(value);
            users.getAndDecrement();
        }

        @Override
        public void close() throws IOException {
            events.add("closed " + number);
            if (closeFails != null) {
                throw closeFails;
            }
        }
    }

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private Device open() throws Exception {
        if (openFails != null) {
            throw openFails;
        }
        Device device = new Device();
        events.add("opened " + device.number);
        return device;
    }

    private Owned<Device> owned() {
        return loop().own(this::open, options -> options.withLabel("device"));
    }

    private static <T> LoopFuture<T> fails(Owned<?> owned, Throwable failure) {
        return owned.next(device -> {
            if (failure instanceof Exception e) {
                throw e;
            }
            throw (Error) failure;
        });
    }

    private static int numberOf(Owned<Device> owned) {
        return get(owned.next(device -> device.number));
    }

    private LoopFuture<Void> occupy(Owned<Device> owned) {
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<Void> call = owned.use(device -> {
            running.countDown();
            Loops.ignoreInterrupts(gate);
        });
        pass(running);
        return call;
    }

    // ------------------------------------------------------------------ used

    @Test
    void oneOperationAtATimeTouchesItInTheirOrder() {
        Owned<Device> owned = owned();
        for (int i = 0; i < 100; i++) {
            int number = i;
            owned.use(device -> device.write(number));
        }
        List<Integer> written = get(owned.next(device -> List.copyOf(device.written)));
        assertThat(written)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void bodyRunsOnTheActiveThreadBeforeTheNextOperation() {
        EventLoop loop = loop();
        Owned<Device> owned = loop.own(this::open);
        owned.next(device -> "operation", value -> events.add(value + ", body on " + loop.onActiveThread()));
        get(owned.use(device -> events.add("next")));
        assertThat(events).containsExactly("opened 1", "operation, body on true", "next");
    }

    @Test
    void itIsOpenedByTheFirstOperationOnAPassiveThread() {
        EventLoop loop = loop();
        Owned<String> owned = loop.own(() -> Thread.currentThread().getName());
        assertThat(owned.openings()).isZero();
        String thread = get(owned.next(name -> name));
        assertThat(thread).startsWith(loop.options().name() + "-passive");
        assertThat(owned.openings()).isEqualTo(1);
    }

    @Test
    void operationThatWasCancelledKeepsOthersAwayUntilItHasLeft() {
        Owned<Device> owned = owned();
        LoopFuture<Void> running = occupy(owned);
        running.cancel(true);
        LoopFuture<Void> next = owned.use(device -> events.add("next"));
        events.add("before");
        gate.countDown();
        get(next);
        assertThat(events).containsExactly("opened 1", "before", "next");
    }

    // ------------------------------------------------------------------ opened

    @Test
    void supplierThatFailsFailsTheCallAndTheNextOneTriesAgain() {
        Owned<Device> owned = owned();
        openFails = new IOException("planted");
        LoopFuture<?> call = owned.use(device -> device.write(1));
        assertThat(failureOf(call))
                .isInstanceOf(ResourceException.class)
                .hasMessage("'device' could not be opened: java.io.IOException: planted")
                .hasCause(openFails);
        openFails = null;
        get(owned.use(device -> device.write(1)));
        assertThat(events).containsExactly("opened 1");
    }

    @Test
    void supplierThatReturnsNullFailsTheCall() {
        assertThat(failureOf(loop().own(() -> null).next(nothing -> 1)))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("'owned' could not be opened")
                .hasMessageContaining("the supplier has returned null");
    }

    @Test
    void openingIsTriedAgainByTheRuleOfTheCall() {
        AtomicInteger attempts = new AtomicInteger();
        Owned<Integer> owned = loop().own(() -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IOException("planted");
            }
            return attempts.get();
        });
        Retry rule = Retry.times(5).backoff(Duration.ofMillis(1)).when(ResourceException.class::isInstance);
        int opened = get(owned.with(call -> call.retry(rule)).next(number -> number));
        assertThat(opened).isEqualTo(3);
    }

    // ------------------------------------------------------------------ opened again

    @Test
    void failureThatIsNotOfCodeAloneOpensItAgain() {
        Owned<Device> owned = owned();
        List<Throwable> breaking = List.of(
                new IOException("planted"),
                new UncheckedIOException(new IOException("planted")),
                new InterruptedException("planted"),
                new AssertionError("planted"));
        for (Throwable failure : breaking) {
            assertThat(failureOf(fails(owned, failure))).isSameAs(failure);
        }
        get(owned.use(device -> events.add("used " + device.number)));
        assertThat(events)
                .containsExactly(
                        "opened 1",
                        "closed 1",
                        "opened 2",
                        "closed 2",
                        "opened 3",
                        "closed 3",
                        "opened 4",
                        "closed 4",
                        "opened 5",
                        "used 5");
    }

    @Test
    void failureOfCodeAloneLeavesItOpen() {
        Owned<Device> owned = owned();
        awaitDone(fails(owned, new IllegalArgumentException("planted", new IllegalStateException("why"))));
        assertThat(numberOf(owned)).isEqualTo(1);
    }

    @Test
    void retriedOperationFindsItOpenedAgain() {
        Owned<Device> owned = owned();
        int number = get(owned.with(call -> call.retry(Retry.times(1).backoff(Duration.ZERO)))
                .next(device -> {
                    if (device.number == 1) {
                        throw new IOException("planted");
                    }
                    return device.number;
                }));
        assertThat(number).isEqualTo(2);
        assertThat(events).containsExactly("opened 1", "closed 1", "opened 2");
    }

    @Test
    void ruleSaysAfterWhichFailureItIsOpenedAgain() {
        Owned<Device> owned =
                loop().own(this::open, options -> options.withReopenAfter(IllegalStateException.class::isInstance));
        awaitDone(fails(owned, new IOException("planted")));
        awaitDone(fails(owned, new IllegalStateException("planted")));
        assertThat(numberOf(owned)).isEqualTo(2);
    }

    @Test
    void ruleThatThrowsIsToldWithTheFailureAndItIsOpenedAgain() {
        Owned<Device> owned = loop().own(
                        this::open,
                        options -> options.withReopenAfter(failure -> {
                            throw new IllegalStateException("of the rule");
                        }));
        IOException failure = new IOException("planted");
        assertThat(failureOf(fails(owned, failure))).isSameAs(failure);
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("of the rule");
        assertThat(numberOf(owned)).isEqualTo(2);
    }

    @Test
    void failureToCloseABrokenOneIsTold() {
        Owned<Device> owned = owned();
        closeFails = new IOException("does not close");
        assertThat(failureOf(fails(owned, new IOException("planted")))).hasMessage("planted");
        Loops.until(() -> failures.size() == 2);
        assertThat(failures)
                .extracting(failure -> failure.error().getMessage())
                .containsExactlyInAnyOrder(
                        "planted", "'device' could not be closed: java.io.IOException: does not close");
        assertThat(numberOf(owned)).isEqualTo(2);
        closeFails = null;
    }

    // ------------------------------------------------------------------ closed

    @Test
    void closeComesAfterWhatWasSubmittedBeforeAndEndsItForGood() {
        Owned<Device> owned = owned();
        LoopFuture<Void> before = owned.use(device -> events.add("used"));
        LoopFuture<Void> closing = owned.close();
        LoopFuture<Void> after = owned.use(device -> events.add("after"));
        get(before);
        get(closing);
        assertThat(failureOf(after))
                .isInstanceOf(ResourceException.class)
                .hasMessage("'device' has been closed: make another one with 'own'");
        get(owned.close());
        assertThat(events).containsExactly("opened 1", "used", "closed 1");
    }

    @Test
    void closeOfOneThatIsNotOpenOpensNothing() {
        Owned<Device> owned = owned();
        get(owned.close());
        assertThat(events).isEmpty();
    }

    @Test
    void closeThatFailsFailsItsHandle() {
        Owned<Device> owned = owned();
        get(owned.use(device -> device.write(1)));
        closeFails = new IOException("does not close");
        assertThat(failureOf(owned.close()))
                .isInstanceOf(ResourceException.class)
                .hasCause(closeFails);
    }

    @Test
    void closerOfTheOptionsClosesIt() {
        Owned<String> owned =
                loop().own(() -> "it", options -> options.withCloser(resource -> events.add("closed " + resource)));
        get(owned.use(resource -> {}));
        get(owned.close());
        assertThat(events).containsExactly("closed it");
    }

    // ------------------------------------------------------------------ the stop of the loop

    @Test
    void stopClosesItWhenAllElseHasDrainedAndTheNextRunOpensItAgain() {
        EventLoop loop = loop();
        Owned<Device> owned = loop.own(this::open);
        LoopFuture<Void> running = occupy(owned);
        LoopFuture<Void> waiting = owned.use(device -> events.add("used"));
        var stop = loop.stop(LONG);
        gate.countDown();
        get(stop);
        get(running);
        get(waiting);
        assertThat(events).containsExactly("opened 1", "used", "closed 1");
        loop.start();
        assertThat(numberOf(owned)).isEqualTo(2);
    }

    @Test
    void operationThatOutlivesTheStopClosesItAtItsEnd() {
        EventLoop loop = loops.started(
                options -> options.withErrorHandler(failures::add).withInterruptGrace(Duration.ofMillis(20)));
        Owned<Device> owned = loop.own(this::open);
        LoopFuture<Void> running = occupy(owned);
        get(loop.forceStop());
        assertThat(running.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(events).containsExactly("opened 1");
        loop.start();
        assertThat(failureOf(owned.next(device -> 1)))
                .isInstanceOf(ResourceException.class)
                .hasMessageStartingWith("'owned' is in use elsewhere");
        gate.countDown();
        Loops.until(() -> events.contains("closed 1"));
        Loops.until(() -> {
            LoopFuture<Integer> call = owned.next(device -> device.number);
            awaitDone(call);
            return call.outcome() == Outcome.SUCCEEDED;
        });
        assertThat(events).containsExactly("opened 1", "closed 1", "opened 2");
    }

    @Test
    void closeThatFailsAtTheStopIsTold() {
        EventLoop loop = loop();
        Owned<Device> owned = loop.own(this::open, options -> options.withLabel("device"));
        get(owned.use(device -> device.write(1)));
        closeFails = new IOException("does not close");
        get(loop.stop(LONG));
        Loops.until(() -> failures.size() == 1);
        assertThat(failures.get(0).error()).hasMessageContaining("'device' could not be closed");
        assertThat(failures.get(0).label()).isEqualTo("device");
    }

    @Test
    void oneThatHasBeenClosedIsNotClosedAgainAtTheStop() {
        EventLoop loop = loop();
        Owned<Device> owned = loop.own(this::open);
        get(owned.use(device -> device.write(1)));
        get(owned.close());
        get(loop.stop(LONG));
        assertThat(events).containsExactly("opened 1", "closed 1");
    }

    @Test
    void descriptionOfAnotherLoopsCallsIsRefused() {
        EventLoop loop = loops.started();
        EventLoop other = loops.started();
        Owned<Integer> owned = loop.own(() -> 1);
        assertThatThrownBy(() -> owned.with(calls -> other.call("elsewhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "'change' must return a changed copy of what it is given, which describes calls of loop '%s', but returned"
                                + " 'elsewhere', which describes calls of loop '%s'",
                        loop.options().name(), other.options().name());
        int used = get(owned.with(calls -> loop.call("here")).next(number -> number));
        assertThat(used).isEqualTo(1);
    }

    @Test
    void keyOfItsCallsIsItsOwn() {
        Owned<Device> owned = owned();
        String refusal =
                "'key' is for calls without an order, and those of owned 'device' come in turn already: leave it out";
        assertThatThrownBy(() -> owned.with(call -> call.key("another")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> owned.with(call -> call.timeout(LONG)).with(call -> call.key("another")))
                .hasMessage(refusal);
        CallSpec keyed = loops.started().call("keyed").key("k");
        assertThatThrownBy(() -> new Owned<>(keyed, this::open, OwnedOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void allOtherTermsOfItsCallsHold() {
        EventLoop loop = loops.started(options -> options.withLimit("one", limit -> limit.withConcurrency(1)));
        Owned<Device> owned = loop.own(this::open);
        Owned<Device> unwanted = owned.with(
                call -> call.limit("one").priority(Priority.LOW).timeout(LONG).onlyWhile(() -> false));
        LoopFuture<Integer> skipped = unwanted.next(device -> device.number);
        awaitDone(skipped);
        assertThat(skipped.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(opened).hasValue(0);
    }

    @Test
    void closeOfAViewHasNoneOfItsTerms() {
        Owned<Device> owned = owned();
        get(owned.use(device -> device.write(1)));
        get(owned.with(call -> call.onlyWhile(() -> false)).close());
        assertThat(events).containsExactly("opened 1", "closed 1");
    }

    @Test
    void nullAndBlankAreRefused() {
        EventLoop loop = loop();
        Owned<Device> owned = loop.own(this::open);
        assertThatThrownBy(() -> loop.own(null)).hasMessage("supplier");
        assertThatThrownBy(() -> loop.own(this::open, null)).hasMessage("options");
        assertThatThrownBy(() -> loop.own(this::open, options -> null)).hasMessage("what 'options' returns");
        assertThatThrownBy(() -> owned.next(null)).hasMessage("operation");
        assertThatThrownBy(() -> owned.next(null, value -> {})).hasMessage("operation");
        assertThatThrownBy(() -> owned.next(device -> 1, null)).hasMessage("body");
        assertThatThrownBy(() -> owned.use(null)).hasMessage("operation");
        assertThatThrownBy(() -> owned.with(null)).hasMessage("change");
        OwnedOptions<Device> options = OwnedOptions.defaults();
        assertThatThrownBy(() -> options.withLabel(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'label' must not be blank but was ' '");
        assertThatThrownBy(() -> options.withCloser(null)).hasMessage("closer");
        assertThatThrownBy(() -> options.withReopenAfter(null)).hasMessage("failures");
    }
}
