package dev.pel.conformance;

import java.util.Set;

/**
 * Tests of the judges that fail now and then for a reason of their own: on a busy machine they do so on the pools of Vert.x as
 * well. They run like all others; one that fails runs again.
 */
final class RacyByThemselves {
    /**
     * Those of timers compare the number of a timer with the one that the setting thread stores once it has set the timer, which
     * may have fired by then; both threads are Vert.x's or the test's. The one of pools undeploys what may not be deployed yet, and
     * then waits for the end of a pool that nobody ends.
     */
    static final Set<String> TESTS = Set.of(
            "TimerTest.testTimer",
            "TimerTest.testTimer0",
            "TimerTest.testPeriodic",
            "NamedWorkerPoolTest.testDeployUsingNamedPool");

    private RacyByThemselves() {}
}
