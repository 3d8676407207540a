package dev.pel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure that nobody dealt with, and where it comes from.
 *
 * @param error what was thrown: the original, not a wrapper
 * @param callId the number of the call; -1 for code that is none, such as commands of an executor view that a stop has cut off
 * @param label the label of the call, or null when it was given none
 * @param lane the lane on which it was thrown
 * @param age how long the call was on its way, from its submission to the failure
 * @param submissionSite the place of submission; when calls come faster than
 *     {@link EventLoopOptions#callSiteInterval()}, the place of the code that failed instead; null when neither is known
 * @param late whether it came when its call had ended already, by a timeout or because somebody cancelled or completed it: the
 *     handle says nothing of it
 */
public record Failure(
        Throwable error,
        long callId,
        @Nullable String label,
        Lane lane,
        Duration age,
        @Nullable StackTraceElement submissionSite,
        boolean late) {

    /** A failure that ended its call. */
    Failure(
            Throwable error,
            long callId,
            @Nullable String label,
            Lane lane,
            Duration age,
            @Nullable StackTraceElement submissionSite) {
        this(error, callId, label, lane, age, submissionSite, false);
    }

    Failure asLate() {
        return new Failure(error, callId, label, lane, age, submissionSite, true);
    }
}
