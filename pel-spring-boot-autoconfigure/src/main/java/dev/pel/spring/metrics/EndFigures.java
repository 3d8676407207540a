package dev.pel.spring.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Tags;

/** Counts, sums and maxima, written for next to nothing; the registry works its meters out of them when it is read. */
final class EndFigures implements EndMeters {
    private static final int ENDED = 0;
    private static final int STARTED = 1;
    private static final int WAITING = 2;
    private static final int RUNNING = 3;

    private final Sums sums = new Sums();
    private final RecentMaximum longestWait;
    private final RecentMaximum longestRun;

    /**
     * Registers the meters.
     *
     * @param meters where
     * @param clock whose time counts for the longest of late
     * @param tags loop, lane, label and outcome
     */
    EndFigures(DerivedMeters meters, Clock clock, Tags tags) {
        this.longestWait = new RecentMaximum(clock);
        this.longestRun = new RecentMaximum(clock);
        timer(CallMeters.WAIT, CallMeters.WAIT_DESCRIPTION, ENDED, WAITING, tags, meters);
        timer(CallMeters.RUN, CallMeters.RUN_DESCRIPTION, STARTED, RUNNING, tags, meters);
        longest(CallMeters.WAIT, CallMeters.WAIT_DESCRIPTION, longestWait, tags, meters);
        longest(CallMeters.RUN, CallMeters.RUN_DESCRIPTION, longestRun, tags, meters);
    }

    private void timer(String name, String description, int count, int total, Tags tags, DerivedMeters meters) {
        meters.timer(name, description, tags, () -> sums.get(count), () -> sums.get(total));
    }

    private static void longest(
            String name, String description, RecentMaximum maximum, Tags tags, DerivedMeters meters) {
        meters.longest(name + ".max", description + ", the longest of late", tags, maximum::get);
    }

    @Override
    public void ended(long waitingNanos, long runningNanos) {
        long waited = Math.max(0, waitingNanos);
        long ran = Math.max(0, runningNanos);
        sums.add(1, ran > 0 ? 1 : 0, waited, ran);
        longestWait.record(waited);
        longestRun.record(ran);
    }

    @Override
    public long count() {
        return sums.get(ENDED);
    }
}
