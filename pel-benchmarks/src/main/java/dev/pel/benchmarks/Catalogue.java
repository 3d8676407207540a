package dev.pel.benchmarks;

import static dev.pel.benchmarks.Metric.ALLOCATED;
import static dev.pel.benchmarks.Metric.CPU;
import static dev.pel.benchmarks.Metric.DRIFT;
import static dev.pel.benchmarks.Metric.DRIFT_PER_TICK;
import static dev.pel.benchmarks.Metric.HEAP;
import static dev.pel.benchmarks.Metric.LAG;
import static dev.pel.benchmarks.Metric.LATENCY;
import static dev.pel.benchmarks.Metric.LATEST;
import static dev.pel.benchmarks.Metric.LATE_HALF;
import static dev.pel.benchmarks.Metric.LATE_MOST;
import static dev.pel.benchmarks.Metric.MICROS;
import static dev.pel.benchmarks.Metric.MILLIS;
import static dev.pel.benchmarks.Metric.PER_TIMER;
import static dev.pel.benchmarks.Metric.RATE;
import static dev.pel.benchmarks.Peers.NEXT_METHOD;
import static dev.pel.benchmarks.Peers.PEL;
import static dev.pel.benchmarks.Peers.PEL_BARE;
import static dev.pel.benchmarks.Peers.PEL_CONTEXT;
import static dev.pel.benchmarks.Peers.PEL_CORE;
import static dev.pel.benchmarks.Peers.PEL_METERS;
import static dev.pel.benchmarks.Peers.PEL_READING;
import static dev.pel.benchmarks.Peers.PEL_VIRTUAL;
import static dev.pel.benchmarks.Peers.VIRTUAL;

import dev.pel.benchmarks.Row.Best;
import dev.pel.benchmarks.Row.Known;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that is measured, and what is made of it. The goals stand here and nowhere else. */
final class Catalogue {
    private static final List<String> EVENT_LOOPS = List.of("jdk", "jdkLean", "spring", "vertx", "reactor");
    private static final List<String> TIMERS = List.of("jdk", "spring", "vertx", "reactor");
    private static final List<String> JDK = List.of("jdk");
    private static final List<String> KEYED = List.of("striped", "stripedLean");
    private static final List<String> STREAMS = List.of("semaphore", "reactor");

    /** What a user would pick instead. */
    private static final List<String> OTHERS = with(List.of(VIRTUAL), EVENT_LOOPS.toArray(String[]::new));

    private Catalogue() {}

    static List<Scenario> scenarios() {
        return List.of(
                new Scenario(
                        "next64",
                        "NextBenchmark.chains",
                        "-p threads=64",
                        with(OTHERS, PEL, PEL_CORE, PEL_BARE, PEL_METERS, PEL_CONTEXT, NEXT_METHOD, "asyncMethod")),
                new Scenario("next4", "NextBenchmark.chains", "-p threads=4", with(OTHERS, PEL, PEL_CORE)),
                new Scenario("next1", "NextBenchmark.chains", "-p threads=1", with(OTHERS, PEL, PEL_CORE)),
                new Scenario("burst", "BurstBenchmark.burst", "", with(OTHERS, PEL, PEL_CORE)),
                new Scenario("post", "PostBenchmark.twoProducers", "", with(EVENT_LOOPS, PEL, PEL_CORE, "queue")),
                // the same method, so that builds can be compared that have no other one
                new Scenario("post1", "PostBenchmark.twoProducers", "-t 1", with(EVENT_LOOPS, PEL, PEL_CORE, "queue")),
                new Scenario("self", "PostBenchmark.self", "", with(EVENT_LOOPS, PEL, PEL_CORE)),
                new Scenario("backToBack", "OneCallBenchmark.backToBack", "", with(OTHERS, PEL, PEL_CORE)),
                new Scenario("paced", "OneCallBenchmark.everyMillisecond", "", with(OTHERS, PEL, PEL_CORE, "handOffs")),
                new Scenario("sleeps", "SleepBenchmark.sleeps", "", with(OTHERS, PEL)),
                new Scenario(
                        "manySleeps",
                        "SleepBenchmark.sleeps",
                        "-p threads=10000 -p calls=20000 -p millis=200",
                        List.of(PEL_VIRTUAL, VIRTUAL)),
                new Scenario("timers", "TimerBenchmark.createAndCancel", "-p pending=500000", with(TIMERS, PEL)),
                new Scenario("fire1000", "TimerBenchmark.fireAll", "-p pending=1000", with(TIMERS, PEL)),
                new Scenario("fire100000", "TimerBenchmark.fireAll", "-p pending=100000", with(TIMERS, PEL)),
                new Scenario("fire1000000", "TimerBenchmark.fireAll", "-p pending=1000000", with(TIMERS, PEL)),
                new Scenario("lateness", "LatenessBenchmark.lateness", "", with(JDK, PEL)),
                new Scenario("drift", "DriftBenchmark.drift", "", List.of(PEL, PEL_CORE, "fixedRate", "fixedDelay")),
                new Scenario("keys", "KeyBenchmark.keyed", "-p order=inTurn", with(KEYED, PEL, PEL_CORE)),
                new Scenario("keysSkewed", "KeyBenchmark.keyed", "-p order=skewed", with(KEYED, PEL, PEL_CORE)),
                new Scenario("stream", "StreamBenchmark.stream", "", with(STREAMS, PEL, PEL_CORE, PEL_READING)),
                new Scenario("heap", "HeapBenchmark.waiting", "", with(EVENT_LOOPS, PEL, PEL_CORE)),
                new Scenario("mixed", "MixedBenchmark.mixed", "", with(OTHERS, PEL, PEL_CORE, "jdkTwoPools")),
                new Scenario("start", "ContextStartBenchmark.start", "", List.of(PEL, "without")));
    }

    /** The scenario of this id. */
    static Scenario scenario(String id) {
        return scenarios().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> with(List<String> others, String... first) {
        return Stream.concat(Stream.of(first), others.stream()).toList();
    }

    static List<Row> rows() {
        return List.of(
                core("next64", "`next`, 256 chains in flight, 64 passive threads", RATE, OTHERS, 2.5),
                core("next4", "the same with 4 passive threads", RATE, OTHERS, 1.6),
                core("next1", "the same with one passive thread", RATE, OTHERS, null),
                core("burst", "burst: 300 000 `next` from one outside thread", MILLIS, OTHERS, 1 / 1.3),
                core("post", "post to the active thread, two producers", RATE, EVENT_LOOPS, 1.3),
                row("postQueue", "the same against a bare bounded queue")
                        .of("post", PEL_CORE, RATE, best("post", "queue"), null),
                core("post1", "the same with one producer", RATE, EVENT_LOOPS, null),
                row("post1Queue", "the same against a bare bounded queue")
                        .of("post1", PEL_CORE, RATE, best("post1", "queue"), null),
                core("self", "post from the active thread to itself", RATE, EVENT_LOOPS, 1.0),
                core("backToBack", "one call at a time, back to back", MICROS, OTHERS, 0.3),
                core("paced", "one call every millisecond", LATENCY, OTHERS, 1.05),
                row("pacedBare", "the same against two bare `unpark` hand-offs")
                        .of("paced", PEL_CORE, LATENCY, best("paced", "handOffs"), 1.15),
                row("pacedCpu", "the same, processor time per call")
                        .of("paced", PEL_CORE, CPU, best("paced", "jdk"), 1.1),
                row("sleeps", "640 operations that sleep 20 ms, 64 threads")
                        .of("sleeps", PEL, MILLIS, new Known("the ideal 200 ms", 200), 1.05),
                row("manySleeps", "20 000 operations that sleep 200 ms, 10 000 virtual threads at most")
                        .of("manySleeps", PEL_VIRTUAL, MILLIS, new Known("the ideal 400 ms", 400), 1.15),
                row("timers", "500 000 timers 30 s away, created and cancelled")
                        .of("timers", PEL, MILLIS, best("timers", TIMERS), 0.8),
                row("fire1000", "1 000 timers of random dates, made and fired")
                        .of("fire1000", PEL, PER_TIMER, best("fire1000", TIMERS), null),
                row("fire100000", "the same with 100 000")
                        .of("fire100000", PEL, PER_TIMER, best("fire100000", TIMERS), null),
                row("fire", "the same with 1 000 000")
                        .of("fire1000000", PEL, PER_TIMER, best("fire1000000", TIMERS), 1.0),
                row("curve", "cost of a timer with 1 000 000 pending, against 1 000")
                        .of("fire1000000", PEL, PER_TIMER, best("fire1000", PEL), 2.0), // the logarithm doubles
                row("lateness", "100 000 timers of random dates, set by another thread: half are late by less than")
                        .of("lateness", PEL, LATE_HALF, best("lateness", "jdk"), 1.2),
                row("latenessMost", "the same, 99 of 100").of("lateness", PEL, LATE_MOST, best("lateness", "jdk"), 1.2),
                row("latest", "the same, the latest one").of("lateness", PEL, LATEST, best("lateness", "jdk"), 1.2),
                row("drift", "a timer every millisecond, 10 000 runs: milliseconds off its grid at the end")
                        .of("drift", PEL_CORE, DRIFT, new Known("as it is", 1), 0.1),
                row("driftPerTick", "the same, drift from one run to the next, against a fixed delay")
                        .of("drift", PEL_CORE, DRIFT_PER_TICK, best("drift", "fixedDelay"), null),
                row("driftHalf", "the same, half of the runs are late by less than")
                        .of("drift", PEL_CORE, LATE_HALF, best("drift", "fixedRate"), null),
                row("driftLatest", "the same, the latest one")
                        .of("drift", PEL_CORE, LATEST, best("drift", "fixedRate"), null),
                row("keys", "10 000 keys × 100 calls, the keys in turn, on 4 threads")
                        .of("keys", PEL_CORE, RATE, best("keys", "striped"), null),
                row("keysLean", "the same against stripes that have no thread for all bodies")
                        .of("keys", PEL_CORE, RATE, best("keys", "stripedLean"), null),
                row("keysSkewed", "10 000 keys, 1 000 000 calls, one key has 1 of 22, on 4 threads")
                        .of("keysSkewed", PEL_CORE, RATE, best("keysSkewed", "striped"), null),
                row("keysSkewedLean", "the same against stripes that have no thread for all bodies")
                        .of("keysSkewed", PEL_CORE, RATE, best("keysSkewed", "stripedLean"), null),
                row("stream", "`forEach` of a collection, 64 items at once, a trivial call each")
                        .of("stream", PEL_CORE, RATE, best("stream", STREAMS), null),
                row("streamReading", "the same, read by a passive thread")
                        .of("stream", PEL_READING, RATE, best("stream", STREAMS), null),
                row("streamBytes", "the same, bytes allocated per item of the collection")
                        .of("stream", PEL_CORE, ALLOCATED, best("stream", STREAMS), null),
                row("allocation", "bytes allocated per `next` round trip")
                        .of("next64", PEL_CORE, ALLOCATED, best("next64", "jdk"), 0.5),
                row("heap", "heap per call that waits, 1 000 000 waiting")
                        .of("heap", PEL_CORE, HEAP, new Known("as it is", 1), 120.0),
                row("mixed", "mixed load at 70 %: 99 of 100 bodies wait less than")
                        .of("mixed", PEL_CORE, LAG, best("mixed", OTHERS), 0.5),
                row("method", "a `@Next` method, against a bare `@Async` one on Boot's executor")
                        .of("next64", NEXT_METHOD, RATE, best("next64", "asyncMethod"), 1.0),
                row("bare", "the engine as shipped, against the bare engine")
                        .of("next64", PEL, RATE, best("next64", PEL_BARE), 0.7),
                row("bareMeters", "the engine with the meters alone, against the bare engine")
                        .of("next64", PEL_METERS, RATE, best("next64", PEL_BARE), null),
                row("bareContext", "the engine with the context alone, against the bare engine")
                        .of("next64", PEL_CONTEXT, RATE, best("next64", PEL_BARE), null),
                row("start", "start of an application, with the starter against without")
                        .of("start", PEL, MILLIS, best("start", "without"), 1.1));
    }

    /** The rows without those that only hold the figures of an earlier row against something else. */
    static Collection<Row> figures() {
        Map<List<Object>, Row> figures = new LinkedHashMap<>();
        rows().forEach(row -> figures.putIfAbsent(List.of(row.scenario(), row.metric()), row));
        return figures.values();
    }

    /** The commonest row: pel's engine against the best of others in the scenario of the same name. */
    private static Row core(String id, String title, Metric metric, List<String> others, @Nullable Double goal) {
        return new Row(id, title, id, PEL_CORE, metric, new Best(id, others), goal);
    }

    private static Titled row(String id, String title) {
        return new Titled(id, title);
    }

    private static Best best(String scenario, String peer) {
        return new Best(scenario, List.of(peer));
    }

    private static Best best(String scenario, List<String> peers) {
        return new Best(scenario, peers);
    }

    private record Titled(String id, String title) {
        Row of(String scenario, String peer, Metric metric, Row.Reference reference, @Nullable Double goal) {
            return new Row(id, title, scenario, peer, metric, reference, goal);
        }
    }
}
