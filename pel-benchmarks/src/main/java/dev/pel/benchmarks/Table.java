package dev.pel.benchmarks;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Cells in columns, for a terminal and for Markdown.
 *
 * @param head the titles of the columns
 * @param rows the cells, as many in each row as there are titles
 */
record Table(List<String> head, List<List<String>> rows) {

    String markdown() {
        return Stream.of(List.of(head), List.of(head.stream().map(any -> "---").toList()), rows)
                .flatMap(List::stream)
                .map(cells -> cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")))
                .collect(Collectors.joining());
    }

    String text() {
        List<List<String>> lines = Stream.concat(Stream.of(head), rows.stream())
                .map(cells ->
                        cells.stream().map(cell -> cell.replaceAll("[*`]", "")).toList())
                .toList();
        return lines.stream()
                .map(cells -> IntStream.range(0, head.size())
                        .mapToObj(column -> cells.get(column)
                                + " "
                                        .repeat(width(lines, column)
                                                - cells.get(column).length()))
                        .collect(Collectors.joining("  "))
                        .stripTrailing())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static int width(List<List<String>> lines, int column) {
        return lines.stream()
                .mapToInt(cells -> cells.get(column).length())
                .max()
                .orElse(0);
    }
}
