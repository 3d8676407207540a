package dev.pel.test;

/**
 * What goes wrong in a simulation, each with how likely it is, from 0 (never) to 1 (always). The seed decides when.
 *
 * @param spuriousWakeUps how likely a park ends for no reason, which the JDK allows, and which must not be seen in any test
 * @param threadStartFailures how likely the system gives no more threads: the start throws {@link OutOfMemoryError}
 * @param operationFailures how likely {@link Simulation#mayFail} throws
 * @param interrupts how likely somebody interrupts the thread that calls {@link Simulation#sleep} or {@link Simulation#mayFail}
 */
public record Faults(double spuriousWakeUps, double threadStartFailures, double operationFailures, double interrupts) {

    /** Checks every value. */
    public Faults {
        check("spuriousWakeUps", spuriousWakeUps);
        check("threadStartFailures", threadStartFailures);
        check("operationFailures", operationFailures);
        check("interrupts", interrupts);
    }

    private static void check(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("'%s' must be between 0 and 1 but was %s".formatted(name, value));
        }
    }

    /**
     * One of a hundred parks ends for no reason, and nothing else goes wrong.
     *
     * @return the defaults
     */
    public static Faults defaults() {
        return new Faults(0.01, 0, 0, 0);
    }

    /**
     * The same with another number of wake-ups for no reason.
     *
     * @param value from 0 to 1; with 1 no thread ever sleeps
     * @return the changed copy
     */
    public Faults withSpuriousWakeUps(double value) {
        return new Faults(value, threadStartFailures, operationFailures, interrupts);
    }

    /**
     * The same with another number of threads that cannot be started.
     *
     * @param value from 0 to 1
     * @return the changed copy
     */
    public Faults withThreadStartFailures(double value) {
        return new Faults(spuriousWakeUps, value, operationFailures, interrupts);
    }

    /**
     * The same with another number of failures at {@link Simulation#mayFail}.
     *
     * @param value from 0 to 1
     * @return the changed copy
     */
    public Faults withOperationFailures(double value) {
        return new Faults(spuriousWakeUps, threadStartFailures, value, interrupts);
    }

    /**
     * The same with another number of interrupts.
     *
     * @param value from 0 to 1
     * @return the changed copy
     */
    public Faults withInterrupts(double value) {
        return new Faults(spuriousWakeUps, threadStartFailures, operationFailures, value);
    }
}
