package dev.pel.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Plants every mutant and lets its tests find it. Takes minutes, so only {@code -Pmutants} runs it; {@code -Dmutants=} chooses some
 * by name, {@code -Dmutants.jvms=} is how many JVMs run at once, {@code -Dmutants.record=true} keeps what came out.
 */
@Tag("mutants")
class MutantsTests {
    private static final Path DIRECTORY = Path.of("target", "mutants");

    /** What a mutant gets beyond the time that its tests take on the sound engine, of which it gets some more. */
    private static final long LIMIT = 30_000;

    private static final int MORE = 4;
    private static final long SOUND_LIMIT = 300_000;

    private final String classPath =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    private final Nursery nursery = new Nursery(classPath);
    private final Trial trial = new Trial(classPath, DIRECTORY);

    @Test
    void everyMutantIsKilledByItsTests() throws Exception {
        Files.createDirectories(DIRECTORY);
        List<Mutant> mutants = chosen(Catalogue.read());
        Set<String> tests = new LinkedHashSet<>();
        mutants.forEach(mutant -> tests.addAll(mutant.tests()));

        grow(mutants);
        Map<String, Long> sound = trial.soundness(List.copyOf(tests), SOUND_LIMIT);
        System.out.printf(
                Locale.ROOT,
                "The sound engine passes in %.1f s%n",
                sound.values().stream().mapToLong(Long::longValue).sum() / 1000.0);

        List<Verdict> verdicts = judged(mutants, sound);
        assertThat(verdicts).hasSameSizeAs(mutants);
        assertThat(verdicts).as("mutants that no test has found").allMatch(Verdict::isKilled);
    }

    private static List<Mutant> chosen(List<Mutant> all) {
        String filter = System.getProperty("mutants", "");
        if (filter.isEmpty()) {
            return all;
        }
        List<String> names = Arrays.asList(filter.split(",", -1));
        assertThat(all.stream().map(Mutant::name)).containsAll(names);
        return all.stream().filter(mutant -> names.contains(mutant.name())).toList();
    }

    private void grow(List<Mutant> mutants) throws Exception {
        List<String> dead = new ArrayList<>();
        for (Mutant mutant : mutants) {
            String messages = nursery.grow(mutant, classesOf(mutant));
            if (!messages.isEmpty()) {
                dead.add("Mutant '%s' does not compile:%n%s".formatted(mutant.name(), messages));
            }
        }
        assertThat(dead).isEmpty();
    }

    private static Path classesOf(Mutant mutant) {
        return DIRECTORY.resolve(mutant.name());
    }

    private List<Verdict> judged(List<Mutant> mutants, Map<String, Long> sound) throws Exception {
        ExecutorService jvms = Executors.newFixedThreadPool(Integer.getInteger("mutants.jvms", 1));
        try {
            List<Future<Verdict>> trials = new ArrayList<>();
            for (Mutant mutant : mutants) {
                trials.add(jvms.submit(() -> judge(mutant, sound)));
            }
            List<Verdict> verdicts = new ArrayList<>();
            for (Future<Verdict> each : trials) {
                verdicts.add(each.get());
            }
            return verdicts;
        } finally {
            jvms.shutdownNow();
        }
    }

    private Verdict judge(Mutant mutant, Map<String, Long> sound) throws Exception {
        long known = mutant.tests().stream().mapToLong(sound::get).sum();
        Verdict verdict = trial.judge(mutant, classesOf(mutant), LIMIT + MORE * known);
        System.out.printf(
                Locale.ROOT,
                "%-60s %-9s %6.1f s  %s%n",
                mutant.name(),
                verdict.kind(),
                verdict.seconds(),
                verdict.by());
        if (Boolean.getBoolean("mutants.record")) {
            record(verdict);
        }
        return verdict;
    }

    /** At once, so that a run that is ended keeps what it has. */
    private static synchronized void record(Verdict verdict) throws IOException {
        List<Mutant> all = Catalogue.read();
        Verdicts known = Verdicts.read(Verdicts.FILE);
        known.put(verdict);
        known.write(Verdicts.FILE, all);
        Files.writeString(Verdicts.PAGE, known.page(Files.readString(Verdicts.PAGE), all));
    }
}
