package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells when a lane comes under pressure and when it is relieved, with hysteresis: high at the high-water mark, low again only
 * at the low one.
 */
final class Pressure {
    private final Lane lane;
    private final Listeners listeners;
    private final int highMark;
    private final int lowMark;
    private final AtomicBoolean telling = new AtomicBoolean();
    private volatile boolean high;
    private volatile boolean told;

    Pressure(Lane lane, LaneOptions options, Listeners listeners) {
        this.lane = lane;
        this.listeners = listeners;
        this.highMark = options.highMark();
        this.lowMark = options.lowMark();
    }

    void rose(int size) {
        if (size >= highMark && !high) {
            high = true;
            tell(size);
        }
    }

    void fell(int size) {
        if (high && size <= lowMark) {
            high = false;
            tell(size);
        }
    }

    /**
     * One thread at a time tells, and tells what is true by then. A rival that changes the state meanwhile either finds nobody
     * telling, or is seen by the teller's second look; so the last event told is always the true one.
     */
    private void tell(int size) {
        while (high != told && telling.compareAndSet(false, true)) {
            try {
                boolean now = high;
                if (now != told) {
                    told = now;
                    if (now) {
                        listeners.pressureHigh(lane, size);
                    } else {
                        listeners.pressureLow(lane, size);
                    }
                }
            } finally {
                telling.set(false);
            }
        }
    }
}
