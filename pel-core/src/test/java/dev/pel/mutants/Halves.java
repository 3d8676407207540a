package dev.pel.mutants;

/** A class to plant mutants into, for the tests of what plants them. */
final class Halves {
    private Halves() {}

    static int half(int number) {
        return number / 2;
    }

    /** Looked at by no check. */
    static int quarter(int number) {
        return number / 4;
    }
}
