package dev.pel.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a report runs. Patterns are names between commas, in which {@code *} stands for anything; null chooses everything.
 *
 * @param rows patterns of ids of rows
 * @param peers patterns of names of peers
 * @param newerJava the home of a JDK for what this one cannot run
 * @param against the jar of another build of pel, which is to be compared with this one
 */
record Plan(
        @Nullable String rows,
        @Nullable String peers,
        @Nullable String newerJava,
        @Nullable String against) {
    Plan {
        if (newerJava != null && !Files.isExecutable(Path.of(newerJava, "bin", "java"))) {
            throw new IllegalArgumentException("--newer-java must be a JDK's home but was '%s'".formatted(newerJava));
        }
        if (against != null && !Files.isRegularFile(Path.of(against))) {
            throw new IllegalArgumentException("--against must be a benchmarks.jar but was '%s'".formatted(against));
        }
    }

    /**
     * Who runs which scenario, in the order of the catalogue.
     *
     * @throws IllegalArgumentException when a pattern matches nothing, or nothing is left to run
     */
    Map<Scenario, List<Contender>> contenders() {
        List<String> ids = chosen("rows", rows, Catalogue.rows().stream().map(Row::id));
        List<String> names =
                chosen("peers", peers, Catalogue.scenarios().stream().flatMap(one -> one.peers().stream()));
        Map<Scenario, List<Contender>> contenders = new LinkedHashMap<>();
        for (Scenario scenario : Catalogue.scenarios()) {
            if (Catalogue.rows().stream().anyMatch(row -> ids.contains(row.id()) && row.needs(scenario))) {
                contenders.put(scenario, contenders(scenario, names));
            }
        }
        contenders.values().removeIf(List::isEmpty);
        if (contenders.isEmpty()) {
            throw new IllegalArgumentException("None of the rows %s has one of the peers %s".formatted(ids, names));
        }
        return contenders;
    }

    /** All peers of a scenario run on the same Java: the newer one when this one can run none of them. */
    private List<Contender> contenders(Scenario scenario, List<String> names) {
        List<String> wanted = scenario.peers().stream()
                .filter(peer -> names.contains(peer) && (against == null || Peers.isPel(peer)))
                .toList();
        String java = newerJava == null || wanted.stream().anyMatch(Peers::runsHere) ? Contender.JAVA : newerJava;
        List<Contender> contenders = new ArrayList<>();
        for (String peer : wanted) {
            if (java.equals(Contender.JAVA) && !Peers.runsHere(peer)) {
                System.err.printf("%s of %s is left out: it needs a newer Java%n", peer, scenario.id());
                continue;
            }
            contenders.add(new Contender(peer, peer, java, Contender.CLASS_PATH));
            if (against != null) {
                contenders.add(new Contender(peer + Comparison.BEFORE, peer, java, against));
            }
        }
        return contenders;
    }

    private static List<String> chosen(String option, @Nullable String patterns, Stream<String> names) {
        List<String> all = names.distinct().toList();
        if (patterns == null) {
            return all;
        }
        List<Predicate<String>> matchers = Arrays.stream(patterns.split(","))
                .map(pattern -> Pattern.compile(("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q"))
                        .asMatchPredicate())
                .toList();
        if (!matchers.stream().allMatch(matcher -> all.stream().anyMatch(matcher))) {
            throw new IllegalArgumentException(
                    "--%s must match names of %s but was '%s'".formatted(option, all, patterns));
        }
        return all.stream()
                .filter(name -> matchers.stream().anyMatch(matcher -> matcher.test(name)))
                .toList();
    }
}
