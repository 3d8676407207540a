package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.ForkedJvm;
import dev.pel.Scale;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream takes no more memory for very many items than for few; in a process of its own, with a small heap. */
class ForEachHeapTests {
    @TempDir
    private Path directory;

    /** Streams as many items as its argument says, and prints how much of the heap is in use after each tenth. */
    static final class Items {
        private static final int TENTHS = 10;

        public static void main(String[] arguments) throws Exception {
            long items = Long.parseLong(arguments[0]);
            EventLoop loop = EventLoop.create(EventLoopOptions.defaults()
                    .withPassive(passive -> passive.withThreads(4))
                    .withWork(work -> work.withThreads(2)));
            loop.start();
            long[] sum = new long[1];
            long begun = System.nanoTime();
            ForEach stream = loop.forEach(LongStream.range(0, items).boxed())
                    .concurrency(64)
                    .map(
                            item -> {
                                if (item % (items / TENTHS) == 0) {
                                    System.gc();
                                    Runtime heap = Runtime.getRuntime();
                                    System.out.println("heap" + item / (items / TENTHS) + "="
                                            + (heap.totalMemory() - heap.freeMemory()) / 1024);
                                }
                                return loop.next(() -> item);
                            },
                            item -> sum[0] += item);
            StreamReport report = stream.future().get(10 * LONG.toSeconds(), TimeUnit.SECONDS);
            System.out.println("done=" + report.done());
            System.out.println("sum=" + sum[0]);
            System.out.println("millis=" + (System.nanoTime() - begun) / 1_000_000);
            loop.close();
            System.exit(0);
        }
    }

    @Test
    @Tag("scaled")
    void veryManyItemsTakeNoMoreMemoryThanFew() throws Exception {
        long items = Scale.of("pel.stream.items", 300_000, 10_000_000);
        try (ForkedJvm jvm = ForkedJvm.start(directory, List.of("-Xmx24m"), Items.class, Long.toString(items))) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.console()).doesNotContain("OutOfMemoryError");
            assertThat(jvm.figure("done")).isEqualTo(items);
            assertThat(jvm.figure("sum")).isEqualTo(items * (items - 1) / 2);
            assertThat(jvm.figure("heap9") - jvm.figure("heap1"))
                    .as("growth of the heap in kilobytes: %s", jvm.console())
                    .isLessThan(4 * 1024);
            System.out.printf(
                    "stream of %,d items in a heap of 24 MB: %,d a second, %,d kB in use after a tenth, %,d kB at the end%n",
                    items, items * 1000 / Math.max(1, jvm.figure("millis")), jvm.figure("heap1"), jvm.figure("heap9"));
        }
    }
}
