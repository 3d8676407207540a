package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What other threads hand to the owner of a heap. */
class ArrivalsTests {
    private final ManualMachine machine = new ManualMachine();
    private final Arrivals<Thing> arrivals = new Arrivals<>(machine);

    @Test
    void elementsAreTakenInTheOrderInWhichTheyCame() {
        for (int i = 0; i < 5; i++) {
            arrivals.add(new Thing(i));
        }
        assertThat(arrivals.isEmpty()).isFalse();
        assertThat(numbers(arrivals.take())).containsExactly(0, 1, 2, 3, 4);
        assertThat(arrivals.isEmpty()).isTrue();
        assertThat(arrivals.take()).isNull();
    }

    @Test
    void unwantedElementsAreUnlinkedWhenTheyAreMany() {
        for (int i = 0; i < 1_000_000; i++) {
            unwanted(arrived(i));
        }
        assertThat(arrivals.count()).isLessThan(200);
    }

    @Test
    void unwantedElementsAreNeverManyMoreThanTheWantedOnes() {
        List<Thing> wanted = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            wanted.add(arrived(i));
        }
        for (int i = 0; i < 100_000; i++) {
            unwanted(arrived(-1));
        }
        assertThat(arrivals.count()).isBetween(1_000, 2_100);
        assertThat(numbers(arrivals.take()).stream().filter(number -> number >= 0))
                .containsExactlyElementsOf(wanted.stream().map(Thing::number).toList());
    }

    @Test
    void elementThatWasTakenCanBeHandedOverAgain() {
        Thing thing = arrived(1);
        assertThat(arrivals.take()).isSameAs(thing);
        arrivals.add(thing);
        assertThat(numbers(arrivals.take())).containsExactly(1);
    }

    @Test
    void ownerThatMeetsAThreadAtWorkOnTheLinksGivesWayAndComesAgain() {
        Thing last = new Thing(99) {
            @Override
            public boolean isWanted() {
                assertThat(arrivals.take()).as("in the middle of unlinking").isNull();
                return super.isWanted();
            }
        };
        arrivals.add(last);
        for (int i = 0; i < 65; i++) {
            unwanted(arrived(i));
        }
        assertThat(machine.gaveWay).isPositive();
        assertThat(arrivals.isEmpty()).isFalse();
        assertThat(numbers(arrivals.take())).contains(99);
    }

    @Test
    void nothingWantedIsLostWhileManyHandOverAndGiveUpAndTheOwnerTakes() throws InterruptedException {
        Arrivals<Thing> real = new Arrivals<>(new JdkMachine());
        int each = 100_000;
        CountDownLatch over = new CountDownLatch(3);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    Thing thing = new Thing(i);
                    real.add(thing);
                    if (i % 8 != 0) {
                        thing.wanted = false;
                        real.unwanted();
                    }
                }
                over.countDown();
            }));
        }
        threads.forEach(Thread::start);
        AtomicInteger wanted = new AtomicInteger();
        boolean goesOn = true;
        while (goesOn) {
            goesOn = over.getCount() > 0 || !real.isEmpty();
            Thing thing = real.take();
            while (thing != null) {
                wanted.addAndGet(thing.number % 8 == 0 ? 1 : 0);
                Thing next = thing.linked();
                thing.link(null);
                thing = next;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wanted).hasValue(3 * each / 8);
    }

    private Thing arrived(int number) {
        Thing thing = new Thing(number);
        arrivals.add(thing);
        return thing;
    }

    private void unwanted(Thing thing) {
        thing.wanted = false;
        arrivals.unwanted();
    }

    private static List<Integer> numbers(Thing first) {
        List<Integer> numbers = new ArrayList<>();
        for (Thing thing = first; thing != null; thing = thing.linked()) {
            numbers.add(thing.number);
        }
        return numbers;
    }

    private static class Thing implements Arrivals.Element<Thing> {
        private final int number;
        private volatile boolean wanted = true;
        private Thing linked;

        Thing(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        @Override
        public boolean isWanted() {
            return wanted;
        }

        @Override
        public Thing linked() {
            return linked;
        }

        @Override
        public void link(Thing thing) {
            linked = thing;
        }
    }
}
