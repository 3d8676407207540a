package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.InvalidOptionException;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds loops with the application's defaults: the properties under {@code pel.}, the hooks and the customizers that are
 * beans. For an application that wants a second loop. Immutable.
 *
 * <pre>{@code
 * @Bean(defaultCandidate = false)
 * EventLoop reportsLoop(PelLoopBuilder builder) {
 *     return builder.name("reports")
 *             .customize(options -> options.withPassive(passive -> passive.withThreads(4)))
 *             .build();
 * }
 * }</pre>
 *
 * With {@code defaultCandidate = false} the application's own loop stays, and the second one is injected by
 * {@code @Qualifier("reportsLoop")}. Every loop that is a bean is started and stopped with the application, and has its
 * part of endpoint, health and meters, under its name: so each needs a name of its own.
 */
public final class PelLoopBuilder {
    private final EventLoopOptions base;
    private final List<EventLoopOptionsCustomizer> customizers;

    /**
     * Starts from given options.
     *
     * @param base what the customizers change
     * @param customizers applied in this order
     */
    PelLoopBuilder(EventLoopOptions base, List<EventLoopOptionsCustomizer> customizers) {
        this.base = base;
        this.customizers = List.copyOf(customizers);
    }

    /**
     * The same with another name; the customizers that are beans see it.
     *
     * @param name not blank
     * @return the changed copy
     * @throws InvalidOptionException when it is blank
     */
    public PelLoopBuilder name(String name) {
        return new PelLoopBuilder(base.withName(name), customizers);
    }

    /**
     * The same with one more customizer.
     *
     * @param customizer applied after those that are there already
     * @return the changed copy
     */
    public PelLoopBuilder customize(EventLoopOptionsCustomizer customizer) {
        List<EventLoopOptionsCustomizer> longer = new ArrayList<>(customizers);
        longer.add(customizer);
        return new PelLoopBuilder(base, longer);
    }

    /**
     * What a loop would be made with.
     *
     * @return the options, with all customizers applied
     * @throws InvalidOptionException when a customizer sets a wrong value
     */
    public EventLoopOptions options() {
        EventLoopOptions options = base;
        for (EventLoopOptionsCustomizer customizer : customizers) {
            options = customizer.customize(options);
        }
        return options;
    }

    /**
     * Makes a loop that has not started.
     *
     * @return a new loop at every call
     * @throws InvalidOptionException when a customizer sets a wrong value
     */
    public EventLoop build() {
        return EventLoop.create(options());
    }
}
