package dev.pel.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.ContextTest;
import io.vertx.core.ExecuteBlockingTest;
import io.vertx.core.FutureTest;
import io.vertx.core.NamedWorkerPoolTest;
import io.vertx.core.TimerTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * pel judged by tests that others wrote, unchanged. How many there are is said here, so that none can go missing unseen, and how
 * often each judge must at least come by pel, so that none can be content with something else.
 */
@Tag("judge")
class OutsideJudgesTests {
    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    private static void isContent(Verdict verdict, int tests, long entriesAtLeast) {
        System.out.println(verdict);
        assertThat(verdict.failures()).as("failures of %s", verdict.judge()).isEmpty();
        assertThat(verdict.run()).as("tests run of %s", verdict.judge()).isEqualTo(tests);
        assertThat(verdict.entries())
                .as("entries that pel ran for %s", verdict.judge())
                .isGreaterThanOrEqualTo(entriesAtLeast);
    }

    @Test
    void guavaOnFutures() {
        isContent(GuavaFutureJudge.judge(), 15, 50);
    }

    @Test
    @Tag("conformance")
    void reactiveStreams() {
        isContent(ReactiveStreamsJudge.judge(), 126, 10_000);
    }

    @Test
    @Tag("conformance")
    void vertxOnBlockingOperations() {
        isContent(VertxJudge.judge(ExecuteBlockingTest.class), 6, 15);
    }

    @Test
    @Tag("conformance")
    void vertxOnWorkerPools() {
        isContent(VertxJudge.judge(NamedWorkerPoolTest.class), 16, 30);
    }

    @Test
    @Tag("conformance")
    void vertxOnContexts() {
        isContent(VertxJudge.judge(ContextTest.class), HAS_VIRTUAL_THREADS ? 72 : 69, 80);
    }

    @Test
    @Tag("conformance")
    void vertxOnTimers() {
        isContent(VertxJudge.judge(TimerTest.class), 33, 100);
    }

    @Test
    @Tag("conformance")
    void vertxOnFutures() {
        isContent(VertxJudge.judge(FutureTest.class), 105, 100);
    }
}
