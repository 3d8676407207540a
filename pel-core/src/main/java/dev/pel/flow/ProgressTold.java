package dev.pel.flow;

import dev.pel.Outcome;
import dev.pel.StreamInfo;
import dev.pel.StreamProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tells the listeners of a stream, and of its loop, how far it has come: each in a turn of its own, not too often. Confined to the active thread. */
@SuppressWarnings("FutureReturnValueIgnored") // what a listener throws reaches the error handler
final class ProgressTold {
    private static final Duration INTERVAL_OF_LOOP = Duration.ofSeconds(1);

    private final StreamServices services;
    private final StreamInfo stream;
    private final List<Turn> turns = new ArrayList<>();
    private boolean begun;

    /** When somebody is to be told next. */
    private long next;

    /** Somebody who is told. */
    private static final class Turn {
        private final long interval;
        private final Consumer<StreamProgress> tells;
        private long next;

        Turn(Duration interval, long now, Consumer<StreamProgress> tells) {
            this.interval = StreamFigures.nanos(interval);
            this.tells = tells;
            this.next = now + this.interval;
        }
    }

    ProgressTold(StreamServices services, StreamTerms terms, StreamInfo stream) {
        this.services = services;
        this.stream = stream;
        long now = services.nanoTime();
        turns.add(
                new Turn(INTERVAL_OF_LOOP, now, told -> services.tell(listener -> listener.streamProgressed(stream))));
        for (StreamTerms.ProgressListener listener : terms.listeners()) {
            turns.add(new Turn(
                    listener.interval(),
                    now,
                    told -> services.later(() -> listener.listener().accept(told))));
        }
        this.next = now;
    }

    void begins() {
        begun = true;
        services.tell(listener -> listener.streamStarted(stream));
    }

    /** Tells those whose time has come. */
    void tick(long now) {
        if (now - next < 0) {
            return;
        }
        StreamProgress told = null;
        long soonest = Long.MAX_VALUE;
        for (Turn turn : turns) {
            if (now - turn.next >= 0) {
                told = told == null ? stream.progress() : told;
                turn.tells.accept(told);
                turn.next = now + turn.interval;
            }
            soonest = Math.min(soonest, turn.next - now);
        }
        next = now + soonest;
    }

    /** Tells all, unless the stream was never begun. */
    void ends(Outcome outcome) {
        StreamProgress last = stream.progress();
        if (begun) {
            services.tell(listener -> listener.streamEnded(stream, outcome));
        }
        turns.subList(1, turns.size()).forEach(turn -> turn.tells.accept(last));
    }
}
