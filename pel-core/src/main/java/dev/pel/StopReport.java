package dev.pel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a stop, in calls, and in entries of lanes, which add up with {@link LoopStats}: a call with an operation and a body
 * is one call and two entries, and what is attached to a handle is an entry and no call. The entries that ended as
 * {@link Outcome#STOPPED} are those never started, those interrupted, and those that the stuck threads are in.
 *
 * @param loop the loop's name
 * @param forced whether it was a force-stop
 * @param deadline the time the drain was given: as it was asked for, unless another stop cut it short
 * @param took the time from the request to the end
 * @param calls what became of the calls that ended after the request, fired timers and commands of executor views included; two
 *     operations with one body are two calls
 * @param entries what became of the entries of lanes that ended after the request
 * @param timersStopped how many timers would have fallen due after the deadline, and ended as {@link Outcome#STOPPED}; those that a
 *     timer's body has set while the loop drained are not counted, because that is how a timer that sets itself anew ends
 * @param waitingOutside how many handles waited for a future or an executor that is not the loop's when time ran out, and ended as
 *     {@link Outcome#STOPPED}; those whose result nobody wants any more are not counted
 * @param completing how many handles are not done yet: how they end is decided, but they wait for code to return that was attached through
 *     the plain {@code CompletableFuture} API, such as behind {@code CompletableFuture.allOf}
 * @param stuck the threads that did not come back; their calls ended as {@link Outcome#STOPPED} all the same
 */
public record StopReport(
        String loop,
        boolean forced,
        Duration deadline,
        Duration took,
        Tally calls,
        Tally entries,
        long timersStopped,
        long waitingOutside,
        long completing,
        List<StuckThread> stuck) {

    /** Copies the list. */
    public StopReport {
        stuck = List.copyOf(stuck);
    }

    /**
     * Whether everything that had been accepted ran to its own end, and every handle is done.
     *
     * @return true when nothing was cut off, and nothing is left
     */
    public boolean isClean() {
        return hasDrained() && timersStopped == 0;
    }

    /** Whether the same holds for all but timers. One that falls due after the stop, as that of a poller, is ended at every stop. */
    boolean hasDrained() {
        return calls.isClean() && entries.isClean() && waitingOutside == 0 && completing == 0 && stuck.isEmpty();
    }

    /**
     * How many calls ended by themselves.
     *
     * @return the number
     */
    public long drained() {
        return calls.drained();
    }

    /**
     * How many calls were waiting when time ran out.
     *
     * @return the number
     */
    public long neverStarted() {
        return calls.neverStarted();
    }

    /**
     * How many calls were running when time ran out, and came back when they were interrupted.
     *
     * @return the number
     */
    public long interrupted() {
        return calls.interrupted();
    }

    /**
     * One line for a log.
     *
     * @return that all has drained, or what has not, what was cut off, and what is stuck; what is zero is left out
     */
    @Override
    public String toString() {
        return "loop '%s' %s in %s (deadline %s): %s"
                .formatted(
                        loop,
                        forced ? "force-stopped" : "stopped",
                        DurationText.about(Machine.nanos(took)),
                        DurationText.of(deadline),
                        hasDrained() ? drainedText() : notDrainedText());
    }

    private String drainedText() {
        String drained = entries.drained() == 0
                ? "drained"
                : "drained (%s, %s)"
                        .formatted(
                                counted(calls.drained(), "call", "calls"),
                                counted(entries.drained(), "lane entry", "lane entries"));
        return timersStopped == 0 ? drained : drained + ", " + stoppedTimers();
    }

    private String stoppedTimers() {
        return counted(timersStopped, "timer stopped", "timers stopped");
    }

    private String notDrainedText() {
        List<String> parts = new ArrayList<>(List.of("calls: " + calls, "lane entries: " + entries));
        if (timersStopped > 0) {
            parts.add(stoppedTimers());
        }
        if (waitingOutside > 0) {
            parts.add(counted(waitingOutside, "handle", "handles") + " that waited for something outside of the loop");
        }
        if (completing > 0) {
            parts.add(counted(completing, "handle still to be told", "handles still to be told"));
        }
        if (!stuck.isEmpty()) {
            parts.add(stuck.size() + " stuck " + stuck);
        }
        return "not drained: " + String.join("; ", parts);
    }

    private static String counted(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    /**
     * How things ended after the stop was asked for.
     *
     * @param drained how many ended by themselves
     * @param neverStarted how many were waiting when time ran out, and ended as {@link Outcome#STOPPED}; a call counts here, too, when
     *     its operation had run and its body was waiting
     * @param interrupted how many were running when time ran out, ended as {@link Outcome#STOPPED}, and whose thread came back
     *     when it was interrupted
     */
    public record Tally(long drained, long neverStarted, long interrupted) {
        static final Tally NOTHING = new Tally(0, 0, 0);

        boolean isClean() {
            return neverStarted == 0 && interrupted == 0;
        }

        /**
         * Those of the three numbers that are not zero.
         *
         * @return what they mean included, or "none"
         */
        @Override
        public String toString() {
            List<String> parts = new ArrayList<>();
            add(parts, drained, "drained");
            add(parts, neverStarted, "never started");
            add(parts, interrupted, "interrupted");
            return parts.isEmpty() ? "none" : String.join(", ", parts);
        }

        private static void add(List<String> parts, long count, String what) {
            if (count > 0) {
                parts.add(count + " " + what);
            }
        }
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
            return "%s (call %d%s) at %s".formatted(thread, callId, label == null ? "" : " '" + label + "'", place());
        }

        /** The code of the user, and behind it the method of the JDK or of a library in which it waits. */
        private String place() {
            if (stack.isEmpty()) {
                return "an unknown place";
            }
            StackTraceElement top = stack.get(0);
            StackTraceElement user = CallSites.innermost(stack.toArray(StackTraceElement[]::new));
            return user == null || user.equals(top) ? top.toString() : user + ", in " + top;
        }
    }
}
