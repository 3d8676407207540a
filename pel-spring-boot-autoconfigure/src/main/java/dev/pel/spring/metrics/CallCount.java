package dev.pel.spring.metrics;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** How many entries of one lane have ended in one way, or were refused: the sum over all labels, counted when it is read. */
final class CallCount {
    private final List<EndMeters> byLabel = new CopyOnWriteArrayList<>();
    private final LongAdder refused = new LongAdder();

    void add(EndMeters label) {
        byLabel.add(label);
    }

    void refused() {
        refused.increment();
    }

    long get() {
        return refused.sum() + byLabel.stream().mapToLong(EndMeters::count).sum();
    }
}
