package dev.pel;

import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handles that belong to no loop. That they keep each rule of the JDK's futures is tried with those, see {@link TriedFuture}. */
class LooplessFutureTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void completedHandleHasItsValue() {
        LoopFuture<String> handle = LoopFuture.completed("order 7");
        assertThat(handle).isCompletedWithValue("order 7");
        assertThat(handle.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(handle.resultNow()).isEqualTo("order 7");
        assertThat(LoopFuture.completed(null).join()).isNull();
    }

    @Test
    void failedHandleHasItsError() {
        IllegalStateException error = new IllegalStateException("no such order");
        LoopFuture<String> handle = LoopFuture.failed(error);
        assertThat(handle.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(handle.exceptionNow()).isSameAs(error);
        assertThatThrownBy(handle::join).isInstanceOf(CompletionException.class).hasCause(error);
        assertThatThrownBy(() -> LoopFuture.failed(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("error");
    }

    @Test
    void handleThatFailedWithACancellationIsCancelled() {
        LoopFuture<String> handle = LoopFuture.failed(new CancellationException());
        assertThat(handle).isCancelled();
        assertThat(handle.outcome()).isEqualTo(Outcome.CANCELLED);
    }

    @Test
    void endOfAnotherCallIsAFailureOfTheHandle() {
        EventLoop loop = loops.started();
        get(loop.forceStop());
        Throwable refusal = Loops.failureOf(loop.next(() -> 1));
        LoopFuture<String> handle = LoopFuture.failed(refusal);
        assertThat(refusal).isInstanceOf(CallRejectedException.class);
        assertThat(handle.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(handle.exceptionNow()).isSameAs(refusal);
    }

    @Test
    void dependentRunsAtOnceOnTheThreadThatAttachesIt() {
        List<Thread> ran = new ArrayList<>();
        LoopFuture<Integer> dependent = LoopFuture.completed(1).thenApply(one -> {
            ran.add(Thread.currentThread());
            return one + 1;
        });
        assertThat(ran).containsExactly(Thread.currentThread());
        assertThat(dependent.outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(dependent.join()).isEqualTo(2);
    }

    @Test
    void dependentThatTheLoopMakesOfItRunsOnTheActiveThread() {
        EventLoop loop = loops.started();
        LoopFuture<Boolean> composed =
                loop.next(() -> 1).thenCompose(LoopFuture::completed).thenApply(one -> loop.onActiveThread());
        LoopFuture<Boolean> combined = loop.next(() -> 1)
                .thenCombine(LoopFuture.completed(2), (one, two) -> one + two == 3 && loop.onActiveThread());
        assertThat(get(composed)).isTrue();
        assertThat(get(combined)).isTrue();
    }

    @Test
    void failureGoesThroughAChainOfTheLoop() {
        IllegalStateException error = new IllegalStateException("no such order");
        LoopFuture<Object> composed = loops.started().next(() -> 1).thenCompose(one -> LoopFuture.failed(error));
        assertThat(Loops.failureOf(composed)).isSameAs(error);
    }

    @Test
    void allOfSeesTheEndOfAnOpenOne() {
        CompletableFuture<Integer> open = LoopFuture.completed(0).newIncompleteFuture();
        CompletableFuture<Void> all = CompletableFuture.allOf(open, LoopFuture.completed(2));
        assertThat(all).isNotDone();
        open.complete(1);
        assertThat(all).isDone();
    }

    /** A method that is not handed on would ask for a loop that is not there. */
    @Test
    void everyMethodOfAHandleIsHandedOn() {
        Set<String> own = signatures(LooplessFuture.class);
        assertThat(signatures(LoopFuture.class))
                .filteredOn(signature -> !signature.startsWith("obtrude")) // refused in both
                .isSubsetOf(own);
    }

    private static Set<String> signatures(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && !Modifier.isStatic(method.getModifiers())
                        && !method.isBridge()
                        && !method.isSynthetic())
                .map(LooplessFutureTests::signature)
                .collect(Collectors.toSet());
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
