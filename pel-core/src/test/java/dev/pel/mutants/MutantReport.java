package dev.pel.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came out for all mutants of a run, and whether that is good enough.
 *
 * @param verdicts one for each mutant
 */
record MutantReport(List<Verdict> verdicts) {

    MutantReport {
        verdicts = List.copyOf(verdicts);
    }

    private List<String> names(Verdict.Kind kind) {
        return verdicts.stream()
                .filter(verdict -> verdict.kind() == kind)
                .map(Verdict::mutant)
                .toList();
    }

    /** How many mutants there are of each kind, and the names of those that are not killed. */
    String summary() {
        return Stream.of(Verdict.Kind.values())
                .map(kind -> kind == Verdict.Kind.KILLED
                        ? "%s: %d of %d".formatted(kind, names(kind).size(), verdicts.size())
                        : "%s: %d %s".formatted(kind, names(kind).size(), names(kind)))
                .collect(Collectors.joining("\n", "Mutants\n", ""));
    }

    /**
     * Decides whether the run passes.
     *
     * @param least how many per cent of the mutants that are not stale must be killed
     * @return why it does not; empty when it does
     */
    List<String> objections(int least) {
        List<String> objections = new ArrayList<>();
        int stale = names(Verdict.Kind.STALE).size();
        int killed = names(Verdict.Kind.KILLED).size();
        if (killed * 100 < least * (verdicts.size() - stale)) {
            objections.add("%d of %d planted mutants are killed, at least %d %% must be"
                    .formatted(killed, verdicts.size() - stale, least));
        }
        if (2 * stale > verdicts.size()) {
            objections.add(
                    "%d of %d mutants are stale, more than half: give them the text and tests of today in mutants.txt, or delete them"
                            .formatted(stale, verdicts.size()));
        }
        return objections;
    }
}
