package dev.pel.benchmarks;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.ThreadKind;
import dev.pel.spring.PelAutoConfiguration;
import dev.pel.spring.metrics.PelMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

/**
 * The loop that the starter makes in an application with metrics: wired by the very auto-configurations that ship, with the
 * listener that feeds Micrometer, the logging context and every registered thread-local carried.
 */
final class ShippedLoop implements AutoCloseable {
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    /**
     * Starts the loop.
     *
     * @param load how large it is; all else stays as it ships
     * @param kind the kind of its passive threads
     * @param beans classes of beans of the application
     */
    ShippedLoop(Load load, ThreadKind kind, Class<?>... beans) {
        EventLoopOptions defaults = EventLoopOptions.defaults();
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "load",
                        Map.of(
                                "pel.passive.threads", load.threads(),
                                "pel.passive.thread-kind", kind,
                                "pel.passive.capacity",
                                        Math.max(defaults.passive().capacity(), load.inFlight()),
                                "pel.active.capacity",
                                        Math.max(defaults.active().capacity(), load.inFlight()))));
        context.register(Application.class);
        for (Class<?> bean : beans) {
            context.register(bean);
        }
        context.refresh();
        if (context.getBeansOfType(MeterRegistry.class).isEmpty()
                || loop().options().hooks().listeners().isEmpty()) {
            throw new IllegalStateException("The loop is not wired as it ships: there are no meters");
        }
    }

    EventLoop loop() {
        return context.getBean(EventLoop.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        MetricsAutoConfiguration.class,
        SimpleMetricsExportAutoConfiguration.class,
        CompositeMeterRegistryAutoConfiguration.class,
        PelAutoConfiguration.class,
        PelMetricsAutoConfiguration.class
    })
    static class Application {}
}
