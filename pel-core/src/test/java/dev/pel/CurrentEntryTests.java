package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Those who look on see what the active thread is in. */
class CurrentEntryTests {
    private final CurrentEntry present = new CurrentEntry();

    @Test
    void entryIsThereFromItsBeginningToItsEnd() {
        HandOver entry = new HandOver();
        assertThat(present.call()).isNull();
        present.enter(entry);
        assertThat(present.call()).isSameAs(entry);
        present.enter(null);
        assertThat(present.call()).isNull();
    }

    @Test
    void timeThatTheEntryWaitedIsThere() {
        present.waited(17);
        assertThat(present.waited()).isEqualTo(17);
    }
}
