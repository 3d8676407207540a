package dev.pel.spring.actuate;

import dev.pel.StopReport;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The report of a stop in JSON.
 *
 * @param loop the loop's name
 * @param forced whether it was a force-stop
 * @param deadlineMillis the time the drain was given
 * @param tookMillis the time from the request to the end
 * @param drained how many calls, fired timers and commands ended by themselves
 * @param neverStarted how many calls were waiting when time ran out
 * @param interrupted how many calls were running when time ran out, and came back when interrupted
 * @param entries the same three numbers of entries of lanes, of which a call with an operation and a body has two
 * @param timersStopped how many timers would have fallen due later
 * @param waitingOutside how many handles waited for something outside of the loop when time ran out
 * @param completing how many handles are told only when code that others attached to handles returns
 * @param stuck the threads that did not come back
 */
record StopDescription(
        String loop,
        boolean forced,
        long deadlineMillis,
        long tookMillis,
        long drained,
        long neverStarted,
        long interrupted,
        Entries entries,
        long timersStopped,
        long waitingOutside,
        long completing,
        List<Stuck> stuck)
        implements OperationResponseBody {

    static StopDescription of(StopReport report) {
        return new StopDescription(
                report.loop(),
                report.forced(),
                TimeUnit.MILLISECONDS.convert(report.deadline()),
                TimeUnit.MILLISECONDS.convert(report.took()),
                report.drained(),
                report.neverStarted(),
                report.interrupted(),
                Entries.of(report.entries()),
                report.timersStopped(),
                report.waitingOutside(),
                report.completing(),
                report.stuck().stream().map(Stuck::of).toList());
    }

    /**
     * Entries of lanes in JSON.
     *
     * @param drained how many ended by themselves
     * @param neverStarted how many were waiting when time ran out
     * @param interrupted how many were running when time ran out, and came back when interrupted
     */
    record Entries(long drained, long neverStarted, long interrupted) {
        static Entries of(StopReport.Tally tally) {
            return new Entries(tally.drained(), tally.neverStarted(), tally.interrupted());
        }
    }

    /**
     * A thread that did not come back, in JSON.
     *
     * @param thread its name
     * @param lane its lane
     * @param callId the number of its call, -1 when it is in none
     * @param label the label of its call
     * @param stack where it is, innermost first
     */
    record Stuck(
            String thread,
            String lane,
            long callId,
            @Nullable String label,
            List<String> stack) {

        static Stuck of(StopReport.StuckThread stuck) {
            return new Stuck(
                    stuck.thread(),
                    LaneNames.of(stuck.lane()),
                    stuck.callId(),
                    stuck.label(),
                    stuck.stack().stream().map(StackTraceElement::toString).toList());
        }
    }
}
