package dev.pel.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.ContextTest;
import io.vertx.core.ExecuteBlockingTest;
import io.vertx.core.FutureTest;
import io.vertx.core.NamedWorkerPoolTest;
import io.vertx.core.TimerTest;
import org.assertj.core.api.AbstractIntegerAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * pel judged by tests that others wrote, unchanged. How many there are is said here, so that none can go missing unseen, and how
 * often each judge must at least come by pel, so that none can be content with something else.
 */
@Tag("judge")
class OutsideJudgesTests {
    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    /** Nothing has failed, and pel was in it; how many tests there were is for the caller to compare. */
    private static AbstractIntegerAssert<?> testsOf(Verdict verdict, long entriesAtLeast) {
        System.out.println(verdict);
        assertThat(verdict.failures()).as("failures of %s", verdict.judge()).isEmpty();
        assertThat(verdict.entries())
                .as("entries that pel ran for %s", verdict.judge())
                .isGreaterThanOrEqualTo(entriesAtLeast);
        return assertThat(verdict.run()).as("tests run of %s", verdict.judge());
    }

    @Test
    void guavaOnFutures() {
        testsOf(GuavaFutureJudge.judge(), 50).isEqualTo(15);
    }

    @Test
    void guavaOnNull() {
        testsOf(GuavaNullJudge.judge(), 1).isGreaterThanOrEqualTo(160);
    }

    @Test
    @Tag("conformance")
    void reactiveStreams() {
        testsOf(ReactiveStreamsJudge.judge(), 10_000).isEqualTo(199);
    }

    @Test
    @Tag("conformance")
    void vertxOnBlockingOperations() {
        testsOf(VertxJudge.judge(ExecuteBlockingTest.class), 15).isEqualTo(6);
    }

    @Test
    @Tag("conformance")
    void vertxOnWorkerPools() {
        testsOf(VertxJudge.judge(NamedWorkerPoolTest.class), 30).isEqualTo(16);
    }

    @Test
    @Tag("conformance")
    void vertxOnContexts() {
        testsOf(VertxJudge.judge(ContextTest.class), 80).isEqualTo(HAS_VIRTUAL_THREADS ? 72 : 69);
    }

    @Test
    @Tag("conformance")
    void vertxOnTimers() {
        testsOf(VertxJudge.judge(TimerTest.class), 100).isEqualTo(33);
    }

    @Test
    @Tag("conformance")
    void vertxOnFutures() {
        testsOf(VertxJudge.judge(FutureTest.class), 100).isEqualTo(105);
    }
}
