package dev.pel.spring;

import dev.pel.ContextPropagator;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;

/**
 * Carries every thread-local of a registry. Most submissions have none that is set, and most threads neither: then a look at each
 * is all there is to do, instead of a snapshot, and a map of what was there before.
 */
final class ThreadLocalsPropagator implements ContextPropagator {
    private final ThreadLocals locals;
    private final MicrometerContextPropagator propagator;
    private final ContextSnapshot nothing;
    private final Scope toNothing;

    /**
     * For one registry.
     *
     * @param registry what is registered there later is carried, too
     */
    ThreadLocalsPropagator(ContextRegistry registry) {
        // clearMissing, so that an operation that runs inside another one's join does not see that one's context
        ContextSnapshotFactory factory = ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .clearMissing(true)
                .build();
        this.locals = new ThreadLocals(registry);
        this.toNothing = locals::clear;
        this.propagator = new MicrometerContextPropagator(factory, locals);
        this.nothing = factory.captureFrom();
    }

    @Override
    public @Nullable Snapshot capture() {
        return locals.isNoneSet() ? null : propagator.capture();
    }

    @Override
    public Scope clear() {
        return locals.isNoneSet() ? toNothing : locals.open(nothing);
    }
}
