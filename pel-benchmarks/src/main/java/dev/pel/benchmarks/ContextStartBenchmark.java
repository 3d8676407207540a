package dev.pel.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The start of a small web application with the actuator, in a JVM that has started nothing before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@SuppressWarnings("NullAway.Init")
public class ContextStartBenchmark {

    /** With the starter, or without: its auto-configurations are left out. */
    @Param({"pel", "without"})
    public String peer;

    private ConfigurableApplicationContext context;

    /** One start. */
    @Benchmark
    public void start() {
        context = new SpringApplicationBuilder(peer.equals(Peers.PEL) ? Application.class : ApplicationWithout.class)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .run("--server.port=0");
    }

    /** Ends the application, after a look at whether it was the right one. */
    @TearDown
    public void close() {
        boolean there = context.containsBean("pelEventLoop");
        context.close();
        if (there != peer.equals(Peers.PEL)) {
            throw new IllegalStateException("The starter is " + (there ? "there" : "missing"));
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = {
                "dev.pel.spring.PelAutoConfiguration",
                "dev.pel.spring.actuate.PelEndpointAutoConfiguration",
                "dev.pel.spring.actuate.PelHealthAutoConfiguration",
                "dev.pel.spring.metrics.PelMetricsAutoConfiguration"
            })
    static class ApplicationWithout {}
}
