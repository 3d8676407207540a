package dev.pel.conformance;

import com.google.common.util.concurrent.ForwardingFuture;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.testing.AbstractListenableFutureTest;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.LoopFuture;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** Guava's test of futures, on the handles of calls and of what is attached to them. */
final class GuavaFutureJudge {
    private static final EntryCount ENTRIES = new EntryCount();
    private static final EventLoop LOOP =
            EventLoop.create(EventLoopOptions.defaults().withName("guava").withListener(ENTRIES));

    private GuavaFutureJudge() {}

    static Verdict judge() {
        LOOP.start();
        JUnit4Run run = JUnit4Run.of(test -> true, NextTest.class, WorkTest.class, DependentTest.class);
        LOOP.forceStop().join();
        return run.verdict("Guava AbstractListenableFutureTest", ENTRIES.run(), "");
    }

    private static <V> Callable<V> operation(V value, Exception failure, CountDownLatch gate) {
        return () -> {
            gate.await();
            if (failure != null) {
                throw failure;
            }
            return value;
        };
    }

    /** A handle as Guava wants it. */
    private static final class Handle<V> extends ForwardingFuture<V> implements ListenableFuture<V> {
        private final LoopFuture<V> handle;

        Handle(LoopFuture<V> handle) {
            this.handle = handle;
        }

        @Override
        protected Future<V> delegate() {
            return handle;
        }

        @Override
        public void addListener(Runnable listener, Executor executor) {
            handle.whenCompleteAsync((value, error) -> listener.run(), executor);
        }
    }

    /** A call of the passive lane. */
    public static final class NextTest extends AbstractListenableFutureTest {
        @Override
        protected <V> ListenableFuture<V> createListenableFuture(V value, Exception failure, CountDownLatch gate) {
            return new Handle<>(LOOP.next(operation(value, failure, gate)));
        }
    }

    /** A call of the work lane with a body. */
    public static final class WorkTest extends AbstractListenableFutureTest {
        @Override
        protected <V> ListenableFuture<V> createListenableFuture(V value, Exception failure, CountDownLatch gate) {
            return new Handle<>(LOOP.work(operation(value, failure, gate), result -> {}));
        }
    }

    /** What is attached to a call. */
    public static final class DependentTest extends AbstractListenableFutureTest {
        @Override
        protected <V> ListenableFuture<V> createListenableFuture(V value, Exception failure, CountDownLatch gate) {
            return new Handle<>(LOOP.next(operation(value, failure, gate)).thenApply(result -> result));
        }
    }
}
