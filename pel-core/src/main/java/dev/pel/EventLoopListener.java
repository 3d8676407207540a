package dev.pel;

/**
 * Is told what happens in a loop: for metrics, tracing and flow control.
 *
 * <p>Every method runs <b>on the thread on which the thing happens</b>, a submitter's, a pool's or the active one, several
 * at once. That way a listener learns also what happens while the active thread is stuck. It must be quick, must not block,
 * and must be safe for use by several threads; one that blocks when a timeout or a stop ends a call blocks the thread that keeps
 * all deadlines of the loop, which is said in the log. To touch state that is confined to the active thread, post a task to it. What
 * it throws is logged and harmless: the first time in full, then as a count, in at most one line in ten seconds.
 *
 * <p>A call with an operation and a body is two entries: one in the lane of the operation and one in {@link Lane#ACTIVE},
 * and is told as such; each further attempt of an operation, see {@link CallSpec#retry}, is one more. So the events add up to what {@link EventLoop#stats()} says.
 */
public interface EventLoopListener {
    /**
     * Whether this listener needs the exact times of each entry. Asked once for each run of a loop, when the run is made. Reading the clock
     * takes longer than all else about a trivial entry, so unless a listener needs exact times, a loop that is flooded with short entries
     * uses a clock that advances about once a millisecond. Their sums and averages stay right; a single one can be off by
     * such a step. Without a flood, and for entries that are not short, times are exact anyway.
     *
     * @return false unless overridden
     */
    default boolean needsExactTimes() {
        return false;
    }

    /**
     * Whether this listener wants to be told of each entry: {@link #queued}, {@link #started} and {@link #ended}. Asked once for each run of a loop,
     * when the run is made. One that does not, because the rarer events are enough, costs a call nothing.
     *
     * @return true unless overridden
     */
    default boolean needsEntries() {
        return true;
    }

    /**
     * An entry has been accepted by a lane. Runs on the submitting thread, before the entry can start.
     *
     * @param call the call
     * @param lane the lane
     */
    default void queued(CallInfo call, Lane lane) {}

    /**
     * An operation or body is about to run. Runs on the thread that will run it.
     *
     * @param call the call
     * @param lane the lane
     * @param waitingNanos how long it waited in the lane, in nanoseconds
     */
    default void started(CallInfo call, Lane lane, long waitingNanos) {}

    /**
     * An entry of a lane has got its outcome. Runs on the thread that decided it, before anybody sees the handle as done; for a dependent,
     * and for a call that was ended from outside while its body was queued or a thread had just taken it, later, on the thread that has the
     * entry.
     *
     * @param call the call
     * @param lane the lane
     * @param outcome how the entry ended
     * @param waitingNanos how long it waited in the lane, in nanoseconds
     * @param runningNanos how long it ran, in nanoseconds; 0 when it never started
     */
    default void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {}

    /**
     * A call was not accepted. Runs on the submitting thread.
     *
     * @param call the call
     * @param why the lane, its capacity and the state of the loop
     */
    default void rejected(CallInfo call, CallRejectedException why) {}

    /**
     * A failure has reached the error handler. Runs before the handler, on the same thread: the active one, or a completion
     * thread when the active thread is gone.
     *
     * @param failure the failure
     */
    default void unhandled(Failure failure) {}

    /**
     * The loop has changed its state. Changes are told one at a time, in the order in which they were made, also across a stop and a new
     * start. Runs on the thread that made the change, or on the one that was telling an earlier change at that moment.
     *
     * @param from the state before
     * @param to the state now
     */
    default void stateChanged(LoopState from, LoopState to) {}

    /**
     * A lane has reached its high-water mark: sources should pause. Never told twice without {@link #pressureLow} between.
     *
     * @param lane the lane
     * @param size how many are waiting there
     */
    default void pressureHigh(Lane lane, int size) {}

    /**
     * A lane that was high has fallen to its low-water mark: sources may resume.
     *
     * @param lane the lane
     * @param size how many are waiting there
     */
    default void pressureLow(Lane lane, int size) {}

    /**
     * A stream of work has begun, see {@link EventLoop#forEach(Iterable)}. This and the two events below run on the active thread, in turns of their
     * own; what they throw reaches the error handler, as a body's failure does.
     *
     * @param stream the stream, which may be asked for its figures until it ends, and afterwards
     */
    default void streamStarted(StreamInfo stream) {}

    /**
     * A stream of work has come further. Told at most once in a second, and only when something has happened.
     *
     * @param stream the stream
     */
    default void streamProgressed(StreamInfo stream) {}

    /**
     * A stream of work that had begun has ended. When the loop has stopped meanwhile, this runs where what is attached to a handle would.
     *
     * @param stream the stream
     * @param outcome how its handle has ended
     */
    default void streamEnded(StreamInfo stream, Outcome outcome) {}
}
