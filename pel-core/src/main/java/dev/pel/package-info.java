/**
 * The engine.
 *
 * <pre>
 *   your code                       passive lane                 passive threads
 *   (any thread)     next(op)      +--------------+   take      +---------------+
 *        |  ---------------------> | queue        | ----------> | run operation | --+
 *        |                         +--------------+             +---------------+   |
 *        |           work(op)      +--------------+             +---------------+   | body,
 *        |  ---------------------> | queue        | ----------> | run operation | --+ dependents
 *        |                         +--------------+             +---------------+   |
 *        |                            work lane                    work threads     |
 *        |                                                                          v
 *        |  enqueue(ACTIVE, task)  +--------------+   take      +-------------------------------+
 *        +-----------------------> | queue        | ----------> | the active thread: bodies,    |
 *           delay(time, body)      +--------------+             | timers, dependents, the error |
 *                                     active lane               | handler: one after the other  |
 *                                                               +-------------------------------+
 *
 *   the watch thread: timeouts of calls, and the stop; it never runs your code
 * </pre>
 *
 * To follow one {@code next}: {@link dev.pel.EventLoop}, {@code PretendEventLoop}, {@code PoolLane}, {@code Call},
 * {@code ActiveLane}.
 *
 * <p>What does not say {@code @Nullable} is never null: given null, methods throw {@code NullPointerException} at once.
 */
@NullMarked
package dev.pel;

import org.jspecify.annotations.NullMarked;
