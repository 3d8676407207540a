package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateChangesTests {
    private final List<String> told = new ArrayList<>();

    @Test
    void changeIsToldThoughTheTellingOfTheOneBeforeHasFailed() {
        StateChanges changes = new StateChanges(new Defects("test", new JdkMachine(null)));
        changes.make(() -> true, () -> {
            throw new OutOfMemoryError("no memory for the telling");
        });
        changes.make(() -> true, () -> told.add("second"));
        changes.tell();
        changes.make(() -> true, () -> told.add("third"));
        changes.tell();
        assertThat(told).containsExactly("second", "third");
    }
}
