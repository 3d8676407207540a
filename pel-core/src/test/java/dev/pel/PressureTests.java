package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a lane tells that it is under pressure. One of ten places: high at eight, low at five. */
class PressureTests {
    private static final LaneOptions OPTIONS =
            EventLoopOptions.defaults().passive().withCapacity(10);

    private final List<String> told = new ArrayList<>();
    private final LaneCounters counters = new LaneCounters(OPTIONS);
    private final List<Runnable> aside = new ArrayList<>();
    private Runnable onHigh = () -> {};
    private Runnable onLow = () -> {};
    private final Pressure pressure = new Pressure(
            Lane.PASSIVE,
            OPTIONS,
            counters,
            new Listeners(
                    List.of(new EventLoopListener() {
                        @Override
                        public void pressureHigh(Lane lane, int size) {
                            told.add("high " + size);
                            onHigh.run();
                        }

                        @Override
                        public void pressureLow(Lane lane, int size) {
                            told.add("low " + size);
                            onLow.run();
                        }
                    }),
                    new ManualMachine(),
                    aside::add));

    private void come(int entries) {
        for (int i = 0; i < entries; i++) {
            pressure.rose(counters.takePlace());
        }
    }

    private void go(int entries) {
        for (int i = 0; i < entries; i++) {
            counters.left();
            pressure.fell();
        }
    }

    @Test
    void highIsToldAtTheHighMarkOnceAndLowAtTheLowOneOnce() {
        come(7);
        assertThat(pressure.isHigh()).isFalse();
        assertThat(told).isEmpty();
        come(1);
        assertThat(pressure.isHigh()).isTrue();
        come(2);
        go(4);
        assertThat(pressure.isHigh()).isTrue();
        assertThat(told).containsExactly("high 8");
        go(1);
        assertThat(pressure.isHigh()).isFalse();
        go(5);
        assertThat(told).containsExactly("high 8", "low 5");
    }

    @Test
    void laneThatComesUnderPressureAgainIsToldAgain() {
        come(8);
        go(8);
        come(8);
        assertThat(told).containsExactly("high 8", "low 5", "high 8");
    }

    @Test
    void laneThatIsFilledWhileItsListenersAreToldThatItIsLowIsHighAfterwards() {
        come(8);
        onLow = () -> {
            onLow = () -> {};
            come(5);
        };
        go(3);
        assertThat(pressure.isHigh()).isTrue();
        assertThat(told).containsExactly("high 8", "low 5", "high 10");
    }

    @Test
    void laneThatIsEmptiedWhileItsListenersAreToldThatItIsHighIsLowAfterwards() {
        onHigh = () -> {
            onHigh = () -> {};
            go(8);
        };
        come(8);
        assertThat(pressure.isHigh()).isFalse();
        assertThat(told).containsExactly("high 8", "low 0");
    }

    /** As a listener does that has sources pause and go on, and returns when the lane is empty, or full again. */
    @Test
    void threadThatTellsIsNotHeldWhileEachEventLeadsToTheNext() {
        onHigh = () -> go(8);
        onLow = () -> come(8);
        come(8);
        assertThat(told).containsExactly("high 8", "low 0");
        assertThat(aside).hasSize(1);
        onHigh = () -> {};
        aside.get(0).run();
        assertThat(told).containsExactly("high 8", "low 0", "high 8");
        assertThat(aside).hasSize(1);
    }
}
