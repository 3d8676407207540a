package dev.pel.flow;

import dev.pel.EventLoopListener;
import dev.pel.Outcome;
import dev.pel.StreamProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells the listeners of a stream, and of its loop, how far it has come: each in a turn of its own, not too often. Confined to the active thread. */
@SuppressWarnings("FutureReturnValueIgnored") // what a listener throws reaches the error handler
final class ProgressTold {
    private static final Duration INTERVAL_OF_LOOP = Duration.ofSeconds(1);

    private final StreamServices services;
    private final Supplier<StreamProgress> progress;
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
            this.interval = interval.toNanos();
            this.tells = tells;
            this.next = now + this.interval;
        }
    }

    ProgressTold(StreamServices services, StreamTerms terms, Supplier<StreamProgress> progress) {
        this.services = services;
        this.progress = progress;
        long now = services.nanoTime();
        turns.add(new Turn(INTERVAL_OF_LOOP, now, told -> services.tell(EventLoopListener::streamProgressed, told)));
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
        services.tell(EventLoopListener::streamStarted, progress.get());
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
                told = told == null ? progress.get() : told;
                turn.tells.accept(told);
                turn.next = now + turn.interval;
            }
            soonest = Math.min(soonest, turn.next - now);
        }
        next = now + soonest;
    }

    /** Tells all, unless the stream was never begun. */
    void ends(Outcome outcome) {
        StreamProgress last = progress.get();
        if (begun) {
            services.tell((listener, told) -> listener.streamEnded(told, outcome), last);
        }
        turns.subList(1, turns.size()).forEach(turn -> turn.tells.accept(last));
    }
}
