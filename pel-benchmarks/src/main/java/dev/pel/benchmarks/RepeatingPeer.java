package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.PeriodicTimer;
import dev.pel.ThreadKind;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread with a periodic timer. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
interface RepeatingPeer extends AutoCloseable {
    /** What a periodic timer runs. */
    interface Tick {
        /**
         * Runs on the one thread.
         *
         * @param number which place of the grid it has, from 0; runs that were left out count
         */
        void run(long number);
    }

    /**
     * Starts the timer, which goes on until the peer is closed.
     *
     * @param nanos from one run to the next, and to the first
     * @param tick what it runs
     */
    void every(long nanos, Tick tick);

    /** Ends the thread. */
    @Override
    void close();

    /**
     * Makes a peer.
     *
     * @param name its name
     * @return the peer, started
     */
    static RepeatingPeer open(String name) {
        return switch (name) {
            case Peers.PEL -> new Pel(PelPeer.shipped(new Load(1, 1), ThreadKind.PLATFORM));
            case Peers.PEL_CORE -> new Pel(PelPeer.core(new Load(1, 1)));
            case "fixedRate" -> new Jdk(new ScheduledThreadPoolExecutor(1), true);
            case "fixedDelay" -> new Jdk(new ScheduledThreadPoolExecutor(1), false);
            default -> throw new IllegalArgumentException("There is no peer '%s' that repeats".formatted(name));
        };
    }

    /** {@code loop.every(interval).run(body)}, which skips what it misses. */
    record Pel(PelPeer peer, EventLoop loop) implements RepeatingPeer {
        Pel(PelPeer peer) {
            this(peer, peer.loop());
        }

        @Override
        public void every(long nanos, Tick tick) {
            // on the thread that runs the ticks, so that the first finds its timer
            loop.enqueue(Lane.ACTIVE, () -> {
                PeriodicTimer[] timer = new PeriodicTimer[1];
                timer[0] = loop.every(Duration.ofNanos(nanos))
                        .run(() -> tick.run(timer[0].runs() - 1 + timer[0].missed()));
            });
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    /** {@code scheduleAtFixedRate}, which catches up with what it misses, or {@code scheduleWithFixedDelay}. */
    record Jdk(ScheduledThreadPoolExecutor executor, boolean hasGrid) implements RepeatingPeer {
        @Override
        public void every(long nanos, Tick tick) {
            Runnable task = new Runnable() {
                private long runs;

                @Override
                public void run() {
                    tick.run(runs);
                    runs++;
                }
            };
            if (hasGrid) {
                executor.scheduleAtFixedRate(task, nanos, nanos, TimeUnit.NANOSECONDS);
            } else {
                executor.scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
