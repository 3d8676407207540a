package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.pel.CallInfo;
import dev.pel.CallStoppedException;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StopReport;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A failure that comes when its call has ended already is counted and told, unless it is the echo of pel's own interrupt. */
class LateFailureTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    private EventLoop recording() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private void failAtTheGate(Exception error) throws Exception {
        running.countDown();
        Loops.ignoreInterrupts(gate);
        throw error;
    }

    private List<Failure> late() {
        return failures.stream().filter(Failure::late).toList();
    }

    private void isToldOnce(EventLoop loop, Lane lane, Throwable error) {
        gate.countDown();
        await().atMost(LONG).until(() -> !late().isEmpty());
        await().atMost(LONG).until(() -> loop.stats().lane(lane).late() == 1);
        get(loop.stop(LONG));
        assertThat(late()).singleElement().satisfies(failure -> {
            assertThat(failure.error()).isSameAs(error);
            assertThat(failure.lane()).isEqualTo(lane);
            assertThat(failure.label()).isEqualTo("order");
        });
        assertThat(loop.stats().lane(lane).abandoned()).isZero();
    }

    static Stream<Consumer<LoopFuture<?>>> ends() {
        return Stream.of(
                call -> call.cancel(true),
                call -> call.cancel(false),
                call -> call.complete(null),
                call -> call.completeExceptionally(new IllegalStateException("by others")),
                call -> Loops.awaitDone(call.orTimeout(1, TimeUnit.MILLISECONDS)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    @Tag("slow")
    void failureOfAnOperationAfterItsEndIsToldAsLate(Consumer<LoopFuture<?>> end) {
        EventLoop loop = recording();
        Exception error = new NullPointerException("x");
        LoopFuture<?> call = loop.call("order").next(() -> failAtTheGate(error));
        pass(running);
        end.accept(call);
        isToldOnce(loop, Lane.PASSIVE, error);
    }

    @ParameterizedTest
    @MethodSource("ends")
    @Tag("slow")
    void failureOfABodyAfterItsEndIsToldAsLate(Consumer<LoopFuture<?>> end) {
        EventLoop loop = recording();
        Exception error = new NullPointerException("x");
        LoopFuture<?> call = loop.call("order").next(() -> 1, one -> failAtTheGate(error));
        pass(running);
        end.accept(call);
        isToldOnce(loop, Lane.ACTIVE, error);
    }

    @Test
    void failureOfAFunctionAfterItsHandleHasEndedIsToldAsLate() {
        EventLoop loop = recording();
        RuntimeException error = new NullPointerException("x");
        LoopFuture<?> dependent = loop.call("order").next(() -> 1).thenApply(one -> {
            running.countDown();
            pass(gate);
            throw error;
        });
        pass(running);
        dependent.cancel(true);
        isToldOnce(loop, Lane.ACTIVE, error);
    }

    @Test
    void failureThatSomethingIsAttachedToIsToldAsWellWhenItComesLate() {
        EventLoop loop = recording();
        Exception error = new NullPointerException("x");
        LoopFuture<?> call = loop.call("order").next(() -> failAtTheGate(error));
        LoopFuture<Throwable> seen = call.handle((value, end) -> end);
        pass(running);
        call.cancel(true);
        assertThat(get(seen)).isNotSameAs(error);
        isToldOnce(loop, Lane.PASSIVE, error);
    }

    @Test
    void supplierOfAnEndedFutureThatFailsIsToldAsLate() {
        EventLoop loop = recording();
        RuntimeException error = new NullPointerException("x");
        LoopFuture<Integer> future = (LoopFuture<Integer>) loop.next(() -> 1).<Integer>newIncompleteFuture();
        future.completeAsync(() -> {
            running.countDown();
            pass(gate);
            throw error;
        });
        pass(running);
        future.cancel(true);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(late()).extracting(Failure::error).containsExactly(error);
    }

    // ------------------------------------------------------------------ echoes

    static Stream<Exception> echoes() {
        return Stream.of(
                new InterruptedException(),
                new ClosedByInterruptException(),
                new InterruptedIOException(),
                new IllegalStateException("wrapped", new RuntimeException(new InterruptedException())));
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void echoOfTheInterruptIsNoFailure(Exception echo) {
        EventLoop loop = recording();
        LoopFuture<?> call = loop.next(() -> failAtTheGate(echo));
        pass(running);
        call.cancel(true);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(failures).isEmpty();
        assertThat(loop.stats().lane(Lane.PASSIVE).late()).isZero();
    }

    @Test
    void timeoutOfASocketIsNoEcho() {
        EventLoop loop = recording();
        Exception error = new SocketTimeoutException("x");
        LoopFuture<?> call = loop.call("order").next(() -> failAtTheGate(error));
        pass(running);
        call.cancel(true);
        isToldOnce(loop, Lane.PASSIVE, error);
    }

    @Test
    void interruptThatIsNotPelsIsNoEcho() {
        EventLoop loop = recording();
        Exception error = new InterruptedException("of the application's own");
        LoopFuture<?> call = loop.call("order").next(() -> failAtTheGate(error));
        pass(running);
        call.cancel(false);
        isToldOnce(loop, Lane.PASSIVE, error);
    }

    @Test
    void operationThatTheStopInterruptsIsNoFailureWhateverItWaitsFor() {
        EventLoop loop = recording();
        CountDownLatch inner = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> {
            LoopFuture<?> waited = loop.next(() -> {
                inner.countDown();
                Loops.block(new CountDownLatch(1));
            });
            pass(inner); // so that it runs on another thread
            waited.join();
        });
        pass(inner);
        get(loop.forceStop());
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(failures).isEmpty();
        assertThat(loop.stats().unhandled()).isZero();
    }

    /** As the end of a call that it waits for, which the stop has ended a moment before its own. */
    private static void failWithTheStop(EventLoop loop, CountDownLatch began) {
        began.countDown();
        while (loop.state() == LoopState.RUNNING) {
            Thread.onSpinWait();
        }
        throw new CallStoppedException("x");
    }

    @Test
    void functionThatFailsBecauseTheLoopStopsIsStopped() {
        EventLoop loop = recording();
        LoopFuture<?> dependent = loop.next(() -> 1).thenAccept(one -> failWithTheStop(loop, running));
        pass(running);
        get(loop.forceStop());
        awaitDone(dependent);
        assertThat(dependent.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(failures).isEmpty();
    }

    @Test
    void functionThatFailsAfterTheStopIsToldWhateverItThrows() {
        EventLoop loop = recording();
        LoopFuture<Integer> done = loop.next(() -> 1);
        get(done);
        get(loop.stop(LONG));
        RuntimeException error = new UncheckedIOException(new InterruptedIOException("of a timeout"));
        LoopFuture<?> dependent = done.thenAccept(one -> {
            pass(gate);
            throw error;
        });
        gate.countDown(); // the handle is bound
        awaitDone(dependent);
        assertThat(dependent.outcome()).isEqualTo(Outcome.FAILED);
        await().atMost(LONG).until(() -> !failures.isEmpty());
        assertThat(failures).extracting(Failure::error).containsExactly(error);
    }

    @Test
    void operationThatFailsBecauseTheLoopStopsIsStopped() {
        EventLoop loop = recording();
        LoopFuture<?> call = loop.next(() -> failWithTheStop(loop, running));
        pass(running);
        StopReport report = get(loop.forceStop());
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.calls().interrupted()).isEqualTo(1);
        assertThat(loop.stats().lane(Lane.PASSIVE).late()).isZero();
        assertThat(failures).isEmpty();
    }

    /** A listener holds the watchdog up where it ends one of the calls, so the other one ends on its own thread. */
    @Test
    void codeAttachedToACallThatTheStopMakesFailIsNotInterrupted() {
        CountDownLatch isEnded = new CountDownLatch(1);
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waiting, long ran) {
                if (Thread.currentThread().getName().endsWith("-watch")) {
                    running.countDown();
                    pass(isEnded);
                }
            }
        }));
        CountDownLatch both = new CountDownLatch(2);
        AtomicBoolean isInterrupted = new AtomicBoolean();
        List<CompletableFuture<Void>> attached = Stream.generate(() -> loop.next(() -> {
                    both.countDown();
                    Loops.ignoreInterrupts(running);
                    throw new CallStoppedException("x");
                }))
                .limit(2)
                .map(call -> CompletableFuture.allOf(call).whenComplete((nothing, error) -> {
                    isInterrupted.compareAndSet(false, Thread.currentThread().isInterrupted());
                    isEnded.countDown();
                }))
                .toList();
        pass(both);
        get(loop.forceStop());
        attached.forEach(Loops::awaitDone);
        assertThat(isInterrupted).isFalse();
    }

    @Test
    void commandThatFailsBecauseTheLoopStopsIsCutOff() {
        EventLoop loop = recording();
        loop.executor(Lane.ACTIVE).execute(() -> failWithTheStop(loop, running));
        pass(running);
        StopReport report = get(loop.forceStop());
        assertThat(report.calls().interrupted()).isEqualTo(1);
        assertThat(loop.stats().lane(Lane.ACTIVE).outcomes()).containsEntry(Outcome.STOPPED, 1L);
        assertThat(failures)
                .singleElement()
                .extracting(Failure::error)
                .asString()
                .contains("stopped before 1 command(s)");
    }

    @Test
    void bodyThatFailsBecauseTheLoopStopsIsStopped() {
        EventLoop loop = recording();
        LoopFuture<?> call = loop.enqueue(Lane.ACTIVE, () -> failWithTheStop(loop, running));
        pass(running);
        StopReport report = get(loop.forceStop());
        assertThat(call.outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.calls().interrupted()).isEqualTo(1);
        assertThat(loop.stats().lane(Lane.ACTIVE).late()).isZero();
        assertThat(failures).isEmpty();
    }

    // ------------------------------------------------------------------ where it goes

    @Test
    void lateFailureIsLoggedAsSuch() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(EventLoop.class);
        log.start();
        logger.addAppender(log);
        try {
            EventLoop loop = loops.started();
            LoopFuture<?> call = loop.next(() -> failAtTheGate(new NullPointerException("x")));
            pass(running);
            call.cancel(true);
            gate.countDown();
            get(loop.stop(LONG));
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anySatisfy(line -> assertThat(line).contains("the failure came late"));
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    @Tag("slow")
    void lateFailureAfterTheEndOfTheActiveThreadIsToldAndCounted() {
        EventLoop loop = loops.started(
                options -> options.withInterruptGrace(java.time.Duration.ZERO).withErrorHandler(failures::add));
        loop.next(() -> failAtTheGate(new NullPointerException("x")));
        pass(running);
        CompletableFuture<StopReport> stop = loop.forceStop();
        assertThat(get(stop).stuck()).hasSize(1);
        gate.countDown();
        await().atMost(LONG).until(() -> late().size() == 1);
        assertThat(loop.stats().unhandled()).isEqualTo(1);
    }
}
