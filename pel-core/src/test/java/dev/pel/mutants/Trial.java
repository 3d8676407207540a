package dev.pel.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Tests in a JVM of their own, with other classes before those of the engine. */
final class Trial {
    /** How long a test waits for what must happen, in seconds; less than in a build, because here it often does not happen. */
    private static final int PATIENCE = 10;

    /** So long after its time the JVM has not ended itself, and is ended. */
    private static final int GRACE = 20_000;

    private final String classPath;
    private final Path directory;

    Trial(String classPath, Path directory) {
        this.classPath = classPath;
        this.directory = directory;
    }

    /**
     * Runs the tests on the engine as it is. One that fails gets a second try after all others, because on a busy machine a sound
     * one may fail for once.
     *
     * @return how many milliseconds each of those that passed took
     */
    Map<String, Long> soundness(List<String> tests, long limitMillis) throws IOException, InterruptedException {
        Map<String, Long> took = new LinkedHashMap<>();
        Set<String> failed = new HashSet<>();
        List<String> left = new ArrayList<>(tests);
        while (!left.isEmpty()) {
            List<String> lines = protocol("sound", classPath, left, limitMillis);
            int passed = lines.size() - 1; // the last line is the verdict
            for (String line : lines.subList(0, passed)) {
                String[] cells = line.split("\t", 2);
                took.put(cells[0], Long.valueOf(cells[1]));
            }
            if (passed == left.size()) {
                break;
            }
            String culprit = left.get(passed);
            left = new ArrayList<>(left.subList(passed + 1, left.size()));
            if (failed.add(culprit)) {
                left.add(culprit);
            }
        }
        return took;
    }

    /** Lets the tests of a mutant meet it; throws {@link IllegalStateException} when their JVM breaks down. */
    Verdict judge(Mutant mutant, Path classes, long limitMillis) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        List<String> lines =
                protocol(mutant.name(), classes + File.pathSeparator + classPath, mutant.tests(), limitMillis);
        double seconds = (System.nanoTime() - begin) / 1e8 / 10;
        String[] cells = lines.get(lines.size() - 1).split("\t", 2);
        return new Verdict(mutant.name(), Verdict.Kind.valueOf(cells[0]), cells[1], seconds);
    }

    private List<String> protocol(String name, String path, List<String> tests, long limitMillis)
            throws IOException, InterruptedException {
        Path protocol = directory.resolve(name + ".protocol.txt");
        Path console = directory.resolve(name + ".console.txt");
        Files.deleteIfExists(protocol);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-Dpel.test.patience=" + PATIENCE,
                "-cp",
                path,
                Judge.class.getName(),
                protocol.toString(),
                Long.toString(limitMillis)));
        command.addAll(tests);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        try {
            if (!process.waitFor(limitMillis + GRACE, TimeUnit.MILLISECONDS)) {
                List<String> passed = lines(protocol);
                passed.add(Verdict.Kind.TIMED_OUT + "\tthe whole JVM");
                return passed;
            }
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = lines(protocol);
        if (process.exitValue() != 0 || lines.isEmpty()) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT, "The JVM for '%s' ended with %d; see %s", name, process.exitValue(), console));
        }
        return lines;
    }

    private static List<String> lines(Path protocol) throws IOException {
        return Files.exists(protocol) ? new ArrayList<>(Files.readAllLines(protocol)) : new ArrayList<>();
    }
}
