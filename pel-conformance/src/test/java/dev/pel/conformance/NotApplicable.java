package dev.pel.conformance;

import dev.pel.BiBody;
import dev.pel.Body;
import dev.pel.CallInfo;
import dev.pel.ContextPropagator;
import dev.pel.ErrorHandler;
import dev.pel.EventLoopListener;
import dev.pel.Failure;
import dev.pel.LaneStats;
import dev.pel.LoopStats;
import dev.pel.Machine;
import dev.pel.QuadBody;
import dev.pel.Retry;
import dev.pel.ScriptBody;
import dev.pel.Settled;
import dev.pel.StopReport;
import dev.pel.Task;
import dev.pel.TriBody;
import java.util.Map;
import java.util.Set;

/** What of the judges cannot apply to pel: all that is left out, each with the reason. */
final class NotApplicable {
    /** Tests of Vert.x. */
    static final Map<String, String> TESTS = Map.of(
            "NamedWorkerPoolTest.testPoolSize",
            "wants each of five threads to have run one of 100 tasks of a few microseconds. A lane of five threads promises that"
                    + " five operations run at once, not that short ones wake them all");

    /** The test for null: what users give to pel, so that refusing null is up to them. */
    static final Set<Class<?>> BY_OTHERS = Set.of(
            BiBody.class,
            Body.class,
            ContextPropagator.class,
            ContextPropagator.Scope.class,
            ContextPropagator.Snapshot.class,
            CallInfo.class,
            ErrorHandler.class,
            EventLoopListener.class,
            Machine.class,
            QuadBody.class,
            Retry.Pauses.class,
            ScriptBody.class,
            Task.class,
            TriBody.class);

    /** The test for null: what pel makes and users read; that nothing in it is null is checked where pel is compiled. */
    static final Set<Class<?>> RESULTS = Set.of(
            Failure.class,
            LaneStats.class,
            LaneStats.HungThread.class,
            LoopStats.class,
            LoopStats.LimitStats.class,
            Settled.class,
            StopReport.class,
            StopReport.StuckThread.class);

    private NotApplicable() {}

    static boolean applies(String test) {
        return !TESTS.containsKey(test);
    }
}
