package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Outcome;
import dev.pel.StreamInfo;
import dev.pel.StreamProgress;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/** The streams of work of one loop together: how many are under way, and what has become of their items. */
final class StreamMeters implements EventLoopListener {
    private final Lock lock = new ReentrantLock();

    /** Guarded by the lock, as are the counts: a stream that ends is never seen in both, or in neither. */
    private final List<StreamInfo> running = new ArrayList<>();

    private long done;
    private long failed;
    private long discarded;

    /** Registers those of one loop, if it has this listener. */
    static void bind(DerivedMeters meters, EventLoop loop) {
        for (EventLoopListener listener : loop.options().hooks().listeners()) {
            if (listener instanceof StreamMeters streams) {
                streams.register(meters, Tags.of("loop", loop.options().name()));
            }
        }
    }

    private void register(DerivedMeters meters, Tags tags) {
        meters.gauge(
                "pel.streams.running", "Streams of work that are under way", tags, () -> sum(() -> 0, stream -> 1));
        meters.gauge(
                "pel.streams.in.flight",
                "Items of streams that are under way",
                tags,
                () -> sum(() -> 0, StreamProgress::inFlight));
        String items = "Items of streams that have come to their end";
        meters.counter(
                "pel.streams.items", items, tags.and("result", "done"), () -> sum(() -> done, StreamProgress::done));
        meters.counter(
                "pel.streams.items",
                items,
                tags.and("result", "failed"),
                () -> sum(() -> failed, StreamProgress::failed));
        meters.counter(
                "pel.streams.items",
                items,
                tags.and("result", "discarded"),
                () -> sum(() -> discarded, StreamProgress::discarded));
    }

    private long sum(LongSupplier ended, ToLongFunction<StreamProgress> figure) {
        return locked(() -> ended.getAsLong() + running(figure));
    }

    private long running(ToLongFunction<StreamProgress> figure) {
        return running.stream()
                .mapToLong(stream -> figure.applyAsLong(stream.progress()))
                .sum();
    }

    private long locked(LongSupplier figure) {
        lock.lock();
        try {
            return figure.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean needsEntries() {
        return false;
    }

    @Override
    public void streamStarted(StreamInfo stream) {
        locked(() -> running.add(stream) ? 1 : 0);
    }

    @Override
    public void streamEnded(StreamInfo stream, Outcome outcome) {
        locked(() -> {
            StreamProgress last = stream.progress();
            if (running.remove(stream)) {
                done += last.done();
                failed += last.failed();
                discarded += last.discarded();
            }
            return 0;
        });
    }
}
