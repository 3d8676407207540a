package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Those who look on see what the active thread is in. */
class PresentTests {
    private final Present present = new Present();

    @Test
    void entryIsThereFromItsBeginningToItsEnd() {
        Passing entry = new Passing();
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
