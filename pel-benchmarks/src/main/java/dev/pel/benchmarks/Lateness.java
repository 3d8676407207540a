package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How late timers of random dates fire that another thread sets all at once: pel beside the JDK's scheduler of one thread, in turns
 * and in the same process.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the bodies count
final class Lateness {
    private static final int PATIENCE_SECONDS = 60;

    private final int timers;
    private final Duration window;
    private final int warming;
    private final int rounds;

    /**
     * Of what size.
     *
     * @param timers how many are set in a round
     * @param window they fall due within
     * @param warming so many rounds come first and do not count
     * @param rounds so many count
     */
    Lateness(int timers, Duration window, int warming, int rounds) {
        this.timers = timers;
        this.window = window;
        this.warming = warming;
        this.rounds = rounds;
    }

    /** Medians over the rounds, pel's first. */
    List<Late> run() throws InterruptedException {
        List<Late> ofPel = new ArrayList<>();
        List<Late> ofJdk = new ArrayList<>();
        for (int i = 0; i < warming + rounds; i++) {
            Late pel = pel();
            Late jdk = jdk();
            if (i >= warming) {
                ofPel.add(pel);
                ofJdk.add(jdk);
            }
        }
        return List.of(Late.median(ofPel), Late.median(ofJdk));
    }

    private Late pel() throws InterruptedException {
        try (EventLoop loop = EventLoop.create(EventLoopOptions.defaults().withTimerCapacity(timers))) {
            loop.start();
            return measure("pel", (nanos, tick) -> loop.delay(Duration.ofNanos(nanos), tick::run));
        }
    }

    private Late jdk() throws InterruptedException {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
        executor.setRemoveOnCancelPolicy(true);
        try {
            return measure("jdk", (nanos, tick) -> executor.schedule(tick, nanos, TimeUnit.NANOSECONDS));
        } finally {
            executor.shutdownNow();
        }
    }

    private Late measure(String peer, Setting setting) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(42);
        long[] late = new long[timers];
        CountDownLatch fired = new CountDownLatch(timers);
        for (int i = 0; i < timers; i++) {
            long nanos = random.nextLong(window.toNanos());
            int number = i;
            long due = System.nanoTime() + nanos;
            setting.set(nanos, () -> {
                late[number] = System.nanoTime() - due;
                fired.countDown();
            });
        }
        if (!fired.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("%d timers of '%s' never fired".formatted(fired.getCount(), peer));
        }
        Arrays.sort(late);
        return new Late(peer, late[timers / 2], late[(int) (timers * 99L / 100)], late[timers - 1]);
    }

    static Table table(List<Late> all) {
        return new Table(
                List.of("late by, in ms", "half of them", "99 of 100", "the latest"),
                all.stream()
                        .map(late ->
                                List.of(late.peer(), millis(late.half()), millis(late.most()), millis(late.latest())))
                        .toList());
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
    }

    /** Sets one timer. */
    private interface Setting {
        void set(long nanos, Runnable tick);
    }

    /** In nanoseconds. */
    record Late(String peer, long half, long most, long latest) {
        static Late median(List<Late> rounds) {
            return new Late(
                    rounds.get(0).peer(),
                    middle(rounds.stream().mapToLong(Late::half).sorted().toArray()),
                    middle(rounds.stream().mapToLong(Late::most).sorted().toArray()),
                    middle(rounds.stream().mapToLong(Late::latest).sorted().toArray()));
        }

        private static long middle(long[] sorted) {
            return sorted[sorted.length / 2];
        }
    }
}
