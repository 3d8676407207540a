package dev.pel.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A computation that takes a given processor time, whoever runs it: calibrated by the time of a thread's processor, which
 * virtual threads cannot tell, and not by the clock, which goes on while a thread waits for a core.
 */
final class Burn implements Runnable {
    private static final long SAMPLE_TOKENS = 1_000_000;
    private static final int SAMPLES = 20;

    private final long tokens;

    private Burn(long tokens) {
        this.tokens = tokens;
    }

    /**
     * Calibrates a computation on this thread.
     *
     * @param nanos how long it takes
     * @return the computation
     */
    static Burn of(long nanos) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < SAMPLES; i++) {
            long begun = threads.getCurrentThreadCpuTime();
            Blackhole.consumeCPU(SAMPLE_TOKENS);
            best = Math.min(best, threads.getCurrentThreadCpuTime() - begun);
        }
        return new Burn(Math.max(1, nanos * SAMPLE_TOKENS / Math.max(1, best)));
    }

    @Override
    public void run() {
        Blackhole.consumeCPU(tokens);
    }
}
