package dev.pel;

/**
 * How much of a test is done: little in a plain build, all of it with {@code -Pthorough}, and any number with the property of
 * the test. Tests that ask here carry the tag "scaled"; those that only {@code -Pthorough} runs carry "thorough".
 */
public final class Scale {
    private static final boolean THOROUGH = Boolean.getBoolean("pel.test.thorough");

    private Scale() {}

    public static long of(String property, long plain, long thorough) {
        return Long.getLong(property, THOROUGH ? thorough : plain);
    }
}
