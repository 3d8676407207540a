package dev.pel.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    /** Runs the tests on the engine as it is; how many milliseconds each of them took. */
    Map<String, Long> soundness(List<String> tests, long limitMillis) throws IOException, InterruptedException {
        List<String> lines = protocol("sound", classPath, tests, limitMillis);
        if (!lines.get(lines.size() - 1).startsWith(Verdict.Kind.SURVIVED.name())) {
            throw new AssertionError("On the engine without any mutant the tests must be green, but %s; see %s"
                    .formatted(lines.get(lines.size() - 1), directory.resolve("sound.console.txt")));
        }
        Map<String, Long> took = new LinkedHashMap<>();
        for (String line : lines.subList(0, lines.size() - 1)) {
            String[] cells = line.split("\t", 2);
            took.put(cells[0], Long.valueOf(cells[1]));
        }
        return took;
    }

    /** Lets the tests of a mutant meet it. */
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
                return List.of(Verdict.Kind.TIMED_OUT + "\tthe whole JVM");
            }
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.exists(protocol) ? Files.readAllLines(protocol) : List.of();
        if (process.exitValue() != 0 || lines.isEmpty()) {
            throw new AssertionError(String.format(
                    Locale.ROOT, "The JVM for '%s' ended with %d; see %s", name, process.exitValue(), console));
        }
        return lines;
    }
}
