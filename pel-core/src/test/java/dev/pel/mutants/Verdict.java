package dev.pel.mutants;

/**
 * What came out for one mutant.
 *
 * @param mutant its name
 * @param kind what came out
 * @param reason the test that failed, or why the mutant is stale or not judged
 */
record Verdict(String mutant, Kind kind, String reason) {

    /** What can come out. */
    enum Kind {
        /** A test has failed, or hung, which finds the bug as well. */
        KILLED,
        /** Its tests are green with the bug in place. */
        SURVIVED,
        /** The bug cannot be planted: the text that it replaces or its tests have changed. */
        STALE,
        /** A test of it fails without any bug, or a JVM broke down; so nothing is known. */
        NOT_JUDGED
    }
}
