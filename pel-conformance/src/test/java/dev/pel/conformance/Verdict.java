package dev.pel.conformance;

import java.util.List;

/**
 * What a judge found.
 *
 * @param judge the judge
 * @param run how many of its tests have run to an end
 * @param failures those that failed, with what they said
 * @param leftOut those that the judge left out itself, with its reason
 * @param entries how many entries of lanes ran meanwhile
 * @param note what else there is to tell
 */
record Verdict(String judge, int run, List<String> failures, List<String> leftOut, long entries, String note) {
    @Override
    public String toString() {
        return "%-42s run %4d, failures %d, left out by itself %3d, entries run by pel %d %s"
                .formatted(judge, run, failures.size(), leftOut.size(), entries, note);
    }
}
