package dev.pel.faults;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.Body;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.ForkedJvm;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Scale;
import dev.pel.StopReport;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flood, and a full heap, do to a loop; in a process of its own. */
class LittleHeapTests {
    @TempDir
    private Path directory;

    private static void print(String name, long value) {
        System.out.println(name + "=" + value);
    }

    private static void printBooks(LoopStats stats) {
        long submitted = 0;
        long ended = 0;
        for (Lane lane : Lane.values()) {
            submitted += stats.lane(lane).submitted();
            ended += stats.lane(lane).outcomes().values().stream()
                    .mapToLong(count -> count)
                    .sum();
        }
        print("submitted", submitted);
        print("outcomes", ended);
        print("left", stats.queued() + stats.running());
    }

    /** Links objects, smaller and smaller ones, to a chain, until the heap is full. */
    private static Object[] fill(Object[] before, int largest) {
        Object[] chain = before;
        for (int size = largest; size > 0; size /= 2) {
            try {
                while (true) {
                    Object[] link = new Object[size];
                    link[0] = chain;
                    chain = link;
                }
            } catch (OutOfMemoryError e) {
                // now with smaller ones
            }
        }
        return chain;
    }

    private static EventLoopOptions small() {
        return EventLoopOptions.defaults()
                .withPassive(passive -> passive.withThreads(4))
                .withWork(work -> work.withThreads(2));
    }

    /** Ten million calls from eight producers that heed nothing. */
    static final class Flood {
        public static void main(String[] arguments) throws InterruptedException {
            int producers = 8;
            long calls = Long.parseLong(arguments[0]) / producers;
            EventLoop loop = EventLoop.create(small());
            loop.start();
            LongAdder operations = new LongAdder();
            long[] bodies = new long[1];
            LongAdder refused = new LongAdder();
            Thread[] flood = new Thread[producers];
            for (int p = 0; p < producers; p++) {
                flood[p] = new Thread(() -> {
                    for (long i = 0; i < calls; i++) {
                        if (loop.next(operations::increment, () -> bodies[0]++).outcome() == Outcome.REJECTED) {
                            refused.increment();
                        }
                    }
                });
                flood[p].start();
            }
            LoopFuture<?> timer = loop.delay(Duration.ofMillis(1), () -> {});
            for (Thread thread : flood) {
                thread.join();
            }
            get(timer);
            StopReport report = get(loop.stop(LONG));
            print("clean", report.isClean() ? 1 : 0);
            print("offered", calls * producers);
            print("refused", refused.sum());
            print("operations", operations.sum());
            print("bodies", bodies[0]);
            printBooks(loop.stats());
            System.exit(0);
        }
    }

    @Test
    @Tag("scaled")
    void floodInALittleHeapIsRefusedAndLosesNothing() throws Exception {
        long calls = Scale.of("pel.flood.calls", 200_000, 10_000_000);
        try (ForkedJvm jvm = ForkedJvm.start(directory, List.of("-Xmx64m"), Flood.class, Long.toString(calls))) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.console()).doesNotContain("OutOfMemoryError");
            assertThat(jvm.figure("offered")).isEqualTo(calls);
            assertThat(jvm.figure("refused")).isPositive();
            assertThat(jvm.figure("operations")).isEqualTo(calls - jvm.figure("refused"));
            assertThat(jvm.figure("bodies")).isEqualTo(jvm.figure("operations"));
            assertThat(jvm.figure("outcomes")).isEqualTo(jvm.figure("submitted"));
            assertThat(jvm.figure("left")).isZero();
            assertThat(jvm.figure("clean")).isOne();
            System.out.printf(
                    "flood of %,d calls in a heap of 64 MB: %,d ran, %,d refused, lost 0%n",
                    calls, jvm.figure("bodies"), jvm.figure("refused"));
        }
    }

    /** Fills the heap to the brim, from an operation, a body and the outside, and submits while it is full. */
    static final class NoMemory {
        private static final int CALLS = 80;
        private static final Callable<Integer> OPERATION = () -> 1;
        private static final Body<Integer> BODY = one -> {};

        public static void main(String[] arguments) {
            EventLoop loop = EventLoop.create(small().withErrorHandler(failure -> {}));
            loop.start();
            for (int i = 0; i < 1_000; i++) {
                get(loop.next(OPERATION, BODY)); // what is loaded at the first call is there
            }
            Set<String> before = threads();
            LoopFuture<?>[] handles = new LoopFuture<?>[4 * CALLS];
            int[] thrown = new int[1];
            for (int part = 0; part < 4; part++) {
                int from = part * CALLS;
                if (part == 3) {
                    fillTheHeap(loop, handles, from, thrown);
                } else {
                    Lane lane = Lane.values()[part];
                    LoopFuture<?> filler = loop.enqueue(lane, () -> {
                        fillTheHeap(loop, handles, from, thrown);
                        throw new OutOfMemoryError("of the task");
                    });
                    while (!filler.isDone()) {
                        LockSupport.parkNanos(1_000_000); // nothing that needs memory
                    }
                    System.out.println(lane + " " + filler.outcome());
                }
            }
            int ended = 0;
            for (LoopFuture<?> handle : handles) {
                if (handle != null) {
                    Loops.awaitDone(handle);
                    ended++;
                }
            }
            print("ended", ended);
            print("threw", thrown[0]);
            for (Lane lane : Lane.values()) {
                for (int i = 0; i < 1_000; i++) {
                    get(loop.enqueue(lane, () -> {}));
                }
            }
            print("same-threads", before.equals(threads()) ? 1 : 0);
            print("stuck", get(loop.stop(Duration.ofSeconds(5))).stuck().size());
            System.exit(0);
        }

        private static Set<String> threads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("pel-") && !name.endsWith("-aside"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        /** Submits while there is so little memory that it ends at any point of a submission, or of what follows. */
        private static void fillTheHeap(EventLoop loop, LoopFuture<?>[] handles, int from, int[] thrown) {
            byte[][] spare = new byte[CALLS][];
            for (int i = 0; i < CALLS; i++) {
                spare[i] = new byte[1 + i * 40];
            }
            Object[] chain = fill(new Object[1], 1 << 20);
            for (int i = 0; i < CALLS; i++) {
                spare[i] = null;
                try {
                    handles[from + i] = loop.next(OPERATION, BODY);
                } catch (OutOfMemoryError e) {
                    thrown[0]++;
                }
            }
            Reference.reachabilityFence(chain); // the heap is full until here
        }
    }

    @Test
    void fullHeapEndsNoThreadAndNoHandleHangs() throws Exception {
        try (ForkedJvm jvm = ForkedJvm.start(directory, List.of("-Xmx16m", "-XX:+UseSerialGC"), NoMemory.class)) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.console()).contains("ACTIVE FAILED", "PASSIVE FAILED", "WORK FAILED");
            assertThat(jvm.figure("threw"))
                    .as("submissions that ran out of memory")
                    .isPositive();
            assertThat(jvm.figure("ended") + jvm.figure("threw")).isEqualTo(4 * NoMemory.CALLS);
            assertThat(jvm.figure("same-threads")).isOne();
            assertThat(jvm.figure("stuck")).isZero();
        }
    }

    /** Handles of all kinds that are open when the heap is filled, and whose operations return while it is full. */
    static final class OpenHandles {
        private static final int OF_EACH_KIND = 20;
        private static volatile boolean opened;
        private static volatile int bodies;

        private static int untilOpened() {
            while (!opened) {
                LockSupport.parkNanos(500_000); // nothing that needs memory
            }
            return 1;
        }

        public static void main(String[] arguments) {
            round("without", false); // what is loaded and linked at the first call is there
            round("first", true);
            round("second", true);
            System.exit(0);
        }

        private static void round(String name, boolean fills) {
            opened = false;
            EventLoop loop = EventLoop.create(small().withName("loop-" + name).withErrorHandler(failure -> {}));
            loop.start();
            CompletableFuture<Integer> outside = new CompletableFuture<>();
            List<LoopFuture<?>> handles = new ArrayList<>();
            for (int i = 0; i < OF_EACH_KIND; i++) {
                submit(loop, outside, handles, Duration.ofMillis(2 + i * 4));
            }
            if (fills) {
                print("filled-" + name, fillTheHeap(outside));
            }
            opened = true;
            outside.complete(2);
            handles.forEach(Loops::awaitDone);
            // a timeout still comes, and a drain still ends
            LoopFuture<?> late = loop.call("late")
                    .timeout(Duration.ofMillis(10))
                    .next(() -> {
                        new CountDownLatch(1).await();
                    });
            Loops.awaitDone(late);
            System.out.println(name + " " + late.outcome() + " " + get(loop.stop(LONG)));
        }

        private static void submit(
                EventLoop loop, CompletableFuture<Integer> outside, List<LoopFuture<?>> handles, Duration soon) {
            Callable<Integer> operation = OpenHandles::untilOpened;
            handles.add(loop.next(operation, one -> bodies++));
            handles.add(loop.work(operation, one -> bodies++));
            handles.add(loop.next(operation, operation, (one, other) -> bodies++));
            handles.add(loop.next(operation).thenApply(one -> one + 1).thenApply(two -> two + 1));
            handles.add(loop.next(operation).thenApplyAsync(one -> one + 1, Runnable::run));
            handles.add(loop.next(operation).thenCompose(one -> loop.next(() -> 2)));
            handles.add(loop.next(operation).thenCompose(one -> LoopFuture.completed(2)));
            handles.add(loop.next(operation).thenCompose(one -> outside));
            handles.add(loop.next(operation).thenCombine(loop.next(operation), Integer::sum));
            handles.add(loop.next(operation).thenCombine(outside, Integer::sum));
            handles.add(loop.next(operation).applyToEither(loop.next(operation), one -> one));
            handles.add(loop.call("soon").timeout(soon).next(operation, one -> bodies++));
            handles.add(loop.next(operation).thenApply(one -> 1).orTimeout(soon.toMillis(), TimeUnit.MILLISECONDS));
            handles.add(loop.delay(soon, () -> bodies++));
        }

        /** Keeps the heap full, with a little room now and then, while the operations return. */
        private static int fillTheHeap(CompletableFuture<Integer> outside) {
            byte[][] spare = new byte[20][];
            for (int i = 0; i < spare.length; i++) {
                spare[i] = new byte[1 + (i * 37 % 11) * 24];
            }
            Object[] chain = fill(new Object[1], 1 << 20);
            for (int i = 0; i < spare.length; i++) {
                spare[i] = null;
                if (i == 5) {
                    opened = true;
                    complete(outside);
                }
                if (i % 3 != 0) {
                    chain = fill(chain, 16);
                }
            }
            return chain.length;
        }

        private static void complete(CompletableFuture<Integer> outside) {
            try {
                outside.complete(2);
            } catch (OutOfMemoryError e) {
                // of the JDK
            }
        }
    }

    @Test
    @Tag("thorough")
    void handlesThatAreOpenWhileTheHeapIsFullEndAllTheSame() throws Exception {
        // without buffers of the threads, which would give each of them some memory of its own
        List<String> little = List.of("-Xmx16m", "-XX:+UseSerialGC", "-XX:-UseTLAB");
        try (ForkedJvm jvm = ForkedJvm.start(directory, little, OpenHandles.class)) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.figure("filled-first")).isPositive();
            for (String round : List.of("without", "first", "second")) {
                assertThat(jvm.console())
                        .containsPattern(round + " TIMED_OUT loop 'loop-" + round + "' stopped in .*: drained\\R");
            }
        }
    }
}
