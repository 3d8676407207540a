package dev.pel.flow;

import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.Loops;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the code of a stream gets its turns. */
class WakeTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void codeThatHasFailedGoesOnWithTheNextCallThatEnds() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failures::add));
        Wake wake = new Wake(new LoopStreamServices(loop, "stream", null), () -> {
            if (runs.incrementAndGet() == 1) {
                throw new OutOfMemoryError("of the test");
            }
        });
        wake.again();
        Loops.until(() -> !failures.isEmpty());
        get(loop.enqueue(Lane.ACTIVE, () -> wake.goOn(false)));
        assertThat(runs).hasValue(2);
    }

    @Test
    void callThatEndsWhileTheCodeIsQueuedLeavesItToThat() {
        EventLoop loop = loops.started();
        Wake wake = new Wake(new LoopStreamServices(loop, "stream", null), runs::incrementAndGet);
        get(loop.enqueue(Lane.ACTIVE, () -> {
            wake.again();
            wake.goOn(false);
            wake.goOn(true);
            assertThat(runs).hasValue(0);
        }));
        Loops.until(() -> runs.get() == 1);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(runs).hasValue(1);
    }
}
