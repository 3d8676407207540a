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
 *   the watchdog: timeouts of calls, the steps of a stop, and the size of an elastic lane; of your code it runs only listeners and the
 *   thread factory
 * </pre>
 *
 * <p>Each of the three lists below names the classes on the way, where each is entered first, and the thread that runs it there. Queues,
 * heaps and counters, which only keep something, are named beside the class that uses them.
 *
 * <p><b>The way of one {@code next}</b> with an operation, a body, and a function that is attached to its handle. In Spring {@code PelTemplate}
 * comes first, which only hands on.
 * <ol>
 *   <li>{@code PretendEventLoop}, calling thread: the verbs of the loop; hands each to the present run.
 *   <li>{@code Submissions}, calling thread: makes the call, submits it to its lane, and arms its timeout.
 *   <li>{@code Call}, calling thread: captures the context; it is the handle and the element of both queues in one object.
 *   <li>{@code PoolLane}, calling thread: accepts or refuses ({@code LaneBooks}), and queues ({@code LaneQueue}).
 *   <li>{@code WakeUp}, calling thread: picks a worker that sleeps, unless another one is on its way to the queue.
 *   <li>{@code Searcher}, calling thread: unparks that worker; on the worker's thread it takes the call from the queue.
 *   <li>{@code Worker}, passive thread: claims the call, opens the context, runs the operation, and hands the call over.
 *   <li>{@code ActiveLane}, passive thread: counts the body before the operation counts as ended.
 *   <li>{@code ActiveQueue}, passive thread: queues the body, and unparks the active thread.
 *   <li>{@code ActiveThread}, active thread: takes the call in a turn; {@code ActiveLane} takes its body through six steps.
 *   <li>{@code LoopFuture}, active thread: ends the handle; its superclasses are the JDK's methods.
 *   <li>{@code Dependent}, active thread: what is attached to the handle; goes into the same queue, and runs as a body does.
 * </ol>
 *
 * <p><b>The way of one {@code delay}</b> with a function that is attached to its handle.
 * <ol>
 *   <li>{@code PretendEventLoop}, calling thread: as above.
 *   <li>{@code Submissions}, calling thread: makes the timer.
 *   <li>{@code LoopTimer}, calling thread: the handle of a call without an operation, which knows when it is due.
 *   <li>{@code Call}, calling thread: its superclass; captures the context.
 *   <li>{@code Timers}, calling thread: accepts or refuses, and hands over ({@code Arrivals}); on the active thread it keeps the pending timers
 *       ({@code TimerHeap}) and fires what is due.
 *   <li>{@code ActiveQueue}, calling thread: unparks the active thread, if that would wake too late by itself.
 *   <li>{@code ActiveThread}, active thread: lets timers be taken in and fired, first thing in each turn.
 *   <li>{@code ActiveLane}, active thread: takes the body through the same six steps.
 *   <li>{@code LoopFuture}, active thread: ends the handle.
 *   <li>{@code Dependent}, active thread: as above.
 * </ol>
 *
 * <p><b>The way of a {@code stop}</b> whose deadline passes while an operation runs.
 * <ol>
 *   <li>{@code PretendEventLoop}, calling thread: as above.
 *   <li>{@code LoopRun}, calling thread: makes the {@code Shutdown}, unless there is one; RUNNING becomes DRAINING ({@code RunState}), and calls
 *       from outside are refused from here on; returns a copy of the report.
 *   <li>{@code WatchdogThread}, calling thread: unparks the watchdog.
 *   <li>{@code Watchdog}, watchdog: lets the stop make a step in each of its turns.
 *   <li>{@code Shutdown}, watchdog: drains ({@code DrainCheck}), cuts off what is left, waits for threads ({@code StuckThreads}), and reports.
 *   <li>{@code PoolLane}, watchdog: finds what runs and what waits.
 *   <li>{@code Worker}, watchdog: knows the call whose operation runs, and interrupts its thread.
 *   <li>{@code LoopFuture}, watchdog: ends the handle as STOPPED.
 *   <li>{@code Call}, watchdog: decides between that end and all others ({@code CallState}), and counts it.
 *   <li>{@code ReportCopies}, watchdog: hands the report out.
 *   <li>{@code CompletionThreads}, watchdog: runs what is attached to the report elsewhere.
 *   <li>{@code CompletionThread}, watchdog: starts such a thread, and runs on it.
 * </ol>
 *
 * <p><b>The layers</b>; each knows those above it. Parts that know no call, no handle and no lane: {@code Machine}, options, queues, heaps,
 * counters, state. The active lane: {@code ActiveLane}, {@code ActiveEntry}, {@code Signal}. Handles: {@code LoopFuture}, {@code Dependent},
 * and the {@code RunServices} that they share. Calls: {@code Call}, {@code LoopTimer}. The engine: {@code Worker}, {@code PoolLane},
 * {@code ActiveThread}, {@code Timers}, {@code Shutdown}. {@code LoopRun} builds all parts of one run and starts them.
 *
 * <p>What does not say {@code @Nullable} is never null: given null, methods throw {@code NullPointerException} at once.
 */
@NullMarked
package dev.pel;

import org.jspecify.annotations.NullMarked;
