package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.Loops;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A resource that is opened while the loop stops. */
class OwnedStopTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Object> events = new CopyOnWriteArrayList<>();

    @Test
    void resourceThatAnOperationOfAStopHookOpensIsClosedOnAPassiveThread() {
        EventLoop loop = loops.started();
        Owned<String> owned = loop.own(
                () -> {
                    // the thread of the hooks is through with them
                    Loops.until(() -> loop.running(Lane.PASSIVE) == 1);
                    return "it";
                },
                options -> options.withCloser(
                        it -> events.add(Thread.currentThread().getName())));
        loop.atStop(() -> owned.use(it -> events.add("used")));
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        assertThat(events).hasSize(2).first().isEqualTo("used");
        assertThat(events.get(1).toString()).contains("passive");
    }
}
