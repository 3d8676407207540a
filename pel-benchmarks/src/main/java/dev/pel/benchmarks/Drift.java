package dev.pel.benchmarks;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How far the runs of a periodic timer come off its grid. The grid is laid through the run that is least late, since nobody but the timer
 * knows where it begins.
 *
 * @param accumulated what has been added up from the first tenth of the runs to the last: the least that one is late there, less the least
 *     that one is late here. That a single run is late is no drift, and the next one need not be
 * @param slope the drift from one place of the grid to the next, by the straight line that fits all runs best
 * @param half half of the places got their run by at most this too late; one that was left out got the next run
 * @param most the latest one got it by this too late
 */
record Drift(double accumulated, double slope, double half, double most) {
    /**
     * Computes it.
     *
     * @param places which place of the grid each run has, in rising order
     * @param times when it began, in nanoseconds
     * @param interval from one place to the next
     * @return the drift, in nanoseconds
     */
    static Drift of(long[] places, long[] times, long interval) {
        int count = times.length;
        long[] off = IntStream.range(0, count)
                .mapToLong(run -> times[run] - times[0] - (places[run] - places[0]) * interval)
                .toArray();
        int part = Math.max(1, count / 10);
        long before = least(off, 0, part);
        long after = least(off, count - part, count);
        long[] late = IntStream.range(0, count)
                .boxed()
                .flatMapToLong(run -> LongStream.rangeClosed(run == 0 ? places[0] : places[run - 1] + 1, places[run])
                        .map(place -> off[run] + (places[run] - place) * interval))
                .sorted()
                .toArray();
        long least = least(off, 0, count);
        return new Drift(
                after - before, slope(places, off), late[late.length / 2] - least, late[late.length - 1] - least);
    }

    private static long least(long[] values, int from, int to) {
        return Arrays.stream(values, from, to).min().orElseThrow();
    }

    private static double slope(long[] places, long[] off) {
        double meanPlace = Arrays.stream(places).average().orElseThrow();
        double meanOff = Arrays.stream(off).average().orElseThrow();
        double together = 0;
        double alone = 0;
        for (int run = 0; run < off.length; run++) {
            together += (places[run] - meanPlace) * (off[run] - meanOff);
            alone += (places[run] - meanPlace) * (places[run] - meanPlace);
        }
        return together / alone;
    }
}
