package dev.pel.spring;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one method on one loop: all that is the same for each of them, so that a call makes nothing but itself.
 *
 * @param plan how they go to the loop
 * @param call all of that, as the loop takes it
 */
record PreparedCall(CallPlan plan, CallSpec call) {

    static PreparedCall of(CallPlan plan, EventLoop loop, RetryBeans rules) {
        CallSpec call = loop.call(plan.label());
        CallSpec timed = plan.timeout() == null ? call : call.timeout(plan.timeout());
        return new PreparedCall(plan, plan.terms().addTo(timed, loop.options(), rules));
    }

    /**
     * Submits one call.
     *
     * @param operation the method itself
     * @param arguments those of the method
     * @return what the caller of the method gets: the handle, or null from a void method
     * @throws IllegalArgumentException when the key is null, or cannot be worked out
     */
    @Nullable LoopFuture<@Nullable Object> submit(Callable<@Nullable Object> operation, @Nullable Object[] arguments) {
        CallKey key = plan.terms().key();
        CallSpec keyed = key == null ? call : call.key(key.of(arguments));
        LoopFuture<@Nullable Object> handle = switch (plan.lane()) {
            case ACTIVE -> keyed.enqueue(Lane.ACTIVE, operation);
            case PASSIVE -> keyed.next(operation);
            case WORK -> keyed.work(operation);
        };
        return plan.returnsHandle()
                ? handle
                : null; // to look at a handle that was refused would keep that out of the log
    }
}
