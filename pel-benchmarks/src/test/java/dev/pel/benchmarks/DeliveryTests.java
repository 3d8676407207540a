package dev.pel.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A scenario does not measure a peer that does the job wrongly. */
class DeliveryTests {

    @ParameterizedTest
    @CsvSource({
        "Losing, Not everything was delivered",
        "Doubling, was delivered where call",
        "Elsewhere, A body ran on",
    })
    void chainsNoticeIt(String fault, String complaint) {
        NextBenchmark benchmark = new NextBenchmark();
        benchmark.peer = named(fault);
        benchmark.threads = 4;
        benchmark.patience = 1;
        benchmark.open();

        assertThatIllegalStateException()
                .isThrownBy(() -> run(benchmark::chains, benchmark::close))
                .withMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({
        "Losing, Not everything was delivered",
        "Doubling, More was delivered|operations ran for",
        "Elsewhere, A body ran on",
    })
    void burstsNoticeIt(String fault, String complaint) {
        BurstBenchmark benchmark = new BurstBenchmark();
        benchmark.peer = named(fault);
        benchmark.calls = 2_000;
        benchmark.patience = 1;
        benchmark.open();

        assertThatIllegalStateException()
                .isThrownBy(() -> run(benchmark::burst, benchmark::close))
                .withMessageMatching(".*(%s).*".formatted(complaint));
    }

    @ParameterizedTest
    @CsvSource({"Losing, Not everything was delivered", "Doubling, ran of"})
    void producersNoticeIt(String fault, String complaint) {
        PostBenchmark benchmark = posts(fault);
        PostBenchmark.Producer producer = new PostBenchmark.Producer();
        producer.begin(benchmark);

        assertThatIllegalStateException()
                .isThrownBy(() -> run(() -> benchmark.twoProducers(producer), benchmark::close))
                .withMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({"Losing, Not everything was delivered", "Doubling, ran of"})
    void tasksThatPostThemselvesNoticeIt(String fault, String complaint) {
        PostBenchmark benchmark = posts(fault);

        assertThatIllegalStateException()
                .isThrownBy(() -> run(benchmark::self, benchmark::close))
                .withMessageContaining(complaint);
    }

    private static PostBenchmark posts(String fault) {
        PostBenchmark benchmark = new PostBenchmark();
        benchmark.peer = named(fault);
        benchmark.patience = 1;
        benchmark.open();
        return benchmark;
    }

    private static String named(String fault) {
        return "%s$%s".formatted(DeliveryTests.class.getName(), fault);
    }

    private static void run(Step benchmark, Step close) throws Exception {
        try {
            benchmark.run();
        } catch (IllegalStateException e) {
            try {
                close.run();
            } catch (IllegalStateException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        close.run();
    }

    private interface Step {
        void run() throws Exception;
    }

    /** In a JVM of its own, because JMH keeps the state of a benchmark that has failed. */
    @Test
    void whatFailedHasNoFigures() throws Exception {
        Rounds rounds = new Rounds(1, JmhHere.ONCE, Jmh::inOwnProcess);

        List<Results.Series> series = rounds.run(
                new Scenario("next", "NextBenchmark.chains", "-p threads=4 -p patience=1", List.of()),
                List.of(Contender.here(named("Losing"))));

        assertThat(rounds.failures())
                .singleElement()
                .asString()
                .contains("next of " + named("Losing"), "Not everything was delivered");
        assertThat(series).isEmpty();
    }

    /** Does the job, but for the five hundredth of each kind. */
    abstract static class Faulty implements Peer {
        private static final int FAULT = 500;

        private final AtomicInteger jobs = new AtomicInteger();
        private final AtomicInteger posts = new AtomicInteger();
        final Peer sound;

        Faulty(Load load) {
            sound = Peers.open("jdk", load);
        }

        @Override
        public void next(Job job) {
            if (jobs.incrementAndGet() == FAULT) {
                wrong(job);
            } else {
                sound.next(job);
            }
        }

        @Override
        public void post(Post post) {
            if (posts.incrementAndGet() == FAULT) {
                wrong(post);
            } else {
                sound.post(post);
            }
        }

        abstract void wrong(Job job);

        abstract void wrong(Post post);

        @Override
        public void close() {
            sound.close();
        }
    }

    static final class Losing extends Faulty {
        Losing(Load load) {
            super(load);
        }

        @Override
        void wrong(Job job) {}

        @Override
        void wrong(Post post) {}
    }

    static final class Doubling extends Faulty {
        Doubling(Load load) {
            super(load);
        }

        /** So many times that some are there before the scenario is over, when a busy machine holds up the last. */
        @Override
        void wrong(Job job) {
            for (int i = 0; i < 50; i++) {
                sound.next(job);
            }
        }

        @Override
        void wrong(Post post) {
            sound.post(post);
            sound.post(post);
        }
    }

    static final class Elsewhere extends Faulty {
        Elsewhere(Load load) {
            super(load);
        }

        @Override
        void wrong(Job job) {
            new Thread(() -> job.accept(job.call()), "elsewhere").start();
        }

        @Override
        void wrong(Post post) {
            new Thread(post, "elsewhere").start();
        }
    }
}
