package dev.pel.spring;

import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;

/**
 * Provisional: one class of each declared library, so that the dependency check sees it used before the real code is
 * here. Delete a line when real code uses its library, and this class when no line is left. Never loaded at run time.
 */
final class ProvisionalLibraries {

    static final List<Class<?>> DECLARED = List.of(
            Endpoint.class,
            ConditionalOnAvailableEndpoint.class,
            HealthIndicator.class,
            MetricsAutoConfiguration.class,
            MeterRegistry.class,
            ContextSnapshotFactory.class);

    private ProvisionalLibraries() {}
}
