package dev.pel.test;

import java.util.stream.LongStream;

/** The seeds that a test runs for, one after the other. */
record Seeds(long first, long last) {
    /** So many as the test says, from 1 on, unless the properties {@code pel.sim.seed}, {@code .first} and {@code .seeds} differ. */
    static Seeds chosen(long declared) {
        Long only = Long.getLong("pel.sim.seed");
        if (only != null) {
            return new Seeds(only, only);
        }
        long count = Long.getLong("pel.sim.seeds", declared);
        if (count < 1) {
            throw new IllegalArgumentException("'seeds' must be at least 1 but was " + count);
        }
        long first = Long.getLong("pel.sim.first", 1);
        return new Seeds(first, Math.addExact(first, count - 1));
    }

    LongStream stream() {
        return LongStream.rangeClosed(first, last);
    }
}
