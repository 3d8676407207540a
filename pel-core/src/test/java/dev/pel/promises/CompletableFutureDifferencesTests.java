package dev.pel.promises;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallStoppedException;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.WaitOnLoopThreadException;
import dev.pel.promises.TriedFuture.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where handles differ from the JDK's futures on purpose; docs/dev/decisions.md has the reason of each. There are no others. */
class CompletableFutureDifferencesTests {
    @RegisterExtension
    static final TriedFutures FUTURES = new TriedFutures();

    /** A difference: the words by which the document names it, and what the JDK's future and what a handle answers to the same. */
    private enum Difference {
        OBTRUDED_VALUE(
                "`obtrudeValue`",
                "done",
                "UnsupportedOperationException",
                future -> answer(() -> future.obtrudeValue(1))),
        OBTRUDED_EXCEPTION(
                "`obtrudeException`",
                "done",
                "UnsupportedOperationException",
                future -> answer(() -> future.obtrudeException(new IllegalStateException("x")))),
        CLASS(
                "class of",
                "CompletableFuture",
                "LoopFuture",
                future -> future.newIncompleteFuture().getClass().getSimpleName()),
        MINIMAL_STAGE(
                "`minimalCompletionStage`",
                "true",
                "false",
                future -> String.valueOf(future.minimalCompletionStage() instanceof Future)),
        INLINE("on the spot", "true", "false", future -> {
            Thread thread = Thread.currentThread();
            future.complete(1);
            return Boolean.toString(Loops.get(future.thenApply(one -> Thread.currentThread() == thread)));
        }),
        REFUSED_SUPPLIER(
                "`completeAsync`",
                "RejectedExecutionException",
                "done",
                future -> answer(() -> future.completeAsync(() -> 1, command -> {
                    throw new RejectedExecutionException("full");
                }))),
        WAIT_ON_THE_ACTIVE_THREAD("`get` and `join` on the active thread", "waits", "refuses", future -> {
            CompletableFuture<Boolean> refused = new CompletableFuture<>();
            LoopFuture<Void> body = FUTURES.loop().enqueue(Lane.ACTIVE, () -> {
                try {
                    future.get(1, TimeUnit.NANOSECONDS);
                } catch (WaitOnLoopThreadException | TimeoutException e) {
                    refused.complete(e instanceof WaitOnLoopThreadException);
                }
            });
            Loops.get(body);
            return Loops.get(refused) ? "refuses" : "waits";
        }),
        TIMEOUT("`orTimeout`", "TimeoutException", "CallTimeoutException", future -> {
            future.orTimeout(1, TimeUnit.NANOSECONDS);
            return Loops.get(future.handle((value, error) -> error)).getClass().getSimpleName();
        }),
        SOMEBODY_ELSES_END("end of something else", "false", "true", future -> {
            future.completeExceptionally(new CallStoppedException("other"));
            Throwable error = Loops.get(future.handle((value, e) -> e));
            return String.valueOf(error instanceof CompletionException);
        });

        private final String words;
        private final String ofTheJdk;
        private final String ofAHandle;
        private final Function<CompletableFuture<Integer>, String> question;

        Difference(
                String words,
                String ofTheJdk,
                String ofAHandle,
                Function<CompletableFuture<Integer>, String> question) {
            this.words = words;
            this.ofTheJdk = ofTheJdk;
            this.ofAHandle = ofAHandle;
            this.question = question;
        }

        private static String answer(Runnable action) {
            try {
                action.run();
                return "done";
            } catch (RuntimeException e) {
                return e.getClass().getSimpleName();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Difference.class)
    void handleDiffersFromTheJdksFuture(Difference difference) {
        assertThat(difference.question.apply(FUTURES.of(Kind.PLAIN).future)).isEqualTo(difference.ofTheJdk);
        assertThat(difference.question.apply(FUTURES.of(Kind.MADE).future)).isEqualTo(difference.ofAHandle);
    }

    @ParameterizedTest
    @EnumSource(Difference.class)
    void documentSaysWhy(Difference difference) throws Exception {
        String document = Files.readString(Path.of("..", "docs", "dev", "decisions.md"));
        int start = document.indexOf("**Where a handle is no future of the JDK's.**");
        assertThat(document.substring(start, document.indexOf("\n\n**", start))).contains(difference.words);
    }
}
