package dev.pel.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Calls of many keys, each of which knows its place in the order of its key, and fails the run when it comes at another one. So
 * what is lost, delivered twice, out of turn, or beside another call of the same key is a fault.
 */
@SuppressWarnings("ReferenceEquality") // which thread it is, is the question
final class KeyedCalls {
    private final KeyedPeer peer;
    private final List<Call> calls = new ArrayList<>();
    private final List<Key> keys;

    /** How many calls are let in, and told as delivered, at once: so the pacing hardly costs anything. */
    private final int portion;

    private Semaphore places = new Semaphore(0);
    private Gate gate = new Gate();
    private final AtomicInteger delivered = new AtomicInteger();

    /** Where the first body ran. */
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    /**
     * For many runs.
     *
     * @param peer runs the calls
     * @param inFlight how many calls are there at once at most
     * @param keys how many keys there are
     * @param calls how many calls are made in a run
     * @param order gives each call, by its number, its key
     */
    KeyedCalls(KeyedPeer peer, int inFlight, int keys, int calls, IntUnaryOperator order) {
        this.peer = peer;
        this.portion = inFlight / 10;
        this.keys = IntStream.range(0, keys).mapToObj(Key::new).toList();
        IntStream.range(0, calls).map(order).mapToObj(this.keys::get).forEach(key -> this.calls.add(new Call(key)));
    }

    /**
     * Makes all calls from this thread, as fast as they are delivered, and waits for their end.
     *
     * @param patience for how many seconds at most nothing may be delivered
     * @throws IllegalStateException when the order of a key did not hold
     */
    void run(int patience) throws InterruptedException {
        gate = new Gate();
        places = new Semaphore(10 * portion);
        delivered.set(0);
        keys.forEach(Key::reset);
        for (int i = 0; i < calls.size(); i++) {
            if (i % portion == 0 && !places.tryAcquire(portion, patience, TimeUnit.SECONDS)) {
                break; // the gate says why
            }
            Call call = calls.get(i);
            peer.next(call.key.name, call);
        }
        gate.await(patience);
    }

    private void delivered() {
        int count = delivered.incrementAndGet();
        if (count == calls.size()) {
            gate.open();
        } else if (count % portion == 0) {
            places.release(portion);
        }
    }

    /** What has happened with a key. Without a lock: that one call is seen by the next is part of the order. */
    private static final class Key {
        private final Integer name;
        private int calls;
        private int begun;
        private int ended;

        Key(int name) {
            this.name = name;
        }

        void reset() {
            begun = 0;
            ended = 0;
        }
    }

    private final class Call extends Job {
        private final Key key;
        private final int place;

        Call(Key key) {
            this.key = key;
            this.place = key.calls++;
        }

        @Override
        public Integer call() {
            if (key.begun != place || (peer.hasBodyInTurn() && key.ended != place)) {
                gate.fail("Operation %d of key %s began when %d had begun and %d bodies had ended"
                        .formatted(place, key.name, key.begun, key.ended));
            }
            key.begun = place + 1;
            return place & Byte.MAX_VALUE; // small, so that its box is one of the cached ones
        }

        @Override
        public void accept(Integer value) {
            if (peer.hasOneThread()
                    && thread.get() != Thread.currentThread()
                    && !thread.compareAndSet(null, Thread.currentThread())) {
                gate.fail("A body ran on " + Thread.currentThread().getName());
            }
            if (key.ended != place || value != (place & Byte.MAX_VALUE)) {
                gate.fail(
                        "Body %d of key %s ran with %d when %d had ended".formatted(place, key.name, value, key.ended));
            }
            key.ended = place + 1;
            delivered();
        }
    }
}
