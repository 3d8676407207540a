package dev.pel.mutants;

/**
 * What came out for one mutant.
 *
 * @param mutant its name
 * @param kind what came out
 * @param by the first test that failed, or in which the time was over; or why the mutant is stale or not judged
 * @param seconds how long that took, with the start of the JVM
 */
record Verdict(String mutant, Kind kind, String by, double seconds) {

    /** What can come out. */
    enum Kind {
        /** A test has failed. */
        KILLED,
        /** A test hung, which finds the bug as well. */
        TIMED_OUT,
        /** Its tests are green with the bug in place. */
        SURVIVED,
        /** The bug cannot be planted: the text it replaces, its class or its tests have changed. */
        STALE,
        /** A test of it fails without any bug, or the JVM of the tests broke down; so nothing is known. */
        NOT_JUDGED
    }

    boolean isKilled() {
        return kind == Kind.KILLED || kind == Kind.TIMED_OUT;
    }
}
