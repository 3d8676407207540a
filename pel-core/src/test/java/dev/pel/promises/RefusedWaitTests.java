package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.ScriptBody;
import dev.pel.WaitOnLoopThreadException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waits that would never end, in places where one does not expect that: they are refused. */
@Timeout(60)
class RefusedWaitTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @Test
    void bodyThatWaitsForWhatIsAttachedToAHandleOfAnEarlierRunIsRefused() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> earlier = loop.next(() -> 1);
        get(earlier);
        get(loop.stop(LONG));
        loop.start();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        get(loop.next(() -> 2, two -> {
            try {
                earlier.thenApply(one -> one + 1).join();
            } catch (WaitOnLoopThreadException e) {
                refused.set(e);
            }
        }));
        assertThat(refused.get()).hasMessageContaining("join() on an unfinished call would stop the active thread");
    }

    @Test
    void scriptThatJoinsIsToldToAwait() {
        EventLoop loop = loops.started();
        LoopFuture<Integer> call = loop.promise();
        for (ScriptBody<Integer> waits : List.<ScriptBody<Integer>>of(
                script -> call.join(), script -> call.get(), script -> call.get(1, TimeUnit.DAYS))) {
            assertThat(Loops.failureOf(loop.script(waits)))
                    .isInstanceOf(WaitOnLoopThreadException.class)
                    .hasMessageEndingWith("Wait as scripts do instead: script.await(handle).");
        }
        assertThat(Loops.failureOf(loop.enqueue(Lane.ACTIVE, () -> call.join())))
                .hasMessageEndingWith("or handle.thenAccept(body).");
        call.complete(1);
    }

    @Test
    void listenerThatWaitsForACallInsideTheStartIsRefused() {
        AtomicReference<EventLoop> self = new AtomicReference<>();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        EventLoopListener listener = new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                if (to == LoopState.RUNNING) {
                    LoopFuture<Integer> call = self.get().next(() -> 1);
                    try {
                        call.get(10, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        refused.set(e);
                    }
                }
            }
        };
        EventLoop loop = loops.made(options -> options.withListener(listener));
        self.set(loop);
        loop.start();
        assertThat(refused.get())
                .isInstanceOf(WaitOnLoopThreadException.class)
                .hasMessageContaining("inside the start of loop");
        assertThat(get(loop.next(() -> 2)).intValue()).isEqualTo(2);
    }
}
