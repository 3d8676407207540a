package dev.pel.spring;

import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One lane of the application's loop. There are three beans of this type, {@code pelActiveLane}, {@code pelPassiveLane} and
 * {@code pelWorkLane}; inject one with {@code @Qualifier("pelPassiveLane")}.
 *
 * <p>Not an {@code Executor}, so that it changes nothing for code that looks for one: {@link #executorService()} makes one. All methods may be called from any
 * thread, and none of them waits.
 */
public interface PelLane {
    /**
     * Which lane it is.
     *
     * @return the lane
     */
    Lane lane();

    /**
     * Posts a task to this lane.
     *
     * @param task runs on a thread of this lane
     * @return the handle, which ends when the task has; already {@link dev.pel.Outcome#REJECTED} when it was not accepted
     */
    LoopFuture<@Nullable Void> enqueue(Task task);

    /**
     * Posts a task that returns something to this lane.
     *
     * @param task runs on a thread of this lane
     * @param <T> what it returns
     * @return the handle, which ends when the task has, with what it returned; already {@link dev.pel.Outcome#REJECTED} when it was not
     *     accepted
     */
    <T extends @Nullable Object> LoopFuture<T> enqueue(Callable<? extends T> task);

    /**
     * Makes an {@code ExecutorService} in front of this lane, for a library that wants one and may end it: its {@code shutdown} and
     * {@code shutdownNow}, and on Java 19 and later {@code close}, end this view, with the tasks that came through it, and never the lane. Its
     * {@code execute} throws {@link dev.pel.CallRejectedException} when the lane does not accept the task. What a task given to
     * {@code execute} throws reaches the {@link dev.pel.ErrorHandler}. Tasks that a stop of the loop cuts off are cancelled; the view works on
     * when the loop has started again.
     *
     * <p>{@code awaitTermination}, {@code invokeAll}, {@code invokeAny} and the {@code get} of a future that {@code submit} has returned wait, as
     * their contract says, and so throw an {@code IllegalStateException} on the active thread, unless there is nothing to wait for or no time
     * is given.
     *
     * <p>{@code shutdownNow}, and {@code cancel(true)} on a future of a task, interrupt the thread that runs the task. While the task waits in a
     * {@code join} for a call of the loop, that thread may run that call or another one, and the interrupt reaches the operation of that one.
     * For a task that waits for calls, {@link #enqueue(Callable)} returns a handle whose {@code cancel(true)} interrupts its own operation only.
     *
     * @return a new view at each call
     */
    ExecutorService executorService();

    /**
     * How many entries wait. Those that run are not counted.
     *
     * @return the number
     */
    int size();

    /**
     * How many entries run now.
     *
     * @return the number
     */
    int running();

    /**
     * How many entries may wait.
     *
     * @return the number
     */
    int capacity();

    /**
     * Whether the lane is full: it refuses entries then. False does not promise that an entry is accepted: the passive and the work lane
     * refuse also when the active lane is full, and every lane refuses when the loop does not accept calls.
     *
     * @return true when as many wait as the capacity allows
     */
    boolean isFull();

    /**
     * Changes the number of threads, also while the lane is busy. Holds until the loop stops.
     *
     * @param threads the new number
     * @throws IllegalArgumentException when this is the active lane, or the number is out of range
     * @throws IllegalStateException when the loop is not running
     */
    void resize(int threads);

    /**
     * All figures of this lane at once.
     *
     * @return a snapshot
     */
    LaneStats stats();
}
