package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is logged of code that fails each time: the first failure in full, then how often. */
class RepeatedFailureLogTests {
    private static final long INTERVAL = RepeatedFailureLog.INTERVAL;

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualMachine machine = new ManualMachine();
    private final RepeatedFailureLog failures = RepeatedFailureLog.warnings(machine, "Thing {} failed");

    private static IllegalStateException failure(Object text) {
        return new IllegalStateException("failure " + text);
    }

    @Test
    void firstFailureIsLoggedWithItsTraceAndTheNextOnesAreCounted() {
        for (int i = 1; i <= 1_000; i++) {
            failures.failed("x", failure(i));
        }
        assertThat(log.with("Thing")).containsExactly("Thing x failed");
        assertThat(log.tracesOf("Thing")).isEqualTo(1);
    }

    @Test
    void oneLineInTenSecondsTellsHowOftenItFailedSinceAndTheLatest() {
        failures.failed("x", failure(1));
        failures.failed("x", failure(2));
        machine.clock += INTERVAL - 1;
        failures.failed("x", failure(3));
        assertThat(log.with("Thing")).hasSize(1);
        machine.clock++;
        failures.failed("x", failure(4));
        String line = "Thing x failed (once more: java.lang.IllegalStateException: failure 4;"
                + " since the last such line 3 times)";
        assertThat(log.with("Thing")).containsExactly("Thing x failed", line);
        failures.failed("x", failure(5));
        assertThat(log.with("Thing")).hasSize(2);
        assertThat(log.tracesOf("Thing")).isEqualTo(1);
    }

    @Test
    void restIsToldAtTheEndAndOnlyOnce() {
        failures.tellRest();
        failures.failed("x", failure(1));
        failures.tellRest();
        assertThat(log.with("Thing")).hasSize(1);
        failures.failed("x", failure(2));
        failures.failed("x", failure(3));
        failures.tellRest();
        failures.tellRest();
        assertThat(log.with("Thing")).hasSize(2);
        assertThat(log.with("failure 3").get(0)).contains("2 times");
    }

    @Test
    void failureWhoseTextFailsIsToldByItsClass() {
        RuntimeException mute = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new UnsupportedOperationException("no text");
            }
        };
        failures.failed("x", failure(1));
        failures.failed("x", mute);
        failures.tellRest();
        assertThat(log.with(mute.getClass().getName())).hasSize(1);
    }

    @Test
    void listenerThatAlwaysThrowsLogsOneTraceAndThenCounts() {
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
                    @Override
                    public void queued(CallInfo call, Lane lane) {
                        throw failure("of the listener");
                    }

                    @Override
                    public String toString() {
                        return "first";
                    }
                })
                .withListener(new EventLoopListener() {
                    @Override
                    public void started(CallInfo call, Lane lane, long waitingNanos) {
                        throw failure("of the other");
                    }

                    @Override
                    public String toString() {
                        return "second";
                    }
                }));
        for (int i = 0; i < 1_000; i++) {
            loop.next(() -> 1);
        }
        get(loop.stop(LONG));
        assertThat(log.tracesOf("Listener first failed")).isEqualTo(1);
        assertThat(log.tracesOf("Listener second failed")).isEqualTo(1);
        assertThat(log.with("Listener first failed")).hasSizeBetween(2, 8);
        assertThat(log.with("Listener first failed").get(1)).contains("failure of the listener");
    }

    @Test
    void propagatorThatAlwaysThrowsLogsOneTraceForEachOfItsWaysToFail() {
        EventLoop loop = loops.started(options -> options.withPropagator(() -> {
                    throw failure("to capture");
                })
                .withPropagator(() -> () -> {
                    throw failure("to open");
                })
                .withPropagator(() -> () -> () -> {
                    throw failure("to close");
                }));
        for (int i = 0; i < 1_000; i++) {
            get(loop.next(() -> 1));
        }
        get(loop.stop(LONG));
        assertThat(log.tracesOf("could not capture")).isEqualTo(1);
        assertThat(log.tracesOf("could not be opened")).isEqualTo(1);
        assertThat(log.tracesOf("could not be closed")).isEqualTo(1);
        assertThat(log.with("co")).hasSizeBetween(6, 30);
        assertThat(log.with("failure to capture")).hasSizeBetween(1, 8);
        assertThat(log.with("failure to open")).hasSizeBetween(1, 8);
        assertThat(log.with("failure to close")).hasSizeBetween(1, 8);
    }

    @Test
    void handlerThatThrowsTheSameEachTimeDoesNotGrowIt() {
        IllegalStateException constant = failure("of the handler");
        AtomicInteger handled = new AtomicInteger();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            handled.incrementAndGet();
            throw constant;
        }));
        for (int i = 0; i < 1_000; i++) {
            loop.next(() -> {
                throw new IOException("given");
            });
        }
        await().atMost(LONG).until(() -> handled.get() == 1_000);
        get(loop.stop(LONG));
        assertThat(constant.getSuppressed()).isEmpty();
        assertThat(log.tracesOf("The error handler failed")).isEqualTo(1);
        assertThat(log.tracesOf("What the error handler was given")).isEqualTo(1);
        assertThat(log.with("The error handler failed")).hasSizeBetween(2, 8);
        assertThat(log.with("java.io.IOException: given")).hasSizeBetween(1, 8);
        assertThat(loop.stats().unhandled()).isEqualTo(1_000);
    }
}
