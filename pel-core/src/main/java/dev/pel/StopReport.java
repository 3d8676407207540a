package dev.pel;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stop came to. The numbers are of entries of lanes, as in {@link LoopStats}, so that they add up with it: an operation
 * and the body that follows it are two. The entries that ended as {@link Outcome#STOPPED} are {@code neverStarted},
 * {@code interrupted}, and those that the stuck threads are in.
 *
 * @param loop the loop's name
 * @param forced whether it was a force-stop
 * @param deadline the time the drain was given
 * @param took the time from the request to the end
 * @param drained how many entries ended by themselves after the stop was asked for
 * @param neverStarted how many entries were waiting in a lane when time ran out, and ended as {@link Outcome#STOPPED}
 * @param interrupted how many entries were running when time ran out, ended as {@link Outcome#STOPPED}, and whose thread came
 *     back when it was interrupted
 * @param timersStopped how many timers would have fallen due after the deadline, and ended as {@link Outcome#STOPPED}
 * @param stuck the threads that did not come back; their calls ended as {@link Outcome#STOPPED} all the same
 */
public record StopReport(
        String loop,
        boolean forced,
        Duration deadline,
        Duration took,
        long drained,
        long neverStarted,
        long interrupted,
        long timersStopped,
        List<StuckThread> stuck) {

    /** Copies the list. */
    public StopReport {
        stuck = List.copyOf(stuck);
    }

    /**
     * Whether everything that had been accepted ran to its own end.
     *
     * @return true when nothing was cut off
     */
    public boolean isClean() {
        return neverStarted == 0 && interrupted == 0 && timersStopped == 0 && stuck.isEmpty();
    }

    /**
     * One line for a log.
     *
     * @return what drained, what was cut off, and who is stuck
     */
    @Override
    public String toString() {
        String text =
                "loop '%s' %s in %d ms (deadline %d ms): %d drained, %d never started, %d interrupted, %d timers stopped, %d stuck"
                        .formatted(
                                loop,
                                forced ? "force-stopped" : "stopped",
                                took.toMillis(),
                                deadline.toMillis(),
                                drained,
                                neverStarted,
                                interrupted,
                                timersStopped,
                                stuck.size());
        return stuck.isEmpty() ? text : text + " " + stuck;
    }

    /**
     * A thread that did not end.
     *
     * @param thread its name
     * @param lane its lane
     * @param callId the number of the call whose code it is in, or -1 when it is in none
     * @param label the label of that call, or null
     * @param stack where it was when the stop gave up on it
     */
    public record StuckThread(
            String thread, Lane lane, long callId, @Nullable String label, List<StackTraceElement> stack) {

        /** Copies the list. */
        public StuckThread {
            stack = List.copyOf(stack);
        }

        /**
         * The thread, its call, and the place it is at.
         *
         * @return one line
         */
        @Override
        public String toString() {
            return "%s (call %d%s) at %s"
                    .formatted(
                            thread,
                            callId,
                            label == null ? "" : " '" + label + "'",
                            stack.isEmpty() ? "an unknown place" : stack.get(0));
        }
    }
}
