package dev.pel.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import tools.jackson.databind.JsonNode;

/** Runs a benchmark in this very JVM, which takes less time than a new one. */
final class JmhHere {
    /** One iteration, as short as it can be. */
    static final List<String> ONCE = List.of("-wi", "0", "-i", "1", "-w", "1ms", "-r", "1ms");

    private JmhHere() {}

    static JsonNode run(Contender contender, List<String> arguments) throws Jmh.Failed, IOException {
        System.setProperty("jmh.ignoreLock", "true");
        Path json = Files.createTempFile("jmh", ".json");
        List<String> here = new ArrayList<>(arguments);
        here.set(here.indexOf("-f") + 1, "0");
        here.addAll(List.of("-rf", "json", "-rff", json.toString()));
        try {
            new Runner(new CommandLineOptions(here.toArray(String[]::new))).run();
            return Results.JSON.readTree(Files.readString(json)).get(0);
        } catch (RunnerException | CommandLineOptionException e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            throw new Jmh.Failed(trace.toString());
        } finally {
            Files.delete(json);
        }
    }
}
