package dev.pel.promises;

import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    static Stream<Method> methods() {
        return Arrays.stream(LoopFuture.class.getMethods())
                .filter(method -> method.getDeclaringClass().getPackage() == LoopFuture.class.getPackage()
                        && !Modifier.isStatic(method.getModifiers()));
    }

    /** One that did would fail at once, because there is none. */
    @ParameterizedTest
    @MethodSource("methods")
    void noMethodOfAHandleNeedsALoop(Method method) throws IllegalAccessException {
        boolean waits = method.getParameterCount() == 0 && Set.of("get", "join").contains(method.getName());
        for (CompletableFuture<Integer> handle : List.of(
                LoopFuture.completed(1),
                LoopFuture.<Integer>failed(new IllegalStateException("x")),
                LoopFuture.completed(1).<Integer>newIncompleteFuture())) {
            if (handle.isDone() || !waits) {
                assertThat(thrownBy(method, handle)).isNotEqualTo(NullPointerException.class);
            }
        }
    }

    private static @Nullable Class<?> thrownBy(Method method, Object handle) throws IllegalAccessException {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(LooplessFutureTests::argument)
                .toArray();
        try {
            method.setAccessible(true); // of a public method of a class that is not
            method.invoke(handle, arguments);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause().getClass();
        }
    }

    private static Object argument(Class<?> type) {
        if (type == long.class) {
            return 1L;
        } else if (type == boolean.class) {
            return true;
        } else if (type == TimeUnit.class) {
            return TimeUnit.MILLISECONDS;
        } else if (type == Executor.class) {
            return (Executor) Runnable::run;
        } else if (type == CompletionStage.class) {
            return LoopFuture.completed(2);
        } else if (type == Throwable.class) {
            return new IllegalStateException("y");
        }
        return type.isInterface() ? functionOf(type) : 3;
    }

    private static Object functionOf(Class<?> type) {
        return Proxy.newProxyInstance(
                LoopFuture.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }
}
