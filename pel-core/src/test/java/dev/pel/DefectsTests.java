package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads of a loop in which pel itself fails again and again. */
class DefectsTests {
    private static final String LINE = "A thread of loop 'pel' caught what should not have reached it";

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines lines = new LogLines();

    /** Where the active thread and the watchdog cannot park, as long as it is broken: so each of their turns fails. */
    private static final class Restless extends ForwardingMachine {
        private final AtomicInteger pauses = new AtomicInteger();
        private volatile boolean broken = true;

        @Override
        public void park(Object blocker, long nanos) {
            if (blocker instanceof Defects) {
                pauses.incrementAndGet();
                assertThat(nanos).isEqualTo(1_000_000);
            } else if (broken && (blocker instanceof ActiveLane || blocker instanceof Deadlines)) {
                throw new IllegalStateException("the test's fault");
            }
            super.park(blocker, nanos);
        }
    }

    @Test
    void threadsWhoseTurnsAllFailPauseEachTimeAndLogOnce() {
        Restless machine = new Restless();
        EventLoop loop = loops.made(options -> options.withName("pel"), machine);
        loop.start();
        await().atMost(LONG).until(() -> machine.pauses.get() >= 50);
        assertThat(get(loop.next(() -> 1, one -> {}))).isEqualTo(1);
        assertThat(lines.with(LINE)).containsExactly(LINE);
        assertThat(lines.tracesOf(LINE)).isEqualTo(1);
        machine.broken = false;
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        assertThat(lines.with(LINE)).hasSize(2);
        assertThat(lines.with(LINE).get(1)).contains("once more: java.lang.IllegalStateException: the test's fault");
    }

    @Test
    void nothingIsThrownWhereNotEvenTheClockCanBeRead() {
        Defects defects = new Defects("pel", new ForwardingMachine() {
            @Override
            public long nanoTime() {
                throw new OutOfMemoryError("the test's fault");
            }
        });
        defects.caught(new IllegalStateException());
        assertThat(lines.with(LINE)).isEmpty();
    }
}
