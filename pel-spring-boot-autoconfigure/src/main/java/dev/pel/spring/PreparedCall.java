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
 * @param call label and timeout, as the loop takes them
 */
record PreparedCall(CallPlan plan, CallSpec call) {

    static PreparedCall of(CallPlan plan, EventLoop loop) {
        CallSpec call = loop.call(plan.label());
        return new PreparedCall(plan, plan.timeout() == null ? call : call.timeout(plan.timeout()));
    }

    /**
     * Submits one call.
     *
     * @param operation the method itself
     * @return what the caller of the method gets: the handle, or null from a void method
     */
    @Nullable LoopFuture<@Nullable Object> submit(Callable<@Nullable Object> operation) {
        LoopFuture<@Nullable Object> handle = plan.lane() == Lane.WORK ? call.work(operation) : call.next(operation);
        return plan.returnsHandle()
                ? handle
                : null; // to look at a handle that was refused would keep that out of the log
    }
}
