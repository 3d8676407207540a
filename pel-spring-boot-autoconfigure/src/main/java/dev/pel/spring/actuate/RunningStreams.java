package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Outcome;
import dev.pel.StreamInfo;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Knows the streams of work of one loop that are under way, for the endpoint. */
final class RunningStreams implements EventLoopListener {
    private final Queue<StreamInfo> streams = new ConcurrentLinkedQueue<>();

    /** Those of a loop, in the order in which they began; null when there are none, or the loop was made without this. */
    static @Nullable List<StreamDescription> of(EventLoop loop) {
        List<StreamDescription> found = loop.options().hooks().listeners().stream()
                .filter(RunningStreams.class::isInstance)
                .flatMap(listener -> ((RunningStreams) listener).streams.stream())
                .map(stream -> StreamDescription.of(stream.progress()))
                .toList();
        return found.isEmpty() ? null : found;
    }

    @Override
    public boolean needsEntries() {
        return false;
    }

    @Override
    public void streamStarted(StreamInfo stream) {
        streams.add(stream);
    }

    @Override
    public void streamEnded(StreamInfo stream, Outcome outcome) {
        streams.remove(stream);
    }
}
