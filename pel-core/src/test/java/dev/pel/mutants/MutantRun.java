package dev.pel.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Plants mutants, one at a time, and lets the tests of each run in a JVM of their own, first without the bug and then with it.
 *
 * @param sources the directory of the sources that the mutants are planted into
 * @param directory where the classes of the mutants go, and what their tests print
 * @param jvms how many JVMs run at once
 * @param seconds how long the tests of a mutant may take with the bug; then they count as hung
 */
record MutantRun(Path sources, Path directory, int jvms, int seconds) {
    /** How long a test waits for what must happen, in seconds; less than in a build, because with a bug it often does not happen. */
    private static final int PATIENCE = 10;

    /** How many seconds the tests of one mutant may take without the bug. */
    private static final int SOUND_SECONDS = 300;

    /** The exit code of a JVM that was ended because its time was over; no JVM ends itself with it. */
    private static final int HUNG = -1;

    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    List<Verdict> of(List<Mutant> mutants) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(jvms);
        try {
            List<Future<Verdict>> trials = new ArrayList<>();
            for (Mutant mutant : mutants) {
                trials.add(executor.submit(() -> judge(mutant)));
            }
            List<Verdict> verdicts = new ArrayList<>();
            for (Future<Verdict> trial : trials) {
                verdicts.add(trial.get());
            }
            return verdicts;
        } finally {
            executor.shutdownNow();
        }
    }

    private Verdict judge(Mutant mutant) throws IOException, InterruptedException {
        Path classes = directory.resolve(mutant.name());
        try {
            new MutantCompiler(sources, CLASS_PATH).compile(mutant, classes);
            Trial sound = run(mutant, "sound", CLASS_PATH, SOUND_SECONDS);
            if (sound.exitCode == NamedTests.MISSING) {
                throw new MutantCompiler.StaleException(sound.marked(NamedTests.MISSING_MARK));
            }
            if (sound.exitCode != NamedTests.PASSED) {
                return shown(mutant, Verdict.Kind.NOT_JUDGED, "without the bug, " + sound.problem());
            }
        } catch (MutantCompiler.StaleException e) {
            return shown(mutant, Verdict.Kind.STALE, String.valueOf(e.getMessage()));
        }
        Trial trial = run(mutant, "planted", classes + File.pathSeparator + CLASS_PATH, seconds);
        return switch (trial.exitCode) {
            case NamedTests.PASSED -> shown(mutant, Verdict.Kind.SURVIVED, mutant.bug());
            case NamedTests.FAILED, HUNG -> shown(mutant, Verdict.Kind.KILLED, trial.problem());
            default -> shown(mutant, Verdict.Kind.NOT_JUDGED, trial.problem());
        };
    }

    private Trial run(Mutant mutant, String kind, String classPath, int limit)
            throws IOException, InterruptedException {
        Path console = directory.resolve(mutant.name() + "." + kind + ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Dpel.test.patience=" + PATIENCE,
                "-cp",
                classPath,
                NamedTests.class.getName()));
        command.addAll(mutant.tests());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        try {
            boolean ended = process.waitFor(limit, TimeUnit.SECONDS);
            return new Trial(ended ? process.exitValue() : HUNG, console, Files.readString(console));
        } finally {
            process.destroyForcibly();
        }
    }

    /** At once, so that a run that is ended has told what it knows. */
    private static Verdict shown(Mutant mutant, Verdict.Kind kind, String reason) {
        System.out.printf("%-10s %-55s %s%n", kind, mutant.name(), reason);
        return new Verdict(mutant.name(), kind, reason);
    }

    /** How a JVM ended, and what it printed. */
    private record Trial(int exitCode, Path console, String output) {
        String problem() {
            return switch (exitCode) {
                case NamedTests.FAILED -> marked(NamedTests.FAILED_MARK) + " failed";
                case HUNG -> "the tests hung; see " + console;
                default -> "the JVM ended with %d; see %s".formatted(exitCode, console);
            };
        }

        String marked(String mark) {
            return output.lines()
                    .filter(line -> line.startsWith(mark))
                    .map(line -> line.substring(mark.length()))
                    .findFirst()
                    .orElse("?");
        }
    }
}
