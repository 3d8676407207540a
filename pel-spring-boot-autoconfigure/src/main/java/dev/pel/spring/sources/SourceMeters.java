package dev.pel.spring.sources;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Which sources are paused, and how often that was done or failed. */
final class SourceMeters implements MeterBinder {
    private final SourcePause pause;

    SourceMeters(SourcePause pause) {
        this.pause = pause;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (String id : pause.ids()) {
            Gauge.builder("pel.source.paused", pause, state -> state.isPaused(id) ? 1 : 0)
                    .description("1 while the listener is paused because a lane is under pressure")
                    .tag("source", id)
                    .register(registry);
        }
        FunctionCounter.builder("pel.source.pauses", pause, SourcePause::pauses)
                .description("How many times a listener was paused because a lane was under pressure")
                .register(registry);
        FunctionCounter.builder("pel.source.failures", pause, SourcePause::failures)
                .description("How many times a listener could not be paused, or not let go on")
                .register(registry);
    }
}
