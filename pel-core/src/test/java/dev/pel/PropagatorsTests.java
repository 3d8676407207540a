package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several propagators as one. */
class PropagatorsTests {
    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<String> told = new ArrayList<>();

    /** A propagator whose threads all have something. */
    private ContextPropagator full(String name) {
        return new Told(name, true);
    }

    /** A propagator whose threads all have nothing. */
    private ContextPropagator empty(String name) {
        return new Told(name, false);
    }

    private static Propagators propagators(ContextPropagator... all) {
        return new Propagators(List.of(all), new ManualMachine());
    }

    @Test
    void whatTwoPropagatorsCarryIsOpenedOneAfterTheOtherAndClosedInTheOppositeOrder() {
        Propagators propagators = propagators(full("a"), full("b"));
        propagators.close(propagators.open(propagators.capture()));
        assertThat(told).containsExactly("open a", "open b", "close b", "close a");
    }

    @Test
    void propagatorThatHadNothingIsClearedInItsPlace() {
        Propagators propagators = propagators(empty("a"), empty("b"), full("c"), empty("d"), full("e"));
        propagators.close(propagators.open(propagators.capture()));
        assertThat(told)
                .containsExactly(
                        "clear a", "clear b", "open c", "clear d", "open e", "close e", "back d", "close c", "back b",
                        "back a");
    }

    @Test
    void whenNoPropagatorHadAnythingAllAreCleared() {
        Propagators propagators = propagators(empty("a"), empty("b"));
        propagators.close(propagators.open(propagators.capture()));
        assertThat(told).containsExactly("clear a", "clear b", "back b", "back a");
    }

    @Test
    void threadThatCameWithNothingIsClearedOnceAndGoesBackToNothingAfterEachEntry() {
        Propagators propagators = propagators(empty("a"), empty("b"));
        ThreadContext here = propagators.ofThisThread();
        assertThat(told).containsExactly("clear a", "clear b");
        told.clear();
        propagators.close(propagators.open(propagators.capture(), here));
        propagators.close(propagators.open(propagators.capture(), here));
        assertThat(told).containsExactly("back b", "back a", "back b", "back a");
    }

    @Test
    void eachPropagatorCountsForItselfWhetherAThreadCameWithNothing() {
        Told first = new Told("a", false);
        Propagators propagators = propagators(first, empty("b"), full("c"));
        ThreadContext here = propagators.ofThisThread();
        told.clear();
        propagators.close(propagators.open(propagators.capture(), here));
        assertThat(told).containsExactly("open c", "close c", "back b", "back a");
        told.clear();
        first.has = true;
        propagators.close(propagators.open(propagators.capture(), here));
        assertThat(told).containsExactly("open a", "open c", "close c", "back b", "close a");
    }

    @Test
    void threadThatCameWithSomethingIsClearedForEachEntryThatCarriesNothing() {
        Told propagator = new Told("a", true);
        Propagators propagators = propagators(propagator);
        ThreadContext here = propagators.ofThisThread();
        assertThat(told).isEmpty();
        propagator.has = false;
        propagators.close(propagators.open(propagators.capture(), here));
        propagators.close(propagators.open(here.own()));
        assertThat(told).containsExactly("clear a", "back a", "open a", "close a");
    }

    @Test
    void nothingIsMadeForCallsThatCarryNothing() {
        Propagators propagators = propagators(empty("a"), empty("b"), empty("c"));
        ThreadContext here = propagators.ofThisThread();
        ContextPropagator.Snapshot snapshot = propagators.capture();
        assertThat(propagators.capture()).isSameAs(snapshot);
        assertThat(propagators.open(snapshot, here)).isSameAs(propagators.open(snapshot, here));
    }

    @Test
    void withoutPropagatorsNothingIsCaptured() {
        Propagators propagators = propagators();
        assertThat(propagators.capture()).isNull();
        propagators.close(propagators.open(propagators.capture(), propagators.ofThisThread()));
        propagators.close(propagators.open(propagators.capture()));
        assertThat(log.with("")).isEmpty();
    }

    @Test
    void whatHasBeenLetGoOfOpensNothing() {
        Propagators propagators = propagators(empty("a"), full("b"));
        ThreadContext here = propagators.ofThisThread();
        told.clear();
        propagators.close(propagators.open(null, here));
        propagators.close(propagators.open(null));
        assertThat(told).isEmpty();
    }

    @Test
    void propagatorWithoutClearIsLeftAlone() {
        Propagators propagators = propagators(() -> null);
        propagators.close(propagators.open(propagators.capture(), propagators.ofThisThread()));
        propagators.close(propagators.open(propagators.capture()));
        assertThat(log.with("")).isEmpty();
    }

    @Test
    void contextThatCannotBeOpenedCostsOnlyItself() {
        ContextPropagator failing = () -> () -> {
            throw new IllegalStateException("x");
        };
        Propagators propagators = propagators(failing, full("b"));
        for (ThreadContext here : new ThreadContext[] {propagators.ofThisThread(), null}) {
            told.clear();
            propagators.close(propagators.open(propagators.capture(), here));
            assertThat(told).containsExactly("open b", "close b");
        }
    }

    @Test
    void threadThatCannotBeClearedCostsOnlyItself() {
        ContextPropagator failing = new ContextPropagator() {
            @Override
            public @Nullable Snapshot capture() {
                return null;
            }

            @Override
            public Scope clear() {
                throw new IllegalStateException("x");
            }
        };
        Propagators propagators = propagators(failing, empty("b"));
        ThreadContext here = propagators.ofThisThread();
        told.clear();
        propagators.close(propagators.open(propagators.capture(), here));
        assertThat(told).containsExactly("clear b", "back b");
        assertThat(log.tracesOf("could not be opened; the call goes without it"))
                .isEqualTo(1);
    }

    @Test
    void nobodyReliesOnWhatAThreadCameWithAfterAPropagatorHasFailed() {
        Propagators propagators = propagators(empty("a"));
        ThreadContext here = propagators.ofThisThread();
        propagators.close(() -> {
            throw new IllegalStateException("x");
        });
        told.clear();
        propagators.open(propagators.capture(), here);
        assertThat(told).containsExactly("clear a");
    }

    @Test
    void snapshotThatOpensToNullIsLoggedAndCostsOnlyItself() {
        for (ContextPropagator failing : List.<ContextPropagator>of(() -> () -> null, new ClearsToNull())) {
            told.clear();
            Propagators propagators = propagators(failing, full("b"));
            propagators.close(propagators.open(propagators.capture()));
            assertThat(told).containsExactly("open b", "close b");
        }
        assertThat(log.with("could not be opened; the call goes without it")).hasSize(2);
        assertThat(log.tracesOf("could not be opened; the call goes without it"))
                .isEqualTo(2);
    }

    @Test
    void propagatorThatFailsInTwoWaysIsLoggedForEach() {
        ContextPropagator failing = new ContextPropagator() {
            private boolean captured;

            @Override
            public @Nullable Snapshot capture() {
                if (captured) {
                    throw new IllegalStateException("capture");
                }
                captured = true;
                return null;
            }

            @Override
            public Scope clear() {
                throw new IllegalStateException("clear");
            }
        };
        Propagators propagators = propagators(failing);
        propagators.open(propagators.capture());
        propagators.capture();
        assertThat(log.tracesOf("could not be opened; the call goes without it"))
                .isEqualTo(1);
        assertThat(log.tracesOf("could not capture; the call goes without its context"))
                .isEqualTo(1);
    }

    private final class Told implements ContextPropagator {
        private final String name;
        private boolean has;

        Told(String name, boolean has) {
            this.name = name;
            this.has = has;
        }

        @Override
        public @Nullable Snapshot capture() {
            return has ? this::open : null;
        }

        private Scope open() {
            told.add("open " + name);
            return () -> told.add("close " + name);
        }

        @Override
        public Scope clear() {
            told.add("clear " + name);
            return () -> told.add("back " + name);
        }
    }

    private static final class ClearsToNull implements ContextPropagator {
        @Override
        public @Nullable Snapshot capture() {
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // what it must not do
        public Scope clear() {
            return null;
        }
    }
}
