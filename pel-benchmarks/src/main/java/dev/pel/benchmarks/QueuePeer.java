package dev.pel.benchmarks;

import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A bare bounded queue for several producers: JCTools' array queue, and a thread that runs what is in it. It is no loop: it has no state,
 * counts nothing, refuses nothing, and carries no context.
 */
final class QueuePeer implements Peer {
    private final MpscVarHandleArrayQueue<Post> queue;
    private final Thread active = new Thread(this::run, "active");
    private volatile boolean sleeps;
    private volatile boolean ended;

    QueuePeer(Load load) {
        queue = new MpscVarHandleArrayQueue<>(load.inFlight());
        active.setDaemon(true);
        active.start();
    }

    @Override
    public void next(Job job) {
        throw new UnsupportedOperationException("A queue has no pool for the operation");
    }

    @Override
    public void post(Post post) {
        while (!queue.offer(post)) {
            Thread.onSpinWait(); // more in flight than the scenario says
        }
        if (sleeps) {
            LockSupport.unpark(active);
        }
    }

    private void run() {
        while (!ended) {
            @Nullable Post post = queue.poll();
            if (post != null) {
                post.run();
            } else {
                await();
            }
        }
    }

    private void await() {
        sleeps = true;
        if (queue.isEmpty() && !ended) {
            LockSupport.park(this);
        }
        sleeps = false;
    }

    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(active);
    }
}
