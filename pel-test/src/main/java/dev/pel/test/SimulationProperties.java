package dev.pel.test;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The system properties that begin with {@code pel.sim.}, all of them checked. */
final class SimulationProperties {
    private static final String PREFIX = "pel.sim.";

    /** A seed may be any number, and all others count something. */
    private static final Set<String> ANY_NUMBER = Set.of("pel.sim.seed", "pel.sim.first");

    private static final Set<String> AT_LEAST_ONE =
            Set.of("pel.sim.seeds", "pel.sim.patience", "pel.sim.decisions", "pel.sim.limit");

    private final Map<String, Long> values;

    private SimulationProperties(Map<String, Long> values) {
        this.values = values;
    }

    /** Reads those that are set now. */
    static SimulationProperties read() {
        Map<String, Long> values = new TreeMap<>();
        for (String key : new TreeSet<>(System.getProperties().stringPropertyNames())) {
            if (key.startsWith(PREFIX)) {
                values.put(key, number(key, System.getProperty(key, "")));
            }
        }
        return new SimulationProperties(values);
    }

    private static long number(String key, String value) {
        if (!ANY_NUMBER.contains(key) && !AT_LEAST_ONE.contains(key)) {
            Set<String> known = new TreeSet<>(ANY_NUMBER);
            known.addAll(AT_LEAST_ONE);
            throw new IllegalArgumentException(
                    "'%s' is no property of the simulation, these are: %s".formatted(key, String.join(", ", known)));
        }
        boolean isCount = AT_LEAST_ONE.contains(key);
        String rule = isCount ? "a whole number of at least 1" : "a whole number";
        try {
            long number = Long.parseLong(value);
            if (number >= 1 || !isCount) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(message(key, rule, value), e);
        }
        throw new IllegalArgumentException(message(key, rule, value));
    }

    private static String message(String key, String rule, String value) {
        return "'%s' must be %s but was '%s'".formatted(key, rule, value);
    }

    private long value(String key, long otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    long seed(long declared) {
        return value("pel.sim.seed", declared);
    }

    long decisions(long declared) {
        return value("pel.sim.decisions", declared);
    }

    Duration limit(Duration declared) {
        return Duration.ofSeconds(value("pel.sim.limit", declared.toSeconds()));
    }

    Duration patience(Duration declared) {
        return Duration.ofSeconds(value("pel.sim.patience", declared.toSeconds()));
    }

    /** The seeds that a test runs for: as many as it says, from 1 on, unless the properties say otherwise. */
    Seeds seeds(long declared) {
        if (values.containsKey("pel.sim.seed")) {
            return new Seeds(seed(0), seed(0));
        }
        long count = value("pel.sim.seeds", declared);
        long first = value("pel.sim.first", 1);
        if (first > Long.MAX_VALUE - count + 1) {
            throw new IllegalArgumentException(
                    "'pel.sim.first' must leave room for %d seeds but was '%d'".formatted(count, first));
        }
        return new Seeds(first, first + count - 1);
    }
}
