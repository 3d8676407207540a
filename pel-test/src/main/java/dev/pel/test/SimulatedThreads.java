package dev.pel.test;

import java.util.ArrayDeque;
import java.util.Deque;

/** The idle threads of simulations that are over, and the one that looks for waits that no simulation sees. From any thread. */
final class SimulatedThreads implements AutoCloseable {
    private final Deque<SimulatedThread> idle = new ArrayDeque<>();
    private final WaitWatch watch = new WaitWatch();
    private boolean closed;

    WaitWatch watch() {
        return watch;
    }

    SimulatedThread take() {
        synchronized (idle) {
            SimulatedThread known = idle.pollLast();
            if (known != null) {
                return known;
            }
        }
        SimulatedThread fresh = new SimulatedThread();
        fresh.start();
        return fresh;
    }

    void give(SimulatedThread thread) {
        synchronized (idle) {
            if (!closed) {
                idle.addLast(thread);
                return;
            }
        }
        thread.retire();
    }

    @Override
    public void close() {
        watch.close();
        synchronized (idle) {
            closed = true;
            idle.forEach(SimulatedThread::retire);
            idle.clear();
        }
    }
}
