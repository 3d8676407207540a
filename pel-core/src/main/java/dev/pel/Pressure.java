package dev.pel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells when a lane comes under pressure and when it is relieved, with hysteresis: high at the high-water mark, low again only
 * at the low one.
 */
final class Pressure {
    /** So many events one thread tells that came to submit or to run an entry. */
    private static final int MOST = 2;

    private final Lane lane;
    private final LaneCounters counters;
    private final Listeners listeners;
    private final int lowMark;
    private final AtomicBoolean telling = new AtomicBoolean();
    private volatile boolean high;
    private volatile boolean told;

    Pressure(Lane lane, LaneOptions options, LaneCounters counters, Listeners listeners) {
        this.lane = lane;
        this.counters = counters;
        this.listeners = listeners;
        this.lowMark = options.lowMark();
    }

    /** Whether the lane has reached its high-water mark and not fallen to the low one since; always true when it is full. */
    boolean isHigh() {
        return high;
    }

    /** An entry has come, and has taken the place with this number. */
    void rose(long place) {
        if (!high && counters.isHigh(place)) {
            rises();
        }
    }

    private void rose() {
        if (!high && counters.isHigh()) {
            rises();
        }
    }

    private void rises() {
        high = true;
        // concurrent threads may have emptied the lane after that look, when it was not high yet: nobody would tell
        // that it is low
        fell();
        tell();
    }

    /** An entry has left. */
    void fell() {
        if (high && counters.size() <= lowMark) {
            high = false;
            // and they may have filled it after this look, when it was high still
            rose();
            tell();
        }
    }

    /**
     * One thread at a time tells, and tells what is true by then. A concurrent thread that changes the state meanwhile either finds nobody
     * telling, or is seen by the teller's second look; so the last event told is always the true one. A listener that has sources pause and go
     * on may take as long as these take to change the state again: after a second event the rest is told aside.
     */
    private void tell() {
        for (int count = 0; high != told && telling.compareAndSet(false, true); count++) {
            if (count == MOST) {
                telling.set(false);
                listeners.aside(this::tell);
                return;
            }
            try {
                tellOne();
            } finally {
                telling.set(false);
            }
        }
    }

    private void tellOne() {
        boolean now = high;
        if (now != told) {
            told = now;
            if (now) {
                listeners.pressureHigh(lane, counters.size());
            } else {
                listeners.pressureLow(lane, counters.size());
            }
        }
    }
}
