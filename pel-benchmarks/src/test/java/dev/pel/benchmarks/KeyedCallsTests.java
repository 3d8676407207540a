package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** A peer that does not keep the order of a key is not measured. Those here run calls on the thread of the test. */
class KeyedCallsTests {
    private static final int KEYS = 10;
    private static final int CALLS = 200;

    private final List<Job> seen = new ArrayList<>();

    @Test
    void peerThatKeepsTheOrderIsMeasuredAgainAndAgain() {
        KeyedCalls calls = calls(KeyedCallsTests::runNow);

        assertThatCode(() -> calls.run(1)).doesNotThrowAnyException();
        assertThatCode(() -> calls.run(1)).doesNotThrowAnyException();
    }

    @Test
    void callsOfAKeyThatChangePlacesAreNoticed() {
        refused(
                (key, job) -> {
                    if (!job.equals(first(job))) { // the first comes behind the second of its key
                        runNow(key, job);
                        if (seen.size() == KEYS + 1) {
                            runNow(key, seen.get(0));
                        }
                    }
                },
                "Operation 1 of key 0 began when 0 had begun");
    }

    private Job first(Job job) {
        seen.add(job);
        return seen.get(0);
    }

    @Test
    void operationThatBeginsBeforeTheBodyOfTheLastOneIsNoticed() {
        refused(
                (key, job) -> {
                    seen.add(job);
                    Integer value = job.call();
                    if (seen.size() > KEYS) {
                        seen.get(seen.size() - 1 - KEYS).accept(value - 1);
                    }
                },
                "Operation 1 of key 0 began when 1 had begun and 0 bodies had ended");
    }

    @Test
    void callThatIsLostIsNoticed() {
        refused(
                (key, job) -> {
                    if (!job.equals(first(job))) {
                        runNow(key, job);
                    }
                },
                "Operation 1 of key 0 began when 0 had begun");
    }

    @Test
    void lastCallThatIsLostIsNoticed() {
        refused(
                (key, job) -> {
                    seen.add(job);
                    if (seen.size() < CALLS) {
                        runNow(key, job);
                    }
                },
                "Not everything was delivered");
    }

    @Test
    void callThatRunsTwiceIsNoticed() {
        refused(
                (key, job) -> {
                    runNow(key, job);
                    if (job.equals(first(job))) {
                        runNow(key, job);
                    }
                },
                "Operation 0 of key 0 began when 1 had begun");
    }

    @Test
    void bodyOnAnotherThreadIsNoticed() {
        refused(
                (key, job) -> {
                    Thread elsewhere = new Thread(() -> runNow(key, job), "elsewhere");
                    if (job.equals(first(job))) {
                        runNow(key, job);
                    } else {
                        elsewhere.start();
                        join(elsewhere);
                    }
                },
                "A body ran on elsewhere");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void runNow(Object key, Job job) {
        job.accept(job.call());
    }

    private static void refused(BiConsumer<Object, Job> faulty, String complaint) {
        assertThatIllegalStateException().isThrownBy(() -> calls(faulty).run(1)).withMessageContaining(complaint);
    }

    private static KeyedCalls calls(BiConsumer<Object, Job> next) {
        return new KeyedCalls(new Planted(next), 100, KEYS, CALLS, call -> call % KEYS);
    }

    private record Planted(BiConsumer<Object, Job> next) implements KeyedPeer {
        @Override
        public void next(Object key, Job job) {
            next.accept(key, job);
        }

        @Override
        public boolean hasBodyInTurn() {
            return true;
        }

        @Override
        public boolean hasOneThread() {
            return true;
        }

        @Override
        public void close() {}
    }
}
