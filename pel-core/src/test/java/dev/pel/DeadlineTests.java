package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A deadline fires or is disarmed, and each of them once: the watch counts those that are dead. */
class DeadlineTests {
    private final AtomicInteger fired = new AtomicInteger();
    private final Deadline deadline = new Deadline(7, fired::incrementAndGet, null);

    @Test
    void deadlineThatHasFiredCannotBeDisarmed() {
        assertThat(deadline.fire()).isTrue();
        assertThat(deadline.isArmed()).isFalse();
        assertThat(deadline.disarm()).isFalse();
        assertThat(fired).hasValue(1);
    }

    @Test
    void deadlineIsDisarmedOnce() {
        assertThat(deadline.isArmed()).isTrue();
        assertThat(deadline.disarm()).isTrue();
        assertThat(deadline.disarm()).isFalse();
        assertThat(deadline.isArmed()).isFalse();
    }

    @Test
    void deadlineThatWasDisarmedDoesNotFire() {
        deadline.disarm();
        assertThat(deadline.fire()).isFalse();
        assertThat(fired).hasValue(0);
    }

    @Test
    void deadlineFiresOnce() {
        deadline.fire();
        assertThat(deadline.fire()).isFalse();
        assertThat(fired).hasValue(1);
    }

    @Test
    void deadlineThatFiresIsNotArmedAnyMoreForItsOwnAction() {
        AtomicInteger armed = new AtomicInteger();
        Deadline[] self = new Deadline[1];
        self[0] = new Deadline(7, () -> armed.set(self[0].disarm() ? 1 : 2), null);
        self[0].fire();
        assertThat(armed).hasValue(2);
    }

    @Test
    void deadlineKnowsItsTimeAndTheOneBeforeIt() {
        Deadline later = new Deadline(9, () -> {}, deadline);
        assertThat(later.dueAt()).isEqualTo(9);
        assertThat(later.previous()).isSameAs(deadline);
        assertThat(deadline.previous()).isNull();
    }
}
