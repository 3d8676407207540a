package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All loops that are beans, by their names, which the start has seen to be different.
 *
 * @param main the application's own loop, which is meant where none is named
 * @param all asked at every use, because loops may be made late
 */
record LoopsByName(EventLoop main, Supplier<Collection<EventLoop>> all) {

    /** Every loop by its name, in the order of the names. */
    Map<String, EventLoop> byName() {
        Map<String, EventLoop> byName = new TreeMap<>();
        for (EventLoop loop : all.get()) {
            byName.put(loop.options().name(), loop);
        }
        return byName;
    }

    /** All but the application's own loop. */
    Map<String, EventLoop> others() {
        Map<String, EventLoop> others = byName();
        others.remove(main.options().name());
        return others;
    }

    /** The loop of a name; null when there is none. */
    @Nullable EventLoop find(String name) {
        return byName().get(name);
    }
}
