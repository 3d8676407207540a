package dev.pel.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Runs one benchmark by JMH's command line. */
interface Jmh {
    /**
     * Runs it.
     *
     * @param contender who is measured
     * @param arguments of JMH; they choose one benchmark and all its parameters
     * @return the result, as JMH's JSON has it
     * @throws Failed when the benchmark fails, or there is none
     */
    JsonNode run(Contender contender, List<String> arguments) throws Failed, IOException, InterruptedException;

    /** A benchmark has failed. */
    final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String output) {
            super(output);
        }
    }

    /** Runs it in a process of its own, by the command {@code jmh} of its build, which every build has. */
    static JsonNode inOwnProcess(Contender contender, List<String> arguments)
            throws Failed, IOException, InterruptedException {
        Path json = Files.createTempFile("jmh", ".json");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(contender.java(), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            // what others measure on this machine at the same time disturbs all peers alike, and is no error
            command.addAll(
                    List.of("-Djmh.ignoreLock=true", "-cp", contender.classPath(), Benchmarks.class.getName(), "jmh"));
            command.addAll(arguments);
            command.addAll(List.of("-rf", "json", "-rff", json.toString()));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            JsonNode results = Results.JSON.readTree(Files.readString(json));
            if (status != 0 || results.size() != 1) {
                throw new Failed(output.strip());
            }
            return results.get(0);
        } finally {
            Files.delete(json);
        }
    }
}
