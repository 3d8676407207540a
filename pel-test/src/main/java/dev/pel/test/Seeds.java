package dev.pel.test;

import java.util.stream.LongStream;

/** The seeds that a test runs for, one after the other. */
record Seeds(long first, long last) {
    /** So many as the test says, from 1 on, unless the properties {@code pel.sim.seed}, {@code .first} and {@code .seeds} differ. */
    static Seeds chosen(long declared) {
        return SimulationProperties.read().seeds(declared);
    }

    LongStream stream() {
        return LongStream.rangeClosed(first, last);
    }
}
