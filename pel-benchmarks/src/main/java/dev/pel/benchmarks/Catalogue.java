package dev.pel.benchmarks;

import dev.pel.benchmarks.Row.Best;
import dev.pel.benchmarks.Row.Direction;
import dev.pel.benchmarks.Row.Figure;
import dev.pel.benchmarks.Row.Goal;
import dev.pel.benchmarks.Row.Known;
import dev.pel.benchmarks.Row.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All that is measured, and what is made of it. The goals stand here and nowhere else. */
final class Catalogue {
    /** What a user would pick instead. */
    private static final List<String> RIVALS = List.of("jdk", "jdkLean", "spring", "vertx", "reactor", Peers.VIRTUAL);

    private static final List<String> EVENT_LOOPS = List.of("jdk", "jdkLean", "spring", "vertx", "reactor");
    private static final List<String> TIMERS = List.of("jdk", "spring", "vertx", "reactor");
    static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final String LATENCY = "latencyMicros";

    /** The rows that the README quotes. */
    static final List<String> QUOTED = List.of("next64", "backToBack", "mixed");

    static final String NEXT = "next64";
    static final String POST = "post";
    static final List<Integer> CURVE = List.of(1_000, 100_000, 1_000_000);

    private Catalogue() {}

    static List<Measurement> measurements() {
        List<Measurement> all = new ArrayList<>(List.of(
                new Measurement(
                        NEXT,
                        NextBenchmark.class,
                        "chains",
                        Map.of("threads", "64"),
                        with(RIVALS, "pel", "pelCore", "pelBare", "nextMethod", "asyncMethod")),
                new Measurement(
                        "next4", NextBenchmark.class, "chains", Map.of("threads", "4"), with(RIVALS, "pel", "pelCore")),
                new Measurement("burst", BurstBenchmark.class, "burst", Map.of(), with(RIVALS, "pel", "pelCore")),
                new Measurement(
                        POST, PostBenchmark.class, "twoProducers", Map.of(), with(EVENT_LOOPS, "pel", "pelCore")),
                new Measurement("self", PostBenchmark.class, "self", Map.of(), with(EVENT_LOOPS, "pel", "pelCore")),
                new Measurement(
                        "backToBack", OneCallBenchmark.class, "backToBack", Map.of(), with(RIVALS, "pel", "pelCore")),
                new Measurement(
                        "paced",
                        OneCallBenchmark.class,
                        "everyMillisecond",
                        Map.of(),
                        with(RIVALS, "pel", "pelCore", "handOffs")),
                new Measurement("sleeps", SleepBenchmark.class, "sleeps", Map.of(), with(RIVALS, "pel")),
                new Measurement(
                        "manySleeps",
                        SleepBenchmark.class,
                        "sleeps",
                        Map.of("threads", "10000", "calls", "20000", "millis", "200"),
                        List.of("pelVirtual", Peers.VIRTUAL),
                        Peers.JAVA_OF_VIRTUAL_THREADS),
                new Measurement(
                        "timers",
                        TimerBenchmark.class,
                        "createAndCancel",
                        Map.of("pending", "500000"),
                        with(TIMERS, "pel")),
                new Measurement("heap", HeapBenchmark.class, "waiting", Map.of(), with(EVENT_LOOPS, "pel", "pelCore")),
                new Measurement(
                        "mixed",
                        MixedBenchmark.class,
                        "mixed",
                        Map.of(),
                        with(RIVALS, "pel", "pelCore", "jdkTwoPools")),
                new Measurement("start", ContextStartBenchmark.class, "start", Map.of(), List.of("pel", "without"))));
        for (int pending : CURVE) {
            all.add(new Measurement(
                    fired(pending),
                    TimerBenchmark.class,
                    "fireAll",
                    Map.of("pending", Integer.toString(pending)),
                    with(TIMERS, "pel")));
        }
        return all;
    }

    static String fired(int pending) {
        return "fire" + pending;
    }

    private static List<String> with(List<String> rivals, String... others) {
        return Stream.concat(Stream.of(others), rivals.stream()).toList();
    }

    static List<Row> rows() {
        return List.of(
                row("next64", "`next`, 256 chains in flight, 64 passive threads", "ops/s", atLeast(2.5)),
                row("next4", "the same with 4 passive threads", "ops/s", atLeast(1.6)),
                row("burst", "burst: 300 000 `next` from one outside thread", "ms", atMost(1 / 1.3)),
                row("post", "post to the active thread, two producers", "ops/s", atLeast(4), EVENT_LOOPS),
                row("self", "post from the active thread to itself", "ops/s", atLeast(4), EVENT_LOOPS),
                row("backToBack", "one call at a time, back to back", "µs", atMost(0.3)),
                new Row(
                        "paced",
                        "one call every millisecond",
                        new Figure("paced", Peers.PEL_CORE, LATENCY),
                        "µs",
                        atMost(1),
                        new Best("paced", LATENCY, LATENCY, RIVALS)),
                new Row(
                        "pacedBare",
                        "the same against two bare `unpark` hand-offs",
                        new Figure("paced", Peers.PEL_CORE, LATENCY),
                        "µs",
                        atMost(1.15),
                        new Best("paced", LATENCY, LATENCY, List.of("handOffs"))),
                new Row(
                        "pacedCpu",
                        "the same, processor time per call",
                        new Figure("paced", Peers.PEL_CORE, "cpuMicros"),
                        "µs",
                        atMost(1.1),
                        new Best("paced", "cpuMicros", LATENCY, RIVALS)),
                new Row(
                        "sleeps",
                        "640 operations that sleep 20 ms, 64 threads",
                        new Figure("sleeps", Peers.PEL, Row.SCORE),
                        "ms",
                        atMost(1.05),
                        new Known("the ideal 200 ms", 200)),
                new Row(
                        "manySleeps",
                        "20 000 operations that sleep 200 ms, 10 000 virtual threads at most",
                        new Figure("manySleeps", "pelVirtual", Row.SCORE),
                        "ms",
                        atMost(1.15),
                        new Known("the ideal 400 ms", 400)),
                new Row(
                        "timers",
                        "500 000 timers 30 s away, created and cancelled",
                        new Figure("timers", Peers.PEL, Row.SCORE),
                        "ms",
                        atMost(0.6),
                        new Best("timers", Row.SCORE, Row.SCORE, TIMERS)),
                new Row(
                        "curve",
                        "cost of a timer with 1 000 000 pending, against 1 000",
                        new Figure(fired(1_000_000), Peers.PEL, "nanosPerTimer"),
                        "ns",
                        // twice: the logarithm of the number pending doubles
                        atMost(2),
                        new Best(fired(1_000), "nanosPerTimer", "nanosPerTimer", List.of(Peers.PEL))),
                new Row(
                        "fire",
                        "1 000 000 timers of random dates, made and fired",
                        new Figure(fired(1_000_000), Peers.PEL, "nanosPerTimer"),
                        "ns",
                        atMost(1),
                        new Best(fired(1_000_000), "nanosPerTimer", "nanosPerTimer", TIMERS)),
                new Row(
                        "allocation",
                        "bytes allocated per `next` round trip",
                        new Figure(NEXT, Peers.PEL_CORE, ALLOCATED),
                        "B",
                        atMost(0.5),
                        new Best(NEXT, ALLOCATED, ALLOCATED, List.of("jdk"))),
                new Row(
                        "heap",
                        "heap per call that waits, 1 000 000 waiting",
                        new Figure("heap", Peers.PEL_CORE, "bytesPerCall"),
                        "B",
                        atMost(120),
                        new Known("as it is", 1)),
                new Row(
                        "mixed",
                        "mixed load at 70 %: 99 of 100 bodies wait less than",
                        new Figure("mixed", Peers.PEL_CORE, "lagP99Micros"),
                        "µs",
                        atMost(0.5),
                        new Best("mixed", "lagP99Micros", "lagP99Micros", RIVALS)),
                new Row(
                        "method",
                        "a `@Next` method, against a bare `@Async` one on Boot's executor",
                        new Figure(NEXT, "nextMethod", Row.SCORE),
                        "ops/s",
                        atLeast(1),
                        new Best(NEXT, Row.SCORE, Row.SCORE, List.of("asyncMethod"))),
                new Row(
                        "bare",
                        "the engine as shipped, against the bare engine",
                        new Figure(NEXT, Peers.PEL, Row.SCORE),
                        "ops/s",
                        atLeast(0.7),
                        new Best(NEXT, Row.SCORE, Row.SCORE, List.of("pelBare"))),
                new Row(
                        "start",
                        "start of an application, with the starter against without",
                        new Figure("start", Peers.PEL, Row.SCORE),
                        "ms",
                        atMost(1.1),
                        new Best("start", Row.SCORE, Row.SCORE, List.of("without"))));
    }

    /** The commonest row: the score of pel's engine against that of the best rival in the measurement of the same name. */
    private static Row row(String id, String title, String unit, Goal goal) {
        return row(id, title, unit, goal, RIVALS);
    }

    private static Row row(String id, String title, String unit, Goal goal, List<String> rivals) {
        Reference best = new Best(id, Row.SCORE, Row.SCORE, rivals);
        return new Row(id, title, new Figure(id, Peers.PEL_CORE, Row.SCORE), unit, goal, best);
    }

    private static Goal atLeast(double bound) {
        return new Goal(Direction.AT_LEAST, bound);
    }

    private static Goal atMost(double bound) {
        return new Goal(Direction.AT_MOST, bound);
    }
}
