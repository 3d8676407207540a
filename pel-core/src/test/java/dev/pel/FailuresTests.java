package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Failures that wait for somebody to deal with them; the thread of the test is the active one. */
class FailuresTests {
    private static final long GRACE = Duration.ofMillis(100).toNanos();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualMachine machine = new ManualMachine();
    private final List<Failure> reported = new ArrayList<>();
    private Runnable onReport = () -> {};
    private int made;
    private final LoopRun run = machine.running(EventLoopOptions.defaults()
            .withUnobservedGrace(Duration.ofNanos(GRACE))
            .withErrorHandler(failure -> {
                reported.add(failure);
                onReport.run();
            }));
    private final Failures failures = run.failures;

    private LoopFuture<String> failed(boolean fromOutside) {
        run.threads.active(fromOutside ? null : Thread.currentThread());
        LoopFuture<String> future = new LoopFuture<>(run);
        run.threads.active(Thread.currentThread());
        future.completeExceptionally(new IllegalStateException("failure " + ++made));
        return future;
    }

    @Test
    void failureOfTheLoopsOwnIsReportedAtTheEndOfTheTurn() {
        assertThat(failures.isEmpty()).isTrue();
        failed(false);
        assertThat(failures.isEmpty()).isFalse();
        assertThat(reported).isEmpty();
        failures.endOfTurn();
        assertThat(reported).hasSize(1);
        assertThat(failures.isEmpty()).isTrue();
        assertThat(failures.reports().unhandled()).isEqualTo(1);
    }

    @Test
    void failureOfAnOutsideCallerIsReportedWhenItsGraceIsOver() {
        failed(true);
        failures.endOfTurn();
        assertThat(failures.next()).isEqualTo(machine.clock + GRACE);
        machine.clock += GRACE - 1;
        failures.endOfTurn();
        assertThat(reported).isEmpty();
        machine.clock++;
        failures.endOfTurn();
        assertThat(reported).hasSize(1);
        assertThat(failures.isEmpty()).isTrue();
    }

    @Test
    void ageOfAFailureDoesNotContainTheTimeThatItWaitedForSomebodyToDealWithIt() {
        run.threads.active(null);
        LoopFuture<?> call = run.submissions.submit(Lane.WORK, (Task) () -> {}, null, null, null);
        run.threads.active(Thread.currentThread());
        machine.clock += 7;
        call.completeExceptionally(new IllegalStateException("x"));
        machine.clock += 3;
        failures.endOfTurn();
        machine.clock += GRACE;
        failures.endOfTurn();
        assertThat(reported).extracting(Failure::age).containsExactly(Duration.ofNanos(7));
    }

    @Test
    void failureThatSomebodyDealsWithDuringTheGraceIsNotReported() {
        LoopFuture<String> future = failed(true);
        failures.endOfTurn();
        future.exceptionally(error -> "dealt with");
        machine.clock += GRACE;
        failures.endOfTurn();
        assertThat(reported).isEmpty();
        assertThat(failures.isEmpty()).isTrue();
    }

    @Test
    void loopThatDrainsWaitsForNobodysGrace() {
        failed(true);
        failures.endOfTurn();
        run.state.change(LoopState.RUNNING, LoopState.DRAINING);
        assertThat(failures.next()).isEqualTo(machine.clock);
        failures.endOfTurn();
        assertThat(reported).hasSize(1);
    }

    @Test
    void floodOfFailuresIsReportedEarlierAndTheOldestFirst() {
        for (int i = 0; i < 10_002; i++) {
            failed(true);
        }
        failures.endOfTurn();
        assertThat(reported)
                .extracting(failure -> failure.error().getMessage())
                .containsExactly("failure 1", "failure 2");
    }

    @Test
    void failureThatTheHandlerCausesIsReportedInTheSameTurn() {
        onReport = () -> {
            onReport = () -> {};
            failed(false);
        };
        failed(false);
        failures.endOfTurn();
        assertThat(reported).hasSize(2);
    }

    @Test
    void handlerIsAtWorkOnTheFailureWhileItRuns() {
        List<Long> ids = new ArrayList<>();
        onReport = () -> ids.add(run.current.call().id());
        failed(false);
        failures.endOfTurn();
        assertThat(ids).containsExactly(reported.get(0).callId());
        assertThat(run.current.call()).isNull();
    }

    @Test
    void handlerThatThrowsAndWhatItWasGivenAreBothLogged() {
        IllegalStateException thrown = new IllegalStateException("of the handler");
        onReport = () -> {
            throw thrown;
        };
        failed(false);
        failures.endOfTurn();
        assertThat(log.tracesOf("The error handler failed on call")).isEqualTo(1);
        assertThat(log.tracesOf("What the error handler was given on call")).isEqualTo(1);
        assertThat(thrown.getSuppressed()).isEmpty();
        assertThat(run.current.call()).isNull();
    }

    @Test
    void listenersAreToldOfFailuresThatNobodyDealsWith() {
        List<Failure> heard = new ArrayList<>();
        LoopRun other = machine.running(
                EventLoopOptions.defaults().withErrorHandler(reported::add).withListener(new EventLoopListener() {
                    @Override
                    public void unhandled(Failure failure) {
                        heard.add(failure);
                    }
                }));
        other.threads.active(Thread.currentThread());
        new LoopFuture<String>(other).completeExceptionally(new IllegalStateException("x"));
        other.failures.endOfTurn();
        assertThat(heard).isEqualTo(reported).hasSize(1);
    }

    @Test
    void failureAfterTheEndOfTheActiveThreadIsToldElsewhereUnlessSomebodyDealsWithIt() {
        LoopFuture<String> lost = new LoopFuture<>(run);
        LoopFuture<String> seen = new LoopFuture<>(run);
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        run.activeThread.takeOver();
        seen.getNow(null);
        seen.completeExceptionally(new IllegalStateException("x"));
        assertThat(failures.reports().unhandled()).isZero();
        lost.completeExceptionally(new IllegalStateException("x"));
        assertThat(reported).isEmpty();
        machine.started.get(0).run(); // the completion thread
        assertThat(failures.reports().unhandled()).isEqualTo(1);
        assertThat(reported).hasSize(1);
    }
}
