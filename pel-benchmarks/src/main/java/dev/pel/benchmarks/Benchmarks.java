package dev.pel.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.core.env.SimpleCommandLinePropertySource;

/**
 * The command line.
 *
 * <pre>
 * report   measures everything, prints the table, writes the results and the documentation
 *          --short                 fewer and shorter rounds; the documentation stays as it is
 *          --rows=next64,post      only these rows; the documentation stays as it is
 *          --peers=pel,jdk         only these peers; the documentation stays as it is
 *          --rounds=N              another number of rounds
 *          --newer-java=HOME       a JDK for the rows that this one cannot run
 *          --json=FILE             where the results go
 * render   makes table, documentation and chart from results
 *          --json=FILE             which
 * join     makes one file of results out of several that were measured one after the other, and renders it
 *          --parts=FILE,FILE       which; where two have the same figure, the later one counts
 * guard    compares with what is recorded; fails on more bytes per next or half of a rate, and reports the rest
 *          --record                records instead
 * orphans  shows who leaves calls open for ever when closed
 * lateness shows how late timers of random dates fire, beside the JDK's scheduler
 *          --rounds=N              of how many rounds the medians are
 * jmh      JMH's own command line
 * </pre>
 *
 * Run it from the root of the repository; {@code --docs=DIR} says where the documentation is, if not in {@code docs}.
 */
public final class Benchmarks {
    private static final Path RESULTS = Path.of("pel-benchmarks", "results.json");
    private static final Path PARTIAL_RESULTS = Path.of("pel-benchmarks", "target", "results.json");
    private static final int LATENESS_WARMING = 7;
    private static final Path GUARD_RECORD = Path.of("pel-benchmarks", "guard.properties");

    private final SimpleCommandLinePropertySource options;

    private Benchmarks(String... options) {
        this.options = new SimpleCommandLinePropertySource(options);
    }

    /**
     * Runs a command.
     *
     * @param args the command and its options
     * @throws Exception when it fails
     */
    public static void main(String[] args) throws Exception {
        String command = args.length == 0 ? "" : args[0];
        String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
        if (command.equals("jmh")) {
            org.openjdk.jmh.Main.main(rest);
            return;
        }
        Benchmarks benchmarks = new Benchmarks(rest);
        boolean well = switch (command) {
            case "report" -> benchmarks.report();
            case "render" -> benchmarks.render();
            case "join" -> benchmarks.join();
            case "guard" -> benchmarks.guard();
            case "orphans" -> benchmarks.orphans();
            case "lateness" -> benchmarks.lateness();
            default -> {
                System.err.println("Commands: report, render, join, guard, orphans, lateness, jmh");
                yield false;
            }
        };
        System.exit(well ? 0 : 1); // also when a peer has left threads behind
    }

    private boolean report() throws IOException {
        Rounds.Form form = options.containsProperty("short") ? Rounds.Form.SHORT : Rounds.Form.FULL;
        String number = options.getProperty("rounds");
        if (number != null) {
            form = form.withRounds(Integer.parseInt(number));
        }
        String newer = options.getProperty("newer-java");
        Rounds rounds = new Rounds(form, newer == null ? null : Path.of(newer));
        Report report = new Report(list("rows"), list("peers"), form, rounds);
        Results results = report.run();
        Path json = path("json", report.isComplete() ? RESULTS : PARTIAL_RESULTS);
        results.write(json);
        print(results);
        System.out.println("Results are in " + json);
        if (report.isComplete() && rounds.failures().isEmpty()) {
            Report.render(results, docs());
        }
        rounds.failures().forEach(failure -> System.err.println("FAILED: " + failure));
        return rounds.failures().isEmpty();
    }

    private boolean render() throws IOException {
        Results results = Results.read(path("json", RESULTS));
        print(results);
        Report.render(results, docs());
        return true;
    }

    private boolean join() throws IOException {
        List<Results> parts = new ArrayList<>();
        for (String part : list("parts")) {
            parts.add(Results.read(Path.of(part)));
        }
        Results.joined(parts).write(path("json", RESULTS));
        return render();
    }

    private static void print(Results results) {
        System.out.println(Table.ofGoals(results).text());
        System.out.println(Table.ofPeers(results).text());
    }

    private boolean guard() throws IOException {
        Path record = path("file", GUARD_RECORD);
        Supplier<Guard> guards = () -> new Guard(new Rounds(Guard.FORM, null), Peers.PEL_CORE);
        if (options.containsProperty("record")) {
            Map<String, Double> figures = Guard.record(guards);
            Guard.write(record, figures);
            System.out.println("Recorded " + figures);
            return true;
        }
        Map<String, Double> recorded = Guard.read(record);
        Map<String, Double> reached = Guard.measureAgainst(recorded, guards.get()::measure);
        List<String> failures = Guard.failures(recorded, reached);
        Guard.reports(recorded, reached).forEach(System.out::println);
        failures.forEach(one -> System.err.println("FAILED: " + one));
        return failures.isEmpty();
    }

    private boolean orphans() throws Exception {
        new Orphans(Duration.ofMillis(1), Duration.ZERO)
                .run(); // else it is classes that are loaded when the close should begin
        List<Orphans.Fate> fates = new Orphans(Duration.ofMillis(400), Duration.ofMillis(100)).run();
        Table table = Orphans.table(fates);
        System.out.println(table.text());
        System.out.println(Machines.versions());
        String versions = Machines.versions().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        String shown = "%s%nVersions: %s, Java %s.".formatted(table.markdown(), versions, Runtime.version());
        for (Path page : List.of(docs().resolve("dev").resolve("reliability.md"), docs().resolveSibling("README.md"))) {
            if (Files.exists(page)) {
                Marked.replaceIn(page, "orphans", shown);
            }
        }
        return true;
    }

    private boolean lateness() throws Exception {
        int rounds = Integer.parseInt(Objects.requireNonNullElse(options.getProperty("rounds"), "9"));
        Table table = Lateness.table(new Lateness(100_000, Duration.ofSeconds(1), LATENESS_WARMING, rounds).run());
        System.out.println(table.text());
        Path page = docs().resolve("performance.md");
        if (Files.exists(page)) {
            String shown = "%s%nJava %s, medians of %d rounds.".formatted(table.markdown(), Runtime.version(), rounds);
            Marked.replaceIn(page, "lateness", shown);
        }
        return true;
    }

    private Path docs() {
        return path("docs", Path.of("docs"));
    }

    private Path path(String option, Path otherwise) {
        String given = options.getProperty(option);
        return given == null ? otherwise : Path.of(given);
    }

    private List<String> list(String option) {
        String given = options.getProperty(option);
        return given == null ? List.of() : List.of(given.split(","));
    }
}
