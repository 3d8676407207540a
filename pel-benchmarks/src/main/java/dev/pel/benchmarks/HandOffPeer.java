package dev.pel.benchmarks;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The least that a round trip over two threads costs when nobody spins: one {@code unpark} for the operation, one for the
 * body. No queue, no pool: one call at a time.
 */
final class HandOffPeer implements Peer {
    private final Stage active = new Stage("active");
    private final Stage pool = new Stage("pool");

    HandOffPeer() {
        active.start();
        pool.start();
    }

    @Override
    public void next(Job job) {
        pool.hand(() -> {
            Integer value = job.call();
            active.hand(() -> job.accept(value));
        });
    }

    @Override
    public void post(Post post) {
        active.hand(post);
    }

    @Override
    public void close() {
        pool.end();
        active.end();
    }

    private static final class Stage extends Thread {
        private static final long RETRY_NANOS = 1_000;

        private final AtomicReference<@Nullable Runnable> handed = new AtomicReference<>();
        private volatile boolean ended;

        Stage(String name) {
            super(name);
            setDaemon(true);
        }

        void hand(Runnable task) {
            while (!handed.compareAndSet(null, task)) {
                LockSupport.parkNanos(RETRY_NANOS); // the call before is not taken: a machine busy with others
            }
            LockSupport.unpark(this);
        }

        void end() {
            ended = true;
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            while (!ended) {
                Runnable task = handed.getAndSet(null); // before it runs: the task may hand over the next one
                if (task == null) {
                    LockSupport.park(this);
                } else {
                    task.run();
                }
            }
        }
    }
}
