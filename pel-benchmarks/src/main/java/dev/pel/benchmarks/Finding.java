package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
import dev.pel.benchmarks.Row.Best;
import dev.pel.benchmarks.Row.Direction;
import dev.pel.benchmarks.Row.Known;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the results say about a row.
 *
 * @param row the row
 * @param figure pel's figure, the median of the rounds
 * @param reference the name of what it is held against
 * @param referenceFigure its figure, the median of the rounds
 * @param ratios figure by reference, round by round
 */
record Finding(Row row, double figure, String reference, double referenceFigure, List<Double> ratios) {

    /**
     * Evaluates a row.
     *
     * @param row the row
     * @param results what was measured
     * @return the finding; empty when pel or its reference was not measured
     */
    static Optional<Finding> of(Row row, Results results) {
        Row.Figure figure = row.figure();
        Optional<Series> own = results.find(figure.measurement(), figure.peer(), figure.metric());
        if (own.isEmpty()) {
            return Optional.empty();
        }
        if (row.reference() instanceof Known known) {
            List<Double> ratios = own.get().rounds().stream()
                    .map(value -> value / known.value())
                    .toList();
            return Optional.of(new Finding(row, own.get().median(), known.name(), known.value(), ratios));
        }
        return best(row, (Best) row.reference(), results)
                .map(other ->
                        new Finding(row, own.get().median(), other.peer(), other.median(), ratios(own.get(), other)));
    }

    private static Optional<Series> best(Row row, Best best, Results results) {
        Comparator<Series> byMedian = Comparator.comparingDouble(Series::median);
        return best.candidates().stream()
                .flatMap(peer -> results.find(best.measurement(), peer, best.chosenBy()).stream())
                .min(row.goal().direction() == Direction.AT_LEAST ? byMedian.reversed() : byMedian)
                .flatMap(chosen -> results.find(best.measurement(), chosen.peer(), best.metric()));
    }

    private static List<Double> ratios(Series own, Series other) {
        return IntStream.range(0, Math.min(own.rounds().size(), other.rounds().size()))
                .mapToObj(round -> own.rounds().get(round) / other.rounds().get(round))
                .toList();
    }

    double ratio() {
        return Results.median(ratios);
    }

    double least() {
        return ratios.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double most() {
        return ratios.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    boolean isMet() {
        return row.goal().isMetBy(ratio());
    }
}
