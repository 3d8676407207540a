package dev.pel.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What came out for all mutants of a run: counts, and whether that is good enough.
 *
 * @param verdicts one for each mutant
 */
record MutantReport(List<Verdict> verdicts) {

    MutantReport {
        verdicts = List.copyOf(verdicts);
    }

    static String line(Verdict verdict) {
        return String.format(
                Locale.ROOT,
                "%-60s %-10s %6.1f s  %s",
                verdict.mutant(),
                verdict.kind(),
                verdict.seconds(),
                verdict.by());
    }

    List<String> names(Verdict.Kind... kinds) {
        Set<Verdict.Kind> wanted = Set.of(kinds);
        return verdicts.stream()
                .filter(verdict -> wanted.contains(verdict.kind()))
                .map(Verdict::mutant)
                .toList();
    }

    private long killed() {
        return verdicts.stream().filter(Verdict::isKilled).count();
    }

    private int stale() {
        return names(Verdict.Kind.STALE).size();
    }

    private int planted() {
        return verdicts.size() - stale();
    }

    /** The counts, and the names of all mutants that are not killed. */
    String summary() {
        StringBuilder summary =
                new StringBuilder("Mutants: %d planted, of which %d killed, %d survived, %d not judged; %d stale"
                        .formatted(
                                planted(),
                                killed(),
                                names(Verdict.Kind.SURVIVED).size(),
                                names(Verdict.Kind.NOT_JUDGED).size(),
                                stale()));
        for (Verdict.Kind kind : List.of(Verdict.Kind.SURVIVED, Verdict.Kind.NOT_JUDGED, Verdict.Kind.STALE)) {
            if (!names(kind).isEmpty()) {
                summary.append("%n%s: %s".formatted(kind, String.join(", ", names(kind))));
            }
        }
        return summary.toString();
    }

    /**
     * Decides whether the run passes.
     *
     * @param least how many per cent of the planted mutants must be killed
     * @return why it does not; empty when it does
     */
    List<String> objections(int least) {
        List<String> objections = new ArrayList<>();
        if (killed() * 100 < (long) least * planted()) {
            objections.add("%d of %d planted mutants are killed, at least %d %% must be. Not found by their tests: %s"
                    .formatted(killed(), planted(), least, names(Verdict.Kind.SURVIVED, Verdict.Kind.NOT_JUDGED)));
        }
        if (2 * stale() > verdicts.size()) {
            objections.add(
                    ("%d of %d mutants are stale, more than half: give their blocks in mutants.txt the text, class and tests "
                                    + "of today, or delete them: %s")
                            .formatted(stale(), verdicts.size(), names(Verdict.Kind.STALE)));
        }
        return objections;
    }
}
