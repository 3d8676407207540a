package dev.pel.conformance;

import java.util.Map;

/** The tests of the judges that cannot apply to pel: all that are left out, each with the reason. */
final class NotApplicable {
    static final Map<String, String> TESTS = Map.of(
            "NamedWorkerPoolTest.testPoolSize",
            "wants each of five threads to have run one of 100 tasks of a few microseconds. A lane of five threads promises that"
                    + " five operations run at once, not that short ones wake them all");

    private NotApplicable() {}

    static boolean applies(String test) {
        return !TESTS.containsKey(test);
    }
}
