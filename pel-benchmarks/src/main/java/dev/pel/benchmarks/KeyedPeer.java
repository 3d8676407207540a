package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.ThreadKind;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A pool that runs the operations of a key one after the other, in the order in which they were submitted, and then their bodies. */
@SuppressWarnings("FutureReturnValueIgnored") // the scenarios count what is delivered
interface KeyedPeer extends AutoCloseable {
    /**
     * Runs a call when those of the same key that came before have had their turn.
     *
     * @param key whose turn it is
     * @param job the operation and its body
     */
    void next(Object key, Job job);

    /** Whether the turn of a call lasts up to the end of its body; else up to the end of its operation. */
    boolean hasBodyInTurn();

    /** Whether all bodies run on the same thread. */
    boolean hasOneThread();

    /** Ends all threads. Called when nothing is in flight. */
    @Override
    void close();

    /**
     * Makes a peer.
     *
     * @param name its name
     * @param load how many threads run operations, and how many calls there are at once at most
     * @return the peer, started
     */
    static KeyedPeer open(String name, Load load) {
        return switch (name) {
            case Peers.PEL -> new Pel(PelPeer.shipped(load, ThreadKind.PLATFORM));
            case Peers.PEL_CORE -> new Pel(PelPeer.core(load));
            case "striped" -> Striped.started(load);
            case "stripedLean" -> new LeanStriped(Striped.started(load));
            default -> throw new IllegalArgumentException("There is no peer '%s' with keys".formatted(name));
        };
    }

    /** {@code loop.call("keyed").key(key).next(operation, body)}. */
    record Pel(PelPeer peer, EventLoop loop) implements KeyedPeer {
        Pel(PelPeer peer) {
            this(peer, peer.loop());
        }

        @Override
        public void next(Object key, Job job) {
            LoopFuture<Integer> call = loop.call("keyed").key(key).next(job, job);
            if (call.outcome() == Outcome.REJECTED) {
                call.join(); // throws the reason
            }
        }

        @Override
        public boolean hasBodyInTurn() {
            return true;
        }

        @Override
        public boolean hasOneThread() {
            return true;
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    /**
     * The JDK's single-thread executors, one of which each key has by its hash, and one more for the bodies. A stripe begins the
     * next operation when the body of the last one waits for its thread.
     */
    record Striped(List<ExecutorService> stripes, ExecutorService active) implements KeyedPeer {
        static Striped started(Load load) {
            return new Striped(
                    IntStream.range(0, load.threads())
                            .<ExecutorService>mapToObj(any -> single(load.inFlight()))
                            .toList(),
                    Executors.newSingleThreadExecutor());
        }

        /** As {@code newSingleThreadExecutor} makes it, but with a bound, beyond which it throws. */
        private static ExecutorService single(int capacity) {
            return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(capacity));
        }

        ExecutorService stripe(Object key) {
            return stripes.get(Math.floorMod(key.hashCode(), stripes.size()));
        }

        @Override
        public void next(Object key, Job job) {
            CompletableFuture.supplyAsync(job, stripe(key)).thenAcceptAsync(job, active);
        }

        @Override
        public boolean hasBodyInTurn() {
            return false;
        }

        @Override
        public boolean hasOneThread() {
            return true;
        }

        @Override
        public void close() {
            stripes.forEach(ExecutorService::shutdown);
            active.shutdown();
        }
    }

    /** The same with the body on the thread of the stripe, right behind its operation: in turn, but not on one thread. */
    record LeanStriped(Striped striped) implements KeyedPeer {
        @Override
        public void next(Object key, Job job) {
            CompletableFuture.runAsync(() -> job.accept(job.call()), striped.stripe(key));
        }

        @Override
        public boolean hasBodyInTurn() {
            return true;
        }

        @Override
        public boolean hasOneThread() {
            return false;
        }

        @Override
        public void close() {
            striped.close();
        }
    }
}
