package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the failures of items. */
class ForEachFailureTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void firstFailureEndsTheStreamWhenThoseInFlightHaveEnded() {
        EventLoop loop = loop();
        List<CompletableFuture<Object>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = loop.forEach(numbers(100))
                .label("import")
                .concurrency(3)
                .run(item -> {
                    CompletableFuture<Object> call = new CompletableFuture<>();
                    calls.add(call);
                    return call;
                });
        Loops.until(() -> calls.size() == 3);
        calls.get(1).completeExceptionally(new IOException("planted"));
        Loops.until(() -> stream.progress().failed() == 1);
        assertThat(stream.future().isDone()).isFalse();
        calls.get(0).complete("done");
        calls.get(2).completeExceptionally(new IOException("another"));
        assertThat(failureOf(stream.future()))
                .isInstanceOf(WorkStreamException.class)
                .hasMessage("Stream 'import' has ended, because item 1 has failed, with 1 item(s) done, 2 failed and"
                        + " 0 discarded: java.io.IOException: planted")
                .hasRootCauseMessage("planted")
                .satisfies(error -> assertThat(error.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other).hasMessage("another")));
        assertThat(calls).hasSize(3);
        assertThat(stream.future().outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void collectedFailuresAreReportedWithTheirItems() {
        EventLoop loop = loop();
        StreamReport report = get(loop.forEach(numbers(100))
                .collectFailures(3)
                .run(item -> loop.next(() -> {
                    if (item % 10 == 0) {
                        throw new IOException("planted " + item);
                    }
                }))
                .future());
        assertThat(report.done()).isEqualTo(90);
        assertThat(report.failed()).isEqualTo(10);
        assertThat(report.isClean()).isFalse();
        assertThat(report.failures()).hasSize(3).allSatisfy(failure -> {
            assertThat(failure.item()).isEqualTo((int) failure.index());
            assertThat(failure.error()).hasMessage("planted " + failure.item());
        });
    }

    @Test
    void functionThatThrowsOrReturnsNullIsTheFailureOfItsItem() {
        EventLoop loop = loop();
        StreamReport report = get(loop.forEach(List.of("throws", "null", "works"))
                .label("words")
                .collectFailures(10)
                .run(item -> switch (item) {
                    case "throws" -> throw new IOException("planted");
                    case "null" -> null;
                    default -> CompletableFuture.completedFuture(item);
                })
                .future());
        assertThat(report.done()).isOne();
        assertThat(report.failures())
                .extracting(failure -> failure.error().toString())
                .containsExactly(
                        "java.io.IOException: planted",
                        "java.lang.NullPointerException: Stream 'words': the function of 'run' has returned null instead of a handle."
                                + " Return that of the call, or LoopFuture.completed(null) when there is none.");
    }

    @Test
    void functionOfAMapThatReturnsNullIsNamed() {
        StreamReport report = get(loop().forEach(List.of("null"))
                .label("words")
                .collectFailures(1)
                .map(item -> null, result -> {})
                .future());
        assertThat(report.failures().get(0).error())
                .hasMessageStartingWith("Stream 'words': the function of 'map' has returned null instead of a handle.");
    }

    @Test
    void mapStopsHandingOnAtTheItemThatHasFailed() {
        EventLoop loop = loop();
        List<Integer> results = new CopyOnWriteArrayList<>();
        List<CompletableFuture<Integer>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = loop.forEach(numbers(100))
                .concurrency(4)
                .map(
                        item -> {
                            CompletableFuture<Integer> call = new CompletableFuture<>();
                            calls.add(call);
                            return call;
                        },
                        results::add);
        Loops.until(() -> calls.size() == 4);
        calls.get(3).complete(3);
        calls.get(2).completeExceptionally(new IOException("planted"));
        calls.get(1).complete(1);
        calls.get(0).complete(0);
        WorkStreamException error = (WorkStreamException) failureOf(stream.future());
        assertThat(results).containsExactly(0, 1);
        assertThat(error.report().done()).isEqualTo(2);
        assertThat(error.report().failed()).isOne();
        assertThat(error.report().discarded()).isOne();
    }

    @Test
    void mapLeavesOutCollectedFailures() {
        EventLoop loop = loop();
        List<Integer> results = new CopyOnWriteArrayList<>();
        StreamReport report = get(loop.forEach(numbers(10))
                .collectFailures(1)
                .map(
                        item -> item % 2 == 0
                                ? CompletableFuture.failedFuture(new IOException("planted"))
                                : CompletableFuture.completedFuture(item),
                        results::add)
                .future());
        assertThat(results).containsExactly(1, 3, 5, 7, 9);
        assertThat(report.failed()).isEqualTo(5);
        assertThat(report.failures()).hasSize(1);
    }

    @Test
    void bodyThatThrowsIsTheFailureOfItsItem() {
        EventLoop loop = loop();
        ForEach stream = loop.forEach(numbers(10)).map(item -> loop.next(() -> item), item -> {
            throw new IOException("planted " + item);
        });
        assertThat(failureOf(stream.future())).hasRootCauseMessage("planted 0");
    }

    @Test
    void failureAtWhichNobodyLooksReachesTheErrorHandlerOnce() {
        EventLoop loop = loop();
        loop.forEach(numbers(3))
                .label("import")
                .run(item -> CompletableFuture.failedFuture(new IOException("planted")));
        Loops.until(() -> !failures.isEmpty());
        get(loop.stop(LONG));
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.error()).isInstanceOf(WorkStreamException.class).hasRootCauseMessage("planted");
            assertThat(failure.toString()).contains("import");
        });
    }

    @Test
    void failureShowsWhereTheStreamWasBegun() {
        ForEach stream =
                loop().forEach(numbers(3)).run(item -> CompletableFuture.failedFuture(new IOException("planted")));
        assertThat(failureOf(stream.future()).getStackTrace())
                .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("failureShowsWhereTheStreamWasBegun"));
    }

    @Test
    void failureThatIsDealtWithDoesNotReachTheErrorHandler() {
        EventLoop loop = loop();
        CompletableFuture<Object> call = new CompletableFuture<>();
        LoopFuture<String> dealt =
                loop.forEach(numbers(3)).run(item -> call).future().handle((report, error) -> "dealt with");
        call.completeExceptionally(new IOException("planted"));
        assertThat(get(dealt)).isEqualTo("dealt with");
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        assertThat(failures).isEmpty();
    }
}
