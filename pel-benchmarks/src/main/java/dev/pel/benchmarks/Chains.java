package dev.pel.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * Chains of calls: each body starts the next call of its chain, until so many calls have been delivered. Confined to the
 * peer's one thread, and checks that it is one: a call that is lost, delivered twice, out of turn or elsewhere is a fault.
 */
@SuppressWarnings("ReferenceEquality") // which thread it is, is the question
final class Chains {
    private final Peer peer;
    private final int chains;
    private final Gate gate = new Gate();
    private int unsent;
    private int undelivered;
    private @Nullable Thread thread;

    /**
     * For one run.
     *
     * @param peer runs the calls
     * @param chains how many calls are in flight
     * @param calls how many are made in all
     */
    Chains(Peer peer, int chains, int calls) {
        this.peer = peer;
        this.chains = chains;
        this.unsent = calls;
        this.undelivered = calls;
    }

    /**
     * Starts the chains on the peer's one thread and waits for their end.
     *
     * @param patience for how many seconds at most
     */
    void run(int patience) throws InterruptedException {
        peer.post(Post.of(this::start));
        gate.await(patience);
    }

    private void start() {
        thread = Thread.currentThread();
        for (int i = 0; i < chains; i++) {
            send(new Link());
        }
    }

    private void send(Link link) {
        if (unsent > 0) {
            unsent--;
            peer.next(link);
        }
    }

    private final class Link extends Job {
        private int turn;

        @Override
        public Integer call() {
            return turn;
        }

        @Override
        public void accept(Integer value) {
            if (Thread.currentThread() != thread) {
                gate.fail("A body ran on " + Thread.currentThread().getName());
            } else if (value != turn) {
                gate.fail("Call %d was delivered where call %d was due".formatted(value, turn));
            } else {
                turn = (turn + 1) % Byte.MAX_VALUE; // small, so that its box is one of the cached ones
                undelivered--;
                if (undelivered == 0) {
                    gate.open();
                }
                send(this);
            }
        }
    }
}
