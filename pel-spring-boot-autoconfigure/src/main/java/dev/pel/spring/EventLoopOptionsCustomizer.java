package dev.pel.spring;

import dev.pel.EventLoopOptions;

/**
 * Changes the options of a loop before it is made. All beans of this type are applied in their order, to every loop that
 * {@link PelLoopBuilder} builds, the application's own one included.
 */
@FunctionalInterface
public interface EventLoopOptionsCustomizer {
    /**
     * Runs on the thread that builds the loop, before the loop is there.
     *
     * @param options what properties and earlier customizers have made of them
     * @return the changed copy, or the same
     */
    EventLoopOptions customize(EventLoopOptions options);
}
