package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.awaitDone;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Failures in a stream of work that its handle cannot tell, and those that are told together. */
class ForEachLostFailureTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    private final EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));

    /** Of three items the first one never ends, and the others fail. */
    private static ForEach stuck(WorkStream<Integer> items) {
        ForEach stream = items.label("import")
                .concurrency(3)
                .run(item -> item == 0
                        ? new CompletableFuture<>()
                        : CompletableFuture.failedFuture(new IOException("planted " + item)));
        Loops.until(() -> stream.progress().failed() > 0);
        return stream;
    }

    private WorkStream<Integer> numbers(int count) {
        return loop.forEach(IntStream.range(0, count).boxed().toList());
    }

    private WorkStreamException told() {
        Loops.until(() -> failures.stream().anyMatch(failure -> failure.error() instanceof WorkStreamException));
        return failures.stream()
                .map(Failure::error)
                .filter(WorkStreamException.class::isInstance)
                .map(WorkStreamException.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void timeoutDoesNotHideTheFailureThatEndsTheStream() {
        ForEach stream = stuck(numbers(2).timeout(Duration.ofSeconds(1)));
        awaitDone(stream.future());
        assertThat(stream.future().outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(told())
                .hasMessageStartingWith(
                        "Stream 'import' has ended as TIMED_OUT after item 1 had failed, with 0 item(s) done")
                .hasRootCauseMessage("planted 1");
    }

    @Test
    void stopDoesNotHideTheFailureThatEndsTheStream() {
        stuck(numbers(2));
        get(loop.forceStop());
        assertThat(told()).hasMessageContaining("STOPPED").hasRootCauseMessage("planted 1");
    }

    @Test
    void cancelDoesNotHideCollectedFailures() {
        ForEach stream = stuck(numbers(3).collectFailures(10));
        Loops.until(() -> stream.progress().failed() == 2);
        assertThat(stream.report().failures()).hasSize(2);
        stream.cancel();
        WorkStreamException error = told();
        assertThat(error).hasMessageContaining("CANCELLED").hasRootCauseMessage("planted 1");
        assertThat(error.getSuppressed())
                .singleElement()
                .satisfies(other -> assertThat(other).hasMessage("planted 2"));
        assertThat(stream.report().failures())
                .extracting(failure -> failure.error().getMessage())
                .containsExactly("planted 1", "planted 2");
        get(loop.stop(LONG));
        assertThat(failures).hasSize(1);
    }

    @Test
    void failureOfAFunctionThatHasCancelledItsStreamIsTold() {
        CompletableFuture<ForEach> begun = new CompletableFuture<>();
        begun.complete(numbers(1).run(item -> {
            begun.join().cancel();
            throw new IOException("planted");
        }));
        Loops.until(() -> !failures.isEmpty());
        get(loop.stop(LONG));
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.error()).hasStackTraceContaining("planted"));
    }

    @Test
    void failedStreamSuppressesTenFailuresAndSaysHowManyThereAre() {
        Stream<Integer> items = IntStream.range(0, 101).boxed().map(item -> {
            if (item == 100) {
                throw new IllegalStateException("planted");
            }
            return item;
        });
        WorkStreamException error = (WorkStreamException) failureOf(loop.forEach(items)
                .collectFailures(1_000)
                .run(item -> CompletableFuture.failedFuture(new IOException("planted " + item)))
                .future());
        assertThat(error).hasRootCauseMessage("planted");
        assertThat(error.getSuppressed()).hasSize(10);
        assertThat(error.getMessage()).contains("of 100 further failures the first 10 are suppressed");
        assertThat(error.report().failures()).hasSize(100);
    }

    /** What can neither be read nor closed. */
    private record Broken() implements Iterable<Integer>, Iterator<Integer>, AutoCloseable {
        @Override
        public Iterator<Integer> iterator() {
            return this;
        }

        @Override
        public boolean hasNext() {
            throw new IllegalStateException("planted: read");
        }

        @Override
        public Integer next() {
            throw new IllegalStateException("planted: next");
        }

        @Override
        public void close() throws IOException {
            throw new IOException("planted: close");
        }
    }

    @Test
    void failureToCloseIsSuppressedInThatToRead() {
        assertThat(failureOf(loop.forEach((Iterator<Integer>) new Broken())
                        .run(CompletableFuture::completedFuture)
                        .future()))
                .hasRootCauseMessage("planted: read")
                .satisfies(error -> assertThat(error.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other).hasMessage("planted: close")));
    }

    @Test
    void failuresToCloseTheIteratorAndItsOriginAreToldTogether() {
        /** Opens an iterator, and cannot be closed either. */
        class Origin implements Iterable<Integer>, AutoCloseable {
            @Override
            public Iterator<Integer> iterator() {
                return new Broken();
            }

            @Override
            public void close() {
                throw new IllegalStateException("planted: origin");
            }
        }

        Throwable error = failureOf(loop.forEach(new Origin())
                .run(CompletableFuture::completedFuture)
                .future());
        assertThat(error.getSuppressed())
                .singleElement()
                .satisfies(closing -> assertThat(closing)
                        .hasMessage("planted: close")
                        .satisfies(first -> assertThat(first.getSuppressed()[0]).hasMessage("planted: origin")));
    }
}
