package dev.pel.mutants;

/**
 * What came out for one mutant.
 *
 * @param mutant its name
 * @param kind what came out
 * @param by the first test that failed, or in which the time was over
 * @param seconds how long that took, with the start of the JVM
 */
record Verdict(String mutant, Kind kind, String by, double seconds) {

    /** The first two are as good: a test that hangs has found the bug, too. */
    enum Kind {
        KILLED,
        TIMED_OUT,
        SURVIVED
    }

    boolean isKilled() {
        return kind != Kind.SURVIVED;
    }
}
