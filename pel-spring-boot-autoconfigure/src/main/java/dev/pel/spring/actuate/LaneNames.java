package dev.pel.spring.actuate;

import dev.pel.Lane;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How lanes are called in JSON. */
final class LaneNames {
    private LaneNames() {}

    static String of(Lane lane) {
        return lane.name().toLowerCase(Locale.ROOT);
    }

    /** The lane of a name; null when there is none. */
    static @Nullable Lane find(String name) {
        for (Lane lane : Lane.values()) {
            if (of(lane).equals(name)) {
                return lane;
            }
        }
        return null;
    }
}
