package dev.pel.benchmarks;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Many independent calls of the same kind, counted as they are delivered to the one thread. */
@SuppressWarnings("ReferenceEquality") // which thread it is, is the question
final class Crowd extends Job {
    private static final int CHECKING_CALLS = 256;

    private final Runnable work;
    private final int calls;
    private final Gate gate = new Gate();
    private final LongAdder operations = new LongAdder();
    private int delivered;

    /** The one that came first: of two that come at once one is wrong, and knows. */
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    /**
     * For one run.
     *
     * @param calls how many are made
     * @param work what each operation does
     */
    Crowd(int calls, Runnable work) {
        this.calls = calls;
        this.work = work;
    }

    /**
     * Makes all the calls from this thread and waits for their end.
     *
     * @param peer runs the calls
     * @param patience for how many seconds at most
     */
    void run(Peer peer, int patience) throws InterruptedException {
        submit(peer);
        await(patience);
    }

    void submit(Peer peer) {
        for (int i = 0; i < calls; i++) {
            peer.next(this);
        }
    }

    void await(int patience) throws InterruptedException {
        gate.await(patience);
        if (operations.sum() != calls) {
            throw new IllegalStateException("%d operations ran for %d calls".formatted(operations.sum(), calls));
        }
    }

    /**
     * Looks once more for what was delivered too often, when that has had the time to arrive.
     *
     * @param peer ran the calls
     * @param patience for how many seconds at most
     */
    void check(Peer peer, int patience) throws InterruptedException {
        new Chains(peer, CHECKING_CALLS, CHECKING_CALLS).run(patience);
        gate.check();
    }

    @Override
    public Integer call() {
        work.run();
        operations.increment();
        return 1;
    }

    @Override
    public void accept(Integer value) {
        if (thread.get() == null) {
            thread.compareAndSet(null, Thread.currentThread());
        }
        if (Thread.currentThread() == thread.get()) {
            count(value);
        } else {
            gate.fail("A body ran on " + Thread.currentThread().getName());
        }
    }

    /** Runs on the one thread alone: were a body elsewhere counted, the gate could open before that body is told of. */
    private void count(int value) {
        delivered += value;
        if (delivered > calls) {
            gate.fail("More was delivered than was called for");
        } else if (delivered == calls) {
            gate.open();
        }
    }
}
