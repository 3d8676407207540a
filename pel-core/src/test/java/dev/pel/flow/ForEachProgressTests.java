package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallInfo;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.StreamInfo;
import dev.pel.StreamProgress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How far a stream has come, for those who want to know, and what a description refuses. */
class ForEachProgressTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void sizeOfACollectionIsKnownAndGivesAnEstimate() {
        EventLoop loop = loops.started();
        CompletableFuture<Object> last = new CompletableFuture<>();
        ForEach stream =
                loop.forEach(numbers(10)).label("import").run(item -> item == 9 ? last : loop.next(() -> item));
        Loops.until(() -> stream.progress().done() == 9);
        StreamProgress progress = stream.progress();
        assertThat(progress.label()).isEqualTo("import");
        assertThat(progress.size()).isEqualTo(10);
        assertThat(progress.left()).hasValue(1);
        assertThat(progress.inFlight()).isOne();
        assertThat(progress.perSecond()).isPositive();
        assertThat(progress.remaining()).isPositive();
        assertThat(stream).hasToString("stream 'import': 9 done, 0 failed, 1 in flight");
        last.complete("done");
        get(stream.future());
        Loops.until(() -> Duration.ZERO.equals(stream.progress().remaining()));
        Duration elapsed = stream.progress().elapsed();
        get(loop.delay(Duration.ofMillis(2), () -> {}));
        assertThat(stream.progress().elapsed())
                .as("the time stands still at the end")
                .isEqualTo(elapsed);
    }

    @Test
    void sizeOfAnIteratorIsNotKnownUnlessItIsSaid() {
        EventLoop loop = loops.started();
        WorkStream<Integer> items = loop.forEach(numbers(3).iterator());
        ForEach stream = items.run(item -> loop.next(() -> item));
        get(stream.future());
        assertThat(stream.progress().left()).isEmpty();
        assertThat(stream.progress().remaining()).isNull();
        ForEach sized = loop.forEach(numbers(3).iterator()).size(3).run(item -> loop.next(() -> item));
        get(sized.future());
        assertThat(sized.progress().left()).hasValue(0);
    }

    @Test
    void listenerIsToldOnTheActiveThreadAndAtTheEnd() {
        EventLoop loop = loops.started();
        List<Long> done = new CopyOnWriteArrayList<>();
        List<Boolean> active = new CopyOnWriteArrayList<>();
        get(loop.forEach(numbers(2_000))
                .onProgress(Duration.ofNanos(1), progress -> {
                    done.add(progress.done());
                    active.add(loop.onActiveThread());
                })
                .run(item -> loop.next(() -> item))
                .future());
        Loops.until(() -> !done.isEmpty() && done.get(done.size() - 1) == 2_000);
        assertThat(done).hasSizeGreaterThan(10).isSorted();
        assertThat(active).doesNotContain(false);
    }

    @Test
    void listenerThatThrowsReachesTheErrorHandlerAndChangesNothing() {
        List<Failure> failures = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        StreamReport report = get(loop.forEach(numbers(10))
                .onProgress(Duration.ofSeconds(Long.MAX_VALUE), progress -> {
                    throw new IllegalStateException("planted");
                })
                .run(item -> loop.next(() -> item))
                .future());
        assertThat(report.isClean()).isTrue();
        Loops.until(() -> !failures.isEmpty());
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure.error()).hasMessage("planted"));
    }

    @Test
    void listenersOfTheLoopAreToldOfEveryStream() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public void streamStarted(StreamInfo stream) {
                events.add("started " + stream.progress().label());
            }

            @Override
            public void streamEnded(StreamInfo stream, Outcome outcome) {
                events.add("ended " + stream.progress().done() + " " + outcome);
            }
        }));
        get(loop.forEach(numbers(3))
                .label("import")
                .run(item -> loop.next(() -> item))
                .future());
        Loops.until(() -> events.size() == 2);
        assertThat(events).containsExactly("started import", "ended 3 SUCCEEDED");
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
    }

    @Test
    void listenerThatNeedsNoEntriesIsToldOfStreamsAndOfNoEntries() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public boolean needsEntries() {
                return false;
            }

            @Override
            public void queued(CallInfo call, Lane lane) {
                events.add("queued");
            }

            @Override
            public void started(CallInfo call, Lane lane, long waitingNanos) {
                events.add("started");
            }

            @Override
            public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
                events.add("ended");
            }

            @Override
            public void streamEnded(StreamInfo stream, Outcome outcome) {
                events.add("stream ended");
            }
        }));
        get(loop.forEach(numbers(3)).run(item -> loop.next(() -> item)).future());
        get(loop.stop(LONG));
        assertThat(events).containsExactly("stream ended");
    }

    // ------------------------------------------------------------------ bad input

    @Test
    void wrongValuesAreNamed() {
        EventLoop loop = loops.started();
        WorkStream<Integer> items = loop.forEach(numbers(3));
        refuses(() -> items.concurrency(0), "'concurrency' must be at least 1 but was 0");
        refuses(() -> items.concurrency(-3), "'concurrency' must be at least 1 but was -3");
        refuses(() -> items.size(-1), "'size' must not be negative but was -1");
        refuses(() -> items.collectFailures(0), "'kept' must be at least 1 but was 0");
        refuses(() -> items.timeout(Duration.ZERO), "'timeout' must be more than zero but was PT0S");
        refuses(() -> items.onProgress(Duration.ofMillis(-1), progress -> {}), "'interval' must be more than zero");
        refuses(() -> items.label(" "), "'label' must not be blank");
        refuses(() -> items.readOn(Lane.WORK), "'lane' must be PASSIVE or ACTIVE but was WORK");
        ForEach stream = items.run(item -> new CompletableFuture<>());
        refuses(() -> stream.concurrency(0), "'concurrency' must be at least 1 but was 0");
        stream.cancel();
    }

    private static void refuses(Runnable wrong, String message) {
        assertThatThrownBy(wrong::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullsAreRefusedAtOnce() {
        EventLoop loop = loops.started();
        WorkStream<Integer> items = loop.forEach(numbers(3));
        for (Runnable wrong : List.<Runnable>of(
                () -> loop.forEach((List<Integer>) null),
                () -> loop.forEach((java.util.Iterator<Integer>) null),
                () -> loop.forEach((Stream<Integer>) null),
                () -> loop.forEach((java.util.concurrent.Flow.Publisher<Integer>) null),
                () -> items.run(null),
                () -> items.map(null, value -> {}),
                () -> items.map(item -> loop.next(() -> item), null),
                () -> items.label(null),
                () -> items.timeout(null),
                () -> items.readOn(null),
                () -> items.onProgress(null, progress -> {}),
                () -> items.onProgress(Duration.ofSeconds(1), null))) {
            assertThatThrownBy(wrong::run).isInstanceOf(NullPointerException.class);
        }
    }
}
