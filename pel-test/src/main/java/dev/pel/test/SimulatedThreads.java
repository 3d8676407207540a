package dev.pel.test;

import java.util.ArrayDeque;
import java.util.Deque;

/** The idle threads of simulations that are over. From any thread. */
final class SimulatedThreads implements AutoCloseable {
    private final Deque<SimulatedThread> idle = new ArrayDeque<>();
    private boolean closed;

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
        synchronized (idle) {
            closed = true;
            idle.forEach(SimulatedThread::retire);
            idle.clear();
        }
    }
}
