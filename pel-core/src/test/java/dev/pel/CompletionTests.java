package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handles that the watch ends, and on which code hangs that others attached past pel. The thread of the test is the watch. */
class CompletionTests {
    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running();
    private final List<String> order = new ArrayList<>();

    @BeforeEach
    void currentThreadIsTheWatch() {
        run.watchdog.start();
        machine.started.clear();
    }

    private LoopFuture<?> call(String name) {
        Task operation = () -> {};
        LoopFuture<?> call = run.submissions.submit(Lane.PASSIVE, operation, null, CallDetails.shared(name), null);
        CompletableFuture.allOf(call).whenComplete((value, error) -> order.add(name));
        return call;
    }

    private void isWaitedFor(LoopFuture<?> call) {
        // this machine ends every wait at once
        assertThatThrownBy(() -> call.get(1, TimeUnit.DAYS)).isInstanceOf(UnsupportedOperationException.class);
    }

    private void completionThreadRuns() {
        assertThat(order).isEmpty();
        machine.started.get(0).run();
        assertThat(run.completions.isEmpty()).isTrue();
    }

    @Test
    void handlesAreCompletedInTheOrderInWhichTheyEnd() {
        LoopFuture<?> first = call("first");
        LoopFuture<?> second = call("second");
        first.cancel(true);
        second.cancel(true);
        completionThreadRuns();
        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void handleThatAThreadWaitsForIsCompletedBeforeOthers() {
        LoopFuture<?> first = call("first");
        LoopFuture<?> mine = call("mine");
        isWaitedFor(mine);
        first.cancel(true);
        mine.cancel(true);
        completionThreadRuns();
        assertThat(order).containsExactly("mine", "first");
    }

    @Test
    void handleThatAThreadBeginsToWaitForWhenItHasEndedIsCompletedBeforeOthers() {
        LoopFuture<?> first = call("first");
        LoopFuture<?> mine = call("mine");
        first.cancel(true);
        mine.cancel(true);
        isWaitedFor(mine);
        completionThreadRuns();
        assertThat(order).containsExactly("mine", "first");
    }
}
