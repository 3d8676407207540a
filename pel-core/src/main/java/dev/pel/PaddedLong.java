package dev.pel;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A counter that shares its cache line with no other. Two of them that lie side by side, one written by submitters and one by
 * workers, would otherwise take the line from each other with every call.
 */
@SuppressWarnings("UnusedVariable") // the space they take is their use
final class PaddedLong extends AtomicLong {
    private static final long serialVersionUID = 1L;

    private final long p1 = 0;
    private final long p2 = 0;
    private final long p3 = 0;
    private final long p4 = 0;
    private final long p5 = 0;
    private final long p6 = 0;
    private final long p7 = 0;
    private final long p8 = 0;
}
