package dev.pel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leads from a future to the one or two that it depends on. Once the future has failed, it leads only to the one in which the failure
 * began, and nowhere when that is the future itself.
 */
class Link {
    private volatile @Nullable LoopFuture<?> source;
    private volatile @Nullable LoopFuture<?> other;

    Link(LoopFuture<?> source) {
        this(source, null);
    }

    Link(@Nullable LoopFuture<?> source, @Nullable LoopFuture<?> other) {
        this.source = source;
        this.other = other;
    }

    final @Nullable LoopFuture<?> source() {
        return source;
    }

    final @Nullable LoopFuture<?> other() {
        return other;
    }

    /** What is known of the beginning of the chain; null where nothing is, or the link has to be followed for it. */
    @Nullable Start start() {
        return null;
    }

    /** Clears the link: nothing is to be found further on, and what the future depended on can be collected. */
    void letGo() {
        source = null;
        other = null;
    }

    /** Called when a newer link has replaced this one, which leads to the given future. */
    void ledTo(LoopFuture<?> next) {}

    /**
     * What the dependents in a row take over from the call or timer at its beginning. It is also the link of those that have succeeded:
     * nothing is to be found further on, but what is attached to them later is in the same row.
     */
    static final class Start extends Link {
        private final @Nullable CallDetails details;
        private final boolean isTimer;

        private Start(@Nullable CallDetails details, boolean isTimer) {
            super(null, null);
            this.details = details;
            this.isTimer = isTimer;
        }

        /** For a dependent of this future; null when there is nothing to take over. */
        static @Nullable Start of(LoopFuture<?> source) {
            Link link = source.link();
            Start known = link == null ? null : link.start();
            if (known != null) {
                return known;
            }
            CallDetails details = Chain.details(source);
            return details == null && !source.isTimer() ? null : new Start(details, source.isTimer());
        }

        @Nullable CallDetails details() {
            return details;
        }

        /** Whether the row begins with the handle of a timer. */
        boolean isTimer() {
            return isTimer;
        }

        @Override
        Start start() {
            return this;
        }
    }

    /** The link of a dependent, or of one that has failed. It knows the beginning of the row, and so does what is attached to it. */
    abstract static class InRow extends Link {
        private final @Nullable Start start;

        InRow(LoopFuture<?> source, @Nullable Start start) {
            super(source);
            this.start = start;
        }

        @Override
        final @Nullable Start start() {
            return start;
        }

        final @Nullable CallDetails details() {
            return start == null ? null : start.details();
        }

        /** The label of the call at the beginning of the chain. */
        public final @Nullable String label() {
            CallDetails details = details();
            return details == null ? null : details.label();
        }

        /** Whether it is attached to the handle of a timer, or to that of another dependent of the timer. */
        public final boolean isOfTimer() {
            return start != null && start.isTimer();
        }
    }

    /** Leads from a dependent that has failed to the future in which the failure began. */
    static final class ToOrigin extends InRow {
        ToOrigin(LoopFuture<?> origin, @Nullable Start start) {
            super(origin, start);
        }
    }

    /**
     * Leads from a future of {@code thenCompose} to what must end before its function runs. What that function submits is not known
     * before; threads of a pool that wait for the future ask here to be told, so that they can run it.
     */
    static final class OpenEnd extends Link {
        /** Who asked to be told; null once the function has said what the future waits for. */
        private final AtomicReference<@Nullable List<Consumer<LoopFuture<?>>>> waiting =
                new AtomicReference<>(List.of());

        OpenEnd(LoopFuture<?> source) {
            super(source);
        }

        /** Asks to be told. False when it is too late: the future leads to what was submitted by now. */
        boolean tell(Consumer<LoopFuture<?>> listener) {
            return waiting.updateAndGet(now -> now == null ? null : with(now, listener)) != null;
        }

        void forget(Consumer<LoopFuture<?>> listener) {
            waiting.updateAndGet(now -> now == null ? null : without(now, listener));
        }

        @Override
        void ledTo(LoopFuture<?> next) {
            List<Consumer<LoopFuture<?>>> asked = waiting.getAndSet(null);
            if (asked != null) {
                asked.forEach(listener -> listener.accept(next));
            }
        }

        private static <E> List<E> with(List<E> before, E added) {
            List<E> more = new ArrayList<>(before);
            more.add(added);
            return more;
        }

        private static <E> List<E> without(List<E> before, E removed) {
            List<E> fewer = new ArrayList<>(before);
            fewer.remove(removed);
            return fewer;
        }
    }
}
