package dev.pel.spring.metrics;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.EventLoopOptions;
import dev.pel.spring.EventLoopOptionsCustomizer;
import dev.pel.spring.PelProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.Ordered;

/**
 * Gives each loop that the builder makes a listener that counts and times its calls, and the listeners of those loops that are beans
 * their meters.
 *
 * <p>The registry is fetched when all singletons are there: loops are needed to make beans that the registry's own making may wait for.
 * They start after that, so nothing is missed but refusals before the start. Only then the name is known, too, that a loop has got in
 * the end.
 */
final class CallMetersCustomizer implements EventLoopOptionsCustomizer, SmartInitializingSingleton, Ordered {
    private final Supplier<Collection<EventLoop>> loops;
    private final ObjectProvider<MeterRegistry> registries;
    private final Supplier<Collection<MeterRegistry>> all;
    private final PelProperties.Metrics options;

    /**
     * For all loops of a context.
     *
     * @param loops asked once, when all singletons are there
     * @param registries asked then, too, for the one that stands for all
     * @param all the registries that are beans
     * @param options how many labels become tags, and whether there are histograms
     */
    CallMetersCustomizer(
            Supplier<Collection<EventLoop>> loops,
            ObjectProvider<MeterRegistry> registries,
            Supplier<Collection<MeterRegistry>> all,
            PelProperties.Metrics options) {
        this.loops = loops;
        this.registries = registries;
        this.all = all;
        this.options = options;
    }

    @Override
    public EventLoopOptions customize(EventLoopOptions before) {
        return before.withListener(new CallMeters(options));
    }

    @Override
    public void afterSingletonsInstantiated() {
        MeterRegistry registry = registries.getIfUnique();
        if (registry == null) {
            return;
        }
        DerivedMeters meters = new DerivedMeters(registry, all);
        for (EventLoop loop : loops.get()) {
            for (EventLoopListener listener : loop.options().hooks().listeners()) {
                if (listener instanceof CallMeters calls) {
                    calls.begin(loop.options().name(), registry, meters);
                }
            }
        }
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
