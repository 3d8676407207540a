package dev.pel.promises;

import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static dev.pel.Loops.occupy;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promises 2 and 6: every call ends exactly once, and cancel and timeout are real. */
class CallEndTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void returnedCallHasSucceeded() {
        LoopFuture<Integer> call = loops.started().next(() -> 1);
        assertThat(get(call)).isEqualTo(1);
        assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void unfinishedCallHasNoOutcome() {
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> call = occupy(loops.withOnePassiveThread(), gate);
        assertThat(call.outcome()).isNull();
        gate.countDown();
    }

    @Test
    void handleCarriesTheOriginalThrowable() {
        IOException original = new IOException("disk");
        LoopFuture<?> call = loops.started().next(() -> {
            throw original;
        });
        assertThatThrownBy(call::join).isInstanceOf(CompletionException.class).hasCause(original);
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void throwingBodyFailsTheCall() {
        IOException original = new IOException("body");
        LoopFuture<?> call = loops.started().next(() -> 1, one -> {
            throw original;
        });
        assertThat(failureOf(call)).isSameAs(original);
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void bodyOfAFailedOperationDoesNotRun() {
        EventLoop loop = loops.started();
        AtomicBoolean ran = new AtomicBoolean();
        LoopFuture<?> call = loop.next(
                () -> {
                    throw new IOException("op");
                },
                value -> ran.set(true));
        assertThat(failureOf(call)).hasMessage("op");
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(ran).isFalse();
    }

    @Test
    void completeEndsTheCallWithTheGivenValue() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            running.countDown();
            try {
                block(new CountDownLatch(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return 1;
        });
        pass(running);
        assertThat(call.complete(9)).isTrue();
        assertThat(get(call)).isEqualTo(9);
        assertThat(call.complete(10)).isFalse();
        assertThat(call.completeExceptionally(new IOException())).isFalse();
        assertThat(call.cancel(true)).isFalse();
        pass(interrupted);
        assertThat(loop.stats().lane(Lane.PASSIVE).ended(Outcome.SUCCEEDED)).isEqualTo(1);
    }

    @Test
    void completeExceptionallyEndsTheCallWithTheGivenFailure() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> call = occupy(loop, gate);
        IOException given = new IOException("given");
        assertThat(call.completeExceptionally(given)).isTrue();
        assertThat(failureOf(call)).isSameAs(given);
        assertThat(call.outcome()).isEqualTo(Outcome.FAILED);
        gate.countDown();
    }

    @Test
    void completeAsyncCompletesTheHandle() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        occupy(loop, gate);
        LoopFuture<Integer> queued = loop.next(() -> 1);
        assertThat(get(queued.completeAsync(() -> 3))).isEqualTo(3);
        gate.countDown();
    }

    @Test
    void obtrudingIsRefused() {
        LoopFuture<Integer> call = loops.started().next(() -> 1);
        get(call);
        assertThatThrownBy(() -> call.obtrudeValue(2)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> call.obtrudeException(new IOException()))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(get(call)).isEqualTo(1);
    }

    @Test
    void failureOfOneOfTwoOperationsFailsTheHandle() {
        EventLoop loop = loops.started();
        LoopFuture<Void> both = loop.next(
                () -> 1,
                () -> {
                    throw new IOException("second");
                },
                (a, b) -> {});
        assertThat(failureOf(both)).hasMessage("second");
    }

    @Test
    void failureOfTheBodyOfTwoOperationsFailsTheHandle() {
        LoopFuture<Void> both = loops.started().next(() -> 1, () -> 2, (a, b) -> {
            throw new IOException("body");
        });
        assertThat(failureOf(both)).hasMessage("body");
    }

    @Test
    void flagThatCodeAttachedPastPelLeavesSetIsClearForTheNext() {
        EventLoop loop = loops.withOnePassiveThread();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> first = occupy(loop, gate);
        CompletableFuture<?> inline = CompletableFuture.allOf(first)
                .thenRun(() -> Thread.currentThread().interrupt());
        LoopFuture<Boolean> next = loop.next(() -> Thread.currentThread().isInterrupted());
        gate.countDown();
        get(inline);
        assertThat(get(next)).isFalse();
    }
}
