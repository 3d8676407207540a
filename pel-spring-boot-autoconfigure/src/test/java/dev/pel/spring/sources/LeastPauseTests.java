package dev.pel.spring.sources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a listener stays paused at least, under a clock that the test moves. */
class LeastPauseTests {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<String> told = new ArrayList<>();
    private final Time time = new Time();

    /** What each pause fails with. */
    private @Nullable RuntimeException failure;

    private final SourcePause pause = new SourcePause(
            List.of("orders"),
            () -> List.of(new Orders()),
            () -> List.of(this.loop),
            time,
            new PauseTiming(Duration.ofSeconds(5), Duration.ofSeconds(1), () -> time.now));
    private final EventLoop loop = EventLoop.create(EventLoopOptions.defaults().withListener(pause));

    @BeforeEach
    void start() {
        pause.start();
    }

    @AfterEach
    void end() {
        pause.stop();
        loop.close();
        time.shutdownNow();
    }

    private void pressureComesAndGoes() {
        pause.pressureHigh(Lane.PASSIVE, 80);
        pause.pressureLow(Lane.PASSIVE, 50);
    }

    @Test
    void listenerStaysPausedForTheLeastTimeAfterThePressureHasGone() {
        pressureComesAndGoes();
        assertThat(told).containsExactly("pause");
        time.passes(4_999);
        assertThat(told).containsExactly("pause");
        time.passes(1);
        assertThat(told).containsExactly("pause", "resume");
        assertThat(pause.isPaused("orders")).isFalse();
    }

    @Test
    void pressureThatComesAndGoesAllTheTimePausesOnceInTheLeastTime() {
        for (int milli = 0; milli < 20_000; milli++) {
            pressureComesAndGoes();
            assertThat(time.planned).as("looks that are planned").hasSizeLessThanOrEqualTo(1);
            time.passes(1);
        }
        assertThat(pause.pauses()).isEqualTo(4);
        assertThat(told).hasSize(8);
    }

    @Test
    void listenerGoesOnAtOnceWhenThePressureHasLastedLonger() {
        pause.pressureHigh(Lane.PASSIVE, 80);
        time.passes(6_000);
        pause.pressureLow(Lane.PASSIVE, 50);
        assertThat(told).containsExactly("pause", "resume");
    }

    @Test
    void pressureThatIsThereAgainWhenTheTimeIsOverKeepsTheListenerPaused() {
        pressureComesAndGoes();
        time.passes(3_000);
        pause.pressureHigh(Lane.PASSIVE, 80);
        time.passes(10_000);
        assertThat(told).containsExactly("pause");
        pause.pressureLow(Lane.PASSIVE, 50);
        assertThat(told).containsExactly("pause", "resume");
    }

    @Test
    void whatCannotBePausedIsTriedAgainOnceInATimeHoweverOftenPressureComes() {
        failure = new IllegalStateException("planted");
        for (int i = 0; i < 10; i++) {
            pressureComesAndGoes();
        }
        pause.pressureHigh(Lane.PASSIVE, 80);
        assertThat(time.planned).as("looks that are planned").hasSize(1);
        failure = null;
        time.passes(1_000);
        assertThat(told).containsExactly("pause");
    }

    /** The only listener. */
    private final class Orders implements Registry, Source {
        @Override
        public String beanName() {
            return "registry";
        }

        @Override
        public Set<String> ids() {
            return Set.of("orders");
        }

        @Override
        public @Nullable Source find(String id) {
            return this;
        }

        @Override
        public boolean pause() {
            RuntimeException planted = failure;
            if (planted != null) {
                throw planted;
            }
            told.add("pause");
            return true;
        }

        @Override
        public void resume() {
            told.add("resume");
        }
    }

    /** A clock, and a thread that runs what it is given at once, or when the clock has come so far. */
    private static final class Time extends ScheduledThreadPoolExecutor {
        private final List<Planned> planned = new ArrayList<>();
        private long now;

        private record Planned(long at, Runnable task) {}

        Time() {
            super(0);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public @Nullable ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            planned.add(new Planned(now + unit.toNanos(delay), task));
            return null;
        }

        void passes(long millis) {
            now += millis * MILLI;
            List<Planned> due = planned.stream().filter(one -> one.at <= now).toList();
            planned.removeAll(due);
            due.forEach(one -> one.task.run());
        }
    }
}
