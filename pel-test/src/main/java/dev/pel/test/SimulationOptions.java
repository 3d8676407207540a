package dev.pel.test;

import java.time.Duration;

/**
 * How a simulation is. Immutable; a wrong value is refused here, with its name, the rule and the value.
 *
 * @param seed chooses the order in which threads run, and the faults
 * @param faults what goes wrong how often
 * @param processors how many threads could run at once, as far as the loops know
 * @param decisions how often the seed may decide which thread runs next while a thread of the test waits, in {@link
 *     Simulation#runUntilIdle} for example: then it is taken for one that waits for what never ends
 * @param limit how long, in real time, a thread of the test may wait for the same
 * @param patience how long, in real time, nothing may happen in a simulation while somebody waits for it
 */
public record SimulationOptions(
        long seed, Faults faults, int processors, long decisions, Duration limit, Duration patience) {
    static final int MOST_DECISIONS = 2_000_000;
    static final int MOST_SECONDS = 60;

    /** Checks every value. */
    public SimulationOptions {
        atLeastOne("processors", processors);
        atLeastOne("decisions", decisions);
        atLeastASecond("limit", limit);
        atLeastASecond("patience", patience);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("'%s' must be at least 1 but was %d".formatted(name, value));
        }
    }

    private static void atLeastASecond(String name, Duration value) {
        if (value.toSeconds() < 1) {
            throw new IllegalArgumentException("'%s' must be at least 1 second but was %s".formatted(name, value));
        }
    }

    /**
     * Seed 1, the default faults, one processor, two million decisions, a limit of 60 s and a patience of 20 s.
     *
     * @return the defaults
     */
    public static SimulationOptions defaults() {
        return new SimulationOptions(
                1, Faults.defaults(), 1, MOST_DECISIONS, Duration.ofSeconds(MOST_SECONDS), Duration.ofSeconds(20));
    }

    /**
     * The same with what the system properties {@code pel.sim.seed}, {@code pel.sim.decisions}, {@code pel.sim.limit} and
     * {@code pel.sim.patience} say, the last two in seconds.
     *
     * @return the changed copy
     * @throws IllegalArgumentException when a property that begins with {@code pel.sim.} is wrong, or there is none of that name
     */
    public SimulationOptions withProperties() {
        SimulationProperties properties = SimulationProperties.read();
        return new SimulationOptions(
                properties.seed(seed),
                faults,
                processors,
                properties.decisions(decisions),
                properties.limit(limit),
                properties.patience(patience));
    }

    /**
     * The same with another seed.
     *
     * @param value any number
     * @return the changed copy
     */
    public SimulationOptions withSeed(long value) {
        return new SimulationOptions(value, faults, processors, decisions, limit, patience);
    }

    /**
     * The same with other faults.
     *
     * @param value what goes wrong how often
     * @return the changed copy
     */
    public SimulationOptions withFaults(Faults value) {
        return new SimulationOptions(seed, value, processors, decisions, limit, patience);
    }

    /**
     * The same with another number of processors.
     *
     * @param value at least 1
     * @return the changed copy
     */
    public SimulationOptions withProcessors(int value) {
        return new SimulationOptions(seed, faults, value, decisions, limit, patience);
    }

    /**
     * The same with another number of decisions.
     *
     * @param value at least 1
     * @return the changed copy
     */
    public SimulationOptions withDecisions(long value) {
        return new SimulationOptions(seed, faults, processors, value, limit, patience);
    }

    /**
     * The same with another limit.
     *
     * @param value at least a second
     * @return the changed copy
     */
    public SimulationOptions withLimit(Duration value) {
        return new SimulationOptions(seed, faults, processors, decisions, value, patience);
    }

    /**
     * The same with another patience.
     *
     * @param value at least a second
     * @return the changed copy
     */
    public SimulationOptions withPatience(Duration value) {
        return new SimulationOptions(seed, faults, processors, decisions, limit, value);
    }
}
