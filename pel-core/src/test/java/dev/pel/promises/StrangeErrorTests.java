package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Task;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error whose own methods fail is told as any other, and all that depends on it ends. */
class StrangeErrorTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop recording() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    /** Its message needs what it does not have. */
    private static final class NoMessage extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code = Objects.requireNonNullElse(System.getProperty("there is no such property"), "");

        @Override
        public String getMessage() {
            return "code " + code.charAt(0);
        }
    }

    /** As a mocked one. */
    private static final class NoTrace extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        @SuppressWarnings({"NullAway", "ReturnsNullArray"}) // as a mock does
        public StackTraceElement[] getStackTrace() {
            return null;
        }
    }

    static Stream<RuntimeException> strangeErrors() {
        return Stream.of(new NoMessage(), new NoTrace());
    }

    @ParameterizedTest
    @MethodSource("strangeErrors")
    void errorThatCannotTellOfItselfIsReportedWhereverItIsThrown(RuntimeException error) {
        EventLoop loop = recording();
        loop.executor(Lane.ACTIVE).execute(() -> {
            throw error;
        });
        loop.enqueue(Lane.ACTIVE, (Task) () -> {
            throw error;
        });
        loop.next((Task) () -> {
            throw error;
        });
        loop.next(() -> 1, one -> {
            throw error;
        });
        loop.next(() -> 1).thenAccept(one -> {
            throw error;
        });
        loop.next(() -> 1).thenCompose(one -> CompletableFuture.failedFuture(error));
        await().atMost(LONG).until(() -> failures.size() == 6);
        assertThat(failures)
                .allSatisfy(failure -> assertThat(failure.error() == error).isTrue());
    }

    @ParameterizedTest
    @MethodSource("strangeErrors")
    void errorThatCannotTellOfItselfEndsWhatDependsOnIt(RuntimeException error) {
        EventLoop loop = recording();
        CompletableFuture<Integer> outside = CompletableFuture.failedFuture(error);
        LoopFuture<Integer> failing = loop.next(() -> 1).thenApply(one -> {
            throw error;
        });
        Loops.awaitDone(failing); // else the join below would stop the active thread, and be refused
        List<LoopFuture<?>> handles = List.of(
                failing.thenApply(one -> one),
                failing.thenCombine(loop.next(() -> 1), Integer::sum),
                loop.next(() -> 1).thenCombine(outside, Integer::sum),
                loop.next(() -> 1).thenCompose(one -> outside),
                loop.next(() -> 1).thenApplyAsync(one -> failing.join(), Runnable::run),
                loop.<Integer>next(() -> 1).completeAsync(() -> {
                    throw error;
                }),
                loop.next(
                        () -> {
                            throw error;
                        },
                        () -> 1,
                        (one, two) -> {}));
        for (LoopFuture<?> handle : handles.subList(0, 5)) {
            assertThat(Loops.failureOf(handle) == error)
                    .as("handle %d", handles.indexOf(handle))
                    .isTrue();
        }
        handles.forEach(Loops::awaitDone);
    }

    /** The JDK cannot wrap it for what is attached through its own API, and stops there; pel goes on behind that. */
    @ParameterizedTest
    @MethodSource("strangeErrors")
    void errorThatCannotTellOfItselfReachesAllThatIsAttachedToAHandle(RuntimeException error) {
        EventLoop loop = recording();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> pass(gate));
        LoopFuture<?> before = call.exceptionally(failure -> null);
        LoopFuture<?> composed = call.thenCompose(nothing -> loop.next(() -> 1));
        CompletableFuture<Void> all = CompletableFuture.allOf(call);
        LoopFuture<?> behind = call.exceptionally(failure -> null);
        assertThat(call.completeExceptionally(error)).isTrue();
        gate.countDown();
        get(before);
        get(behind);
        assertThat(Loops.failureOf(composed) == error).isTrue();
        all.cancel(true);
    }
}
