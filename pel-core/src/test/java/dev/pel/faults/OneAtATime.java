package dev.pel.faults;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import dev.pel.Task;
import dev.pel.flow.Owned;
import dev.pel.flow.ResourceException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/** A resource of a loop that is open once at most, and used by one at a time; {@link Producer.FirstAttemptFailed} breaks it. */
final class OneAtATime {
    private final Owned<Opened> owned;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder wrong = new LongAdder();

    /** What is used. */
    private static final class Opened {
        private final AtomicInteger users = new AtomicInteger();
        private volatile boolean isClosed;
    }

    OneAtATime(EventLoop loop) {
        owned = loop.own(
                this::opened,
                options -> options.withCloser(this::closed)
                        .withReopenAfter(Producer.FirstAttemptFailed.class::isInstance));
    }

    private Opened opened() {
        wrongUnless(open.incrementAndGet() == 1);
        return new Opened();
    }

    private void closed(Opened opened) {
        wrongUnless(opened.users.get() == 0 && !opened.isClosed);
        opened.isClosed = true;
        open.decrementAndGet();
    }

    private void wrongUnless(boolean isRight) {
        if (!isRight) {
            wrong.increment();
        }
    }

    /** Submits an operation that uses it. */
    <T> LoopFuture<T> use(UnaryOperator<CallSpec> calls, Callable<T> operation, Task body) {
        return owned.with(calls)
                .next(
                        opened -> {
                            wrongUnless(opened.users.incrementAndGet() == 1 && !opened.isClosed);
                            try {
                                return operation.call();
                            } finally {
                                opened.users.decrementAndGet();
                            }
                        },
                        value -> body.run());
    }

    /** Whether an operation could not open it any more. */
    static boolean isStopped(Throwable error) {
        return error instanceof ResourceException
                && String.valueOf(error.getMessage()).contains("the loop has stopped");
    }

    /** How many are open; a stop leaves none. */
    int open() {
        return open.get();
    }

    /** How often it was open twice, used by two, used when it was closed, or closed while it was used. */
    long wrong() {
        return wrong.sum();
    }
}
