package dev.pel.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plants mutants, one at a time, and lets their tests find each. A stale one is reported, and does not keep the others from it. */
final class MutantRun {
    /** What a mutant gets beyond the time that its tests take on the sound engine, of which it gets some more. */
    private static final long LIMIT = 30_000;

    private static final int MORE = 4;
    private static final long SOUND_LIMIT = 300_000;

    private final Path directory;
    private final int jvms;
    private final Nursery nursery;
    private final Trial trial;

    /**
     * For one run.
     *
     * @param sources the folder of the sources of package {@code dev.pel} that the mutants are planted into
     * @param directory where the classes of the mutants go, and what their tests print
     * @param jvms how many JVMs run at once
     */
    MutantRun(Path sources, Path directory, int jvms) {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        this.directory = directory;
        this.jvms = jvms;
        this.nursery = new Nursery(sources, classPath);
        this.trial = new Trial(classPath, directory);
    }

    MutantReport of(List<Mutant> mutants) throws Exception {
        Files.createDirectories(directory);
        List<Verdict> verdicts = new ArrayList<>();
        List<Mutant> planted = new ArrayList<>();
        Set<String> tests = new LinkedHashSet<>();
        for (Mutant mutant : mutants) {
            try {
                plant(mutant);
                planted.add(mutant);
                tests.addAll(mutant.tests());
            } catch (IllegalStateException | IllegalArgumentException e) {
                verdicts.add(shown(new Verdict(mutant.name(), Verdict.Kind.STALE, String.valueOf(e.getMessage()), 0)));
            }
        }
        Map<String, Long> sound = trial.soundness(List.copyOf(tests), SOUND_LIMIT);
        verdicts.addAll(judged(planted, sound));
        return new MutantReport(verdicts);
    }

    private void plant(Mutant mutant) throws IOException {
        mutant.tests().forEach(Judge::selectors);
        nursery.grow(mutant, classesOf(mutant));
    }

    private Path classesOf(Mutant mutant) {
        return directory.resolve(mutant.name());
    }

    private List<Verdict> judged(List<Mutant> mutants, Map<String, Long> sound) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(jvms);
        try {
            List<Future<Verdict>> trials = new ArrayList<>();
            for (Mutant mutant : mutants) {
                trials.add(executor.submit(() -> shown(judge(mutant, sound))));
            }
            List<Verdict> verdicts = new ArrayList<>();
            for (Future<Verdict> each : trials) {
                verdicts.add(each.get());
            }
            return verdicts;
        } finally {
            executor.shutdownNow();
        }
    }

    private Verdict judge(Mutant mutant, Map<String, Long> sound) throws Exception {
        long known = 0;
        for (String test : mutant.tests()) {
            Long took = sound.get(test);
            if (took == null) {
                String why = "%s fails twice without any mutant; see %s"
                        .formatted(test, directory.resolve("sound.console.txt"));
                return new Verdict(mutant.name(), Verdict.Kind.NOT_JUDGED, why, 0);
            }
            known += took;
        }
        try {
            return trial.judge(mutant, classesOf(mutant), LIMIT + MORE * known);
        } catch (IllegalStateException e) {
            return new Verdict(mutant.name(), Verdict.Kind.NOT_JUDGED, String.valueOf(e.getMessage()), 0);
        }
    }

    /** At once, so that a run that is ended has told what it knows. */
    private static Verdict shown(Verdict verdict) {
        System.out.println(MutantReport.line(verdict));
        return verdict;
    }
}
