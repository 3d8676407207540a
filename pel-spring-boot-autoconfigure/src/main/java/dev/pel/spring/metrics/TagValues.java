package dev.pel.spring.metrics;

import dev.pel.Lane;
import dev.pel.Outcome;
import java.util.Locale;

/** How lanes and outcomes are called in tags. */
final class TagValues {
    private TagValues() {}

    static String of(Lane lane) {
        return lane.name().toLowerCase(Locale.ROOT);
    }

    static String of(Outcome outcome) {
        return outcome == Outcome.TIMED_OUT ? "timedOut" : outcome.name().toLowerCase(Locale.ROOT);
    }
}
