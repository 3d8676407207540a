package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
import java.util.List;

/**
 * One figure of two builds of pel.
 *
 * @param figure which figure
 * @param now that of this build
 * @param before that of the other build
 */
record Comparison(Row figure, Series now, Series before) {
    /** What the name of a peer ends with that is of the other build. */
    static final String BEFORE = " before";

    /** All figures that both builds have. */
    static List<Comparison> of(Results results) {
        return Catalogue.figures().stream()
                .flatMap(row -> Catalogue.scenario(row.scenario()).peers().stream()
                        .flatMap(peer -> results.find(row.scenario(), peer, row.metric()).stream())
                        .flatMap(now -> results.find(row.scenario(), now.peer() + BEFORE, row.metric()).stream()
                                .map(before -> new Comparison(row, now, before))))
                .toList();
    }

    /** How many times as good as before, by the medians of all rounds: less than 1 is worse, whatever is measured. */
    double ratio() {
        double part = now.median() / before.median();
        return figure.metric().moreIsBetter ? part : 1 / part;
    }

    /** The same, round by round. */
    private List<Double> ratios() {
        return figure.metric().moreIsBetter ? now.ratios(before) : before.ratios(now);
    }

    /** Whether it is certain that not too much is lost; not when the ratio is no number. */
    boolean reaches(double least) {
        return ratio() >= least;
    }

    static Table table(List<Comparison> all, double least) {
        List<String> head =
                List.of("scenario", "pel", "now", "before", "as good as before (spread)", "at least " + least);
        return new Table(head, all.stream().map(one -> one.cells(least)).toList());
    }

    private List<String> cells(double least) {
        Metric metric = figure.metric();
        return List.of(
                figure.id(),
                now.peer(),
                Report.number(now.median(), metric),
                Report.number(before.median(), metric),
                Report.ratio(ratio(), ratios()),
                reaches(least) ? "yes" : "**no**");
    }
}
