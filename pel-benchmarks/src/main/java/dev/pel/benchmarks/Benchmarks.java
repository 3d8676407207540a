package dev.pel.benchmarks;

import dev.pel.benchmarks.Results.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command line.
 *
 * <pre>
 * report   measures everything in five rounds, prints the tables, writes the results and the documentation
 *          --rounds=N              another number of rounds
 *          --newer-java=HOME       a JDK for what this one cannot run
 *          --json=FILE             where the results go
 *                                  with any of the following the documentation stays as it is:
 *          --short                 three rounds of shorter iterations
 *          --rows=next*,post       only these rows
 *          --peers=pel*,jdk        only these peers
 *          --jmh="-wi 1 -i 1"      more options of JMH
 *          --against=FILE          the benchmarks.jar of another build, with its lib folder beside it: runs pel of both builds
 *                                  in turns, and fails when a figure is not as good as before
 *          --least=0.95            what part of the earlier figure is as good
 * render   makes tables and documentation from results
 *          --json=FILE,FILE        which; those of several runs on the same machine and day are joined: where two have the
 *                                  same figure, the later one counts
 * guard    compares with what is recorded; fails on more bytes per next or half of a rate, and reports the rest
 *          --file=FILE             where the record is
 *          --record                records instead
 * orphans  shows who leaves calls open for ever when closed
 * jmh      JMH's own command line
 * </pre>
 *
 * Run it from the root of the repository; {@code --docs=DIR} says where the documentation is, if not in {@code docs}.
 */
public final class Benchmarks {
    private static final String RESULTS = "pel-benchmarks/results.json";
    private static final int FULL_ROUNDS = 5;

    /** The commands and their options. */
    private static final Map<String, String> COMMANDS = Map.of(
            "report", "rounds newer-java json docs short rows peers jmh against least",
            "render", "json docs",
            "guard", "file record",
            "orphans", "docs");

    private final Map<String, String> options;

    private Benchmarks(Map<String, String> options) {
        this.options = options;
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
        // so that a run that is cancelled leaves no process behind
        Thread end = new Thread(() -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy));
        Runtime.getRuntime().addShutdownHook(end);
        System.exit(run(command, rest) ? 0 : 1); // also when a peer has left threads behind
    }

    /**
     * Runs a command other than that of JMH.
     *
     * @return whether all went well
     * @throws IllegalArgumentException when there is no such command or option
     */
    static boolean run(String command, String... args) throws Exception {
        if (!COMMANDS.containsKey(command)) {
            throw new IllegalArgumentException(
                    "The command must be one of %s, or jmh, but was '%s'".formatted(COMMANDS.keySet(), command));
        }
        List<String> known = List.of(COMMANDS.get(command).split(" "));
        Map<String, String> options = new HashMap<>();
        for (String arg : args) {
            String[] parts = arg.split("=", 2);
            if (!arg.startsWith("--") || !known.contains(parts[0].substring(2))) {
                throw new IllegalArgumentException(
                        "The options of %s are %s but '%s' was given".formatted(command, known, arg));
            }
            options.put(parts[0].substring(2), parts.length == 1 ? "" : parts[1]);
        }
        Benchmarks benchmarks = new Benchmarks(options);
        return switch (command) {
            case "report" -> benchmarks.report();
            case "render" -> benchmarks.render();
            case "guard" -> benchmarks.guard();
            default -> benchmarks.orphans();
        };
    }

    private boolean report() throws IOException, InterruptedException {
        boolean quick = options.containsKey("short");
        int number = Integer.parseInt(options.getOrDefault("rounds", quick ? "3" : "5"));
        String jmh = (quick ? "-w 500ms -r 500ms " : "") + options.getOrDefault("jmh", "");
        Rounds rounds = new Rounds(number, words(jmh), Jmh::inOwnProcess);
        Plan plan =
                new Plan(options.get("rows"), options.get("peers"), options.get("newer-java"), options.get("against"));
        List<Series> series = new ArrayList<>();
        for (Map.Entry<Scenario, List<Contender>> step : plan.contenders().entrySet()) {
            series.addAll(rounds.run(step.getKey(), step.getValue()));
        }
        Results results = new Results(Results.here(), quick ? "short" : "full", series);
        List<String> partial = new ArrayList<>(List.of("short", "rows", "peers", "jmh", "against"));
        boolean complete = rounds.failures().isEmpty() && number >= FULL_ROUNDS && !partial.removeAll(options.keySet());
        String json = options.getOrDefault("json", complete ? RESULTS : "pel-benchmarks/target/results.json");
        results.write(Path.of(json));
        System.out.println("Results are in " + json);
        rounds.failures().forEach(failure -> System.err.println("FAILED: " + failure));
        if (complete) {
            write(results);
        }
        return (plan.against() == null ? print(results) : compare(results))
                && rounds.failures().isEmpty();
    }

    private static List<String> words(String text) {
        return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    private boolean compare(Results results) {
        double least = Double.parseDouble(options.getOrDefault("least", "0.95"));
        List<Comparison> all = Comparison.of(results);
        System.out.println(Comparison.table(all, least).text());
        return all.stream().allMatch(one -> one.reaches(least));
    }

    private boolean render() throws IOException {
        List<Results> parts = new ArrayList<>();
        for (String part : options.getOrDefault("json", RESULTS).split(",", -1)) {
            parts.add(Results.read(Path.of(part)));
        }
        Results results = Results.joined(parts);
        if (parts.size() > 1) {
            results.write(Path.of(RESULTS));
        }
        write(results);
        return print(results);
    }

    private static boolean print(Results results) {
        System.out.println(Report.goals(results).text());
        System.out.println(Report.peers(results).text());
        return true;
    }

    private void write(Results results) throws IOException {
        Path page = docs().resolve("performance.md");
        Files.writeString(page, Report.page(Files.readString(page), results));
        Path readme = docs().resolveSibling("README.md");
        if (Files.exists(readme)) {
            Files.writeString(readme, Report.readme(Files.readString(readme), results));
        }
    }

    private boolean guard() throws Exception {
        Path record = Path.of(options.getOrDefault("file", "pel-benchmarks/guard.properties"));
        if (options.containsKey("record")) {
            Map<String, Double> figures = Guard.record(Benchmarks::newGuard);
            Guard.write(record, figures);
            System.out.println("Recorded " + figures);
            return true;
        }
        Map<String, Double> recorded = Guard.read(record);
        List<Guard.Verdict> verdicts = Guard.verdicts(recorded, Guard.measureAgainst(recorded, newGuard()::measure));
        verdicts.forEach(one -> System.out.println((one.failed() ? "FAILED: " : "") + one.line()));
        return verdicts.stream().noneMatch(Guard.Verdict::failed);
    }

    private static Guard newGuard() {
        return new Guard(new Rounds(Guard.ROUNDS, Guard.OPTIONS, Jmh::inOwnProcess), Peers.PEL_CORE);
    }

    private boolean orphans() throws Exception {
        new Orphans(Duration.ofMillis(1), Duration.ZERO)
                .run(); // else it is classes that are loaded when the close should begin
        Table table = Orphans.table(new Orphans(Duration.ofMillis(400), Duration.ofMillis(100)).run());
        System.out.println(table.text());
        String versions = Results.versions().entrySet().stream()
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

    private Path docs() {
        return Path.of(options.getOrDefault("docs", "docs"));
    }
}
