package dev.pel.benchmarks;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One benchmark with all parameters but the peer.
 *
 * @param id names it in results
 * @param benchmark the class of the benchmark
 * @param method its method
 * @param parameters what is set differently from the benchmark's first choice
 * @param peers who is measured, beside each other
 * @param java the Java version that it needs at least
 */
record Measurement(
        String id, Class<?> benchmark, String method, Map<String, String> parameters, List<String> peers, int java) {

    Measurement(String id, Class<?> benchmark, String method, Map<String, String> parameters, List<String> peers) {
        this(id, benchmark, method, parameters, peers, 17);
    }

    /**
     * Who can be measured.
     *
     * @param version the feature version of the Java that measures
     * @return the peers that it has
     */
    List<String> peers(int version) {
        return version < java
                ? List.of()
                : peers.stream()
                        .filter(peer -> version >= Peers.JAVA_OF_VIRTUAL_THREADS || !peer.equals(Peers.VIRTUAL))
                        .toList();
    }

    /** Whether it runs for a given time, and not once, or a given number of times. */
    boolean isTimed() {
        return annotation(BenchmarkMode.class).value()[0] != Mode.SingleShotTime;
    }

    int warmupIterations() {
        return annotation(Warmup.class).iterations();
    }

    int measurementIterations() {
        return annotation(org.openjdk.jmh.annotations.Measurement.class).iterations();
    }

    private <A extends Annotation> A annotation(Class<A> type) {
        Method annotated = Stream.of(benchmark.getMethods())
                .filter(candidate ->
                        candidate.getName().equals(method) && candidate.isAnnotationPresent(Benchmark.class))
                .findFirst()
                .orElseThrow();
        A own = annotated.getAnnotation(type);
        return own == null ? Objects.requireNonNull(benchmark.getAnnotation(type)) : own;
    }
}
