package dev.pel.benchmarks;

import dev.pel.benchmarks.Row.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The results as one SVG: for each row how much better pel is than what it is held against, and what a timer costs when more
 * and more are pending. Its colours follow the reader's choice of light or dark.
 */
@SuppressWarnings("AnnotateFormatMethod") // that annotation would be a library more
final class Chart {
    private static final int WIDTH = 980;
    private static final int LABELS = 430;
    private static final int LINE = 26;
    private static final int TOP = 64;
    private static final int CURVE_HEIGHT = 260;
    private static final double LEAST = 1.0 / 16;
    private static final double MOST = 16;
    private static final List<String> PEERS = List.of("pel", "jdk", "spring", "vertx", "reactor");

    private final Results results;
    private final StringBuilder svg = new StringBuilder();

    private Chart(Results results) {
        this.results = results;
    }

    static String of(Results results) {
        return new Chart(results).draw();
    }

    private String draw() {
        List<Finding> findings = Catalogue.rows().stream()
                .flatMap(row -> Finding.of(row, results).stream())
                .filter(finding -> finding.row().reference() instanceof Row.Best)
                .toList();
        int bars = TOP + LINE * findings.size();
        int height = bars + 110 + CURVE_HEIGHT + 50;
        add(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title">
                <title id="title">How pel compares, measured on %d cores with %s</title>
                <style>
                  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
                  .head { font-weight: 600; font-size: 15px } .small { font-size: 11px; fill: #59636e }
                  .end { text-anchor: end } .middle { text-anchor: middle }
                  .grid { stroke: #d1d9e0 } .one { stroke: #59636e } .goal { stroke: #bc4c00; stroke-width: 3 }
                  .spread { stroke: #1f2328; stroke-width: 1.5 }
                  .met { fill: #2da44e } .unmet { fill: #9a6700 }
                  .s0 { stroke: #0969da; fill: #0969da } .s1 { stroke: #bc4c00; fill: #bc4c00 }
                  .s2 { stroke: #1a7f37; fill: #1a7f37 } .s3 { stroke: #8250df; fill: #8250df }
                  .s4 { stroke: #bf3989; fill: #bf3989 }
                  polyline { fill: none !important; stroke-width: 2 } text.series { stroke: none }
                  @media (prefers-color-scheme: dark) {
                    text { fill: #e6edf3 } .small { fill: #9198a1 } .grid { stroke: #3d444d } .one { stroke: #9198a1 }
                    .goal { stroke: #f0883e } .spread { stroke: #e6edf3 } .met { fill: #3fb950 } .unmet { fill: #d29922 }
                    .s0 { stroke: #58a6ff; fill: #58a6ff } .s1 { stroke: #f0883e; fill: #f0883e }
                    .s2 { stroke: #3fb950; fill: #3fb950 } .s3 { stroke: #bc8cff; fill: #bc8cff }
                    .s4 { stroke: #f778ba; fill: #f778ba }
                  }
                </style>
                """,
                WIDTH,
                height,
                results.machine().cores(),
                escaped(results.machine().java()));
        text(10, 22, "head", "How many times better than what it is held against (right of the line is better)");
        text(10, 42, "small", "bar: median of the rounds; thin line: least and most; orange mark: goal");
        for (double tick = LEAST; tick <= MOST; tick *= 2) {
            boolean one = tick == 1;
            line(x(tick), TOP - 8, x(tick), bars, one ? "one" : "grid");
            text(
                    x(tick),
                    bars + 16,
                    "small middle",
                    tick >= 1 ? "%.0f ×".formatted(tick) : "1/%.0f".formatted(1 / tick));
        }
        for (int i = 0; i < findings.size(); i++) {
            bar(findings.get(i), TOP + LINE * i);
        }
        curve(bars + 70);
        add("</svg>\n");
        return svg.toString();
    }

    private void bar(Finding finding, int y) {
        Row row = finding.row();
        double times = better(row, finding.ratio());
        text(LABELS - 10, y + 15, "end", row.title().replace("`", ""));
        double left = Math.min(x(1), x(times));
        add(
                "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"14\"><title>%s</title></rect>\n",
                finding.isMet() ? "met" : "unmet",
                left,
                y + 4,
                Math.max(1, Math.abs(x(times) - x(1))),
                escaped("%s: ratio %s, goal %s"
                        .formatted(finding.reference(), Row.number(finding.ratio()), row.goal())));
        line(x(better(row, finding.least())), y + 11, x(better(row, finding.most())), y + 11, "spread");
        double goal = x(better(row, row.goal().bound()));
        line(goal, y + 1, goal, y + 21, "goal");
    }

    private static double better(Row row, double ratio) {
        return row.goal().direction() == Direction.AT_LEAST ? ratio : 1 / ratio;
    }

    private static double x(double times) {
        double place = Math.log(Math.max(LEAST, Math.min(MOST, times)) / LEAST) / Math.log(MOST / LEAST);
        return LABELS + place * (WIDTH - LABELS - 40);
    }

    private void curve(int top) {
        text(10, top, "head", "What a timer of a random date costs, made and fired, in ns (both scales logarithmic)");
        int left = 90;
        int right = WIDTH - 140;
        int bottom = top + CURVE_HEIGHT;
        List<List<Double>> lines = new ArrayList<>();
        for (String peer : PEERS) {
            lines.add(Catalogue.CURVE.stream()
                    .map(pending -> results.find(Catalogue.fired(pending), peer, "nanosPerTimer"))
                    .flatMap(Optional::stream)
                    .map(Results.Series::median)
                    .toList());
        }
        double most = lines.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1_000);
        double least = lines.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(100);
        double low = Math.pow(10, Math.floor(Math.log10(least)));
        double high = Math.pow(10, Math.ceil(Math.log10(most)));
        for (double tick = low; tick <= high * 1.01; tick *= 10) {
            double y = y(tick, low, high, top, bottom);
            line(left, y, right, y, "grid");
            text(left - 8, y + 4, "small end", Row.number(tick).replaceAll("\\.0+$", ""));
        }
        int steps = Catalogue.CURVE.size() - 1;
        for (int i = 0; i <= steps; i++) {
            double x = xOfPending(Catalogue.CURVE.get(i), left, right);
            line(x, top + 20, x, bottom, "grid");
            text(x, bottom + 18, "small middle", Row.number(Catalogue.CURVE.get(i)) + " pending");
        }
        double labelled = Double.NEGATIVE_INFINITY;
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < PEERS.size(); i++) {
            if (lines.get(i).size() == Catalogue.CURVE.size()) {
                order.add(i);
            }
        }
        order.sort(
                (a, b) -> Double.compare(lines.get(b).get(steps), lines.get(a).get(steps)));
        for (int i : order) {
            StringBuilder points = new StringBuilder();
            for (int step = 0; step <= steps; step++) {
                points.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        xOfPending(Catalogue.CURVE.get(step), left, right),
                        y(lines.get(i).get(step), low, high, top, bottom)));
            }
            add(
                    "<polyline class=\"s%d\" points=\"%s\"/>\n",
                    i, points.toString().strip());
            // names that would lie on each other move down
            labelled = Math.max(y(lines.get(i).get(steps), low, high, top, bottom) + 4, labelled + 15);
            text(right + 8, labelled, "series s" + i, PEERS.get(i));
        }
    }

    private static double xOfPending(int pending, int left, int right) {
        double first = Math.log10(Catalogue.CURVE.get(0));
        double last = Math.log10(Catalogue.CURVE.get(Catalogue.CURVE.size() - 1));
        return left + (Math.log10(pending) - first) / (last - first) * (right - left);
    }

    private static double y(double nanos, double low, double high, int top, int bottom) {
        return bottom - Math.log10(nanos / low) / Math.log10(high / low) * (bottom - top - 20);
    }

    private void line(double x1, double y1, double x2, double y2, String style) {
        add("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", style, x1, y1, x2, y2);
    }

    private void text(double x, double y, String style, String text) {
        add("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", style, x, y, escaped(text));
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
