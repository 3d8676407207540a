package dev.pel.conformance;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    /** A line for the whole, and one for each thing left out. */
    @Override
    public String toString() {
        String line = "%s: run %d, failures %d, left out by itself %d, entries run by pel %d%s"
                .formatted(judge, run, failures.size(), leftOut.size(), entries, note);
        return Stream.concat(Stream.of(line), leftOut.stream().distinct().map(text -> "  left out " + text))
                .collect(Collectors.joining(System.lineSeparator()));
    }
}
