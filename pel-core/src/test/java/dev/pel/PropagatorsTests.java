package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several propagators as one. */
class PropagatorsTests {
    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<String> told = new ArrayList<>();

    /** A propagator that always carries the same. */
    private ContextPropagator propagator(String name, boolean isEmpty) {
        ContextPropagator.Scope scope = () -> told.add("close " + name);
        ContextPropagator.Snapshot snapshot = new ContextPropagator.Snapshot() {
            @Override
            public ContextPropagator.Scope open() {
                told.add("open " + name);
                return scope;
            }

            @Override
            public ContextPropagator.Scope openOnBlank() {
                told.add("open blank " + name);
                return scope;
            }

            @Override
            public boolean isEmpty() {
                return isEmpty;
            }
        };
        return () -> snapshot;
    }

    private static Propagators propagators(ContextPropagator... all) {
        return new Propagators(List.of(all), new ManualMachine());
    }

    @Test
    void twoPropagatorsAreOpenedOneAfterTheOtherAndClosedInTheOppositeOrder() {
        Propagators propagators = propagators(propagator("a", false), propagator("b", false));
        propagators.close(propagators.open(propagators.capture(), false));
        assertThat(told).containsExactly("open a", "open b", "close b", "close a");
    }

    @Test
    void threadThatIsBlankNeedNotLookAtWhatItHas() {
        Propagators propagators = propagators(propagator("a", false), propagator("b", true));
        propagators.close(propagators.open(propagators.capture(), true));
        assertThat(told).containsExactly("open blank a", "open blank b", "close b", "close a");
    }

    @Test
    void emptySnapshotsAndTheirScopesAreMadeOnce() {
        Propagators propagators = propagators(propagator("a", true), propagator("b", true));
        ContextPropagator.Snapshot snapshot = propagators.capture();
        assertThat(propagators.capture()).isSameAs(snapshot);
        ContextPropagator.Scope scope = propagators.open(snapshot, true);
        assertThat(propagators.open(snapshot, true)).isSameAs(scope);
        assertThat(propagators.open(snapshot, false)).isSameAs(scope);
    }

    @Test
    void snapshotsThatCarrySomethingAreMadeAnew() {
        for (boolean firstIsEmpty : new boolean[] {true, false}) {
            Propagators propagators = propagators(propagator("a", firstIsEmpty), propagator("b", !firstIsEmpty));
            ContextPropagator.Snapshot snapshot = propagators.capture();
            assertThat(propagators.capture()).isNotSameAs(snapshot);
            assertThat(propagators.open(snapshot, true)).isNotSameAs(propagators.open(snapshot, true));
        }
    }

    @Test
    void threadIsBlankWhenAllThatWasCapturedThereIsEmpty() {
        ContextPropagator empty = propagator("a", true);
        ContextPropagator full = propagator("b", false);
        assertThat(propagators().isBlank(propagators().capture())).isTrue();
        assertThat(propagators(empty).isBlank(propagators(empty).capture())).isTrue();
        assertThat(propagators(empty, empty).isBlank(propagators(empty, empty).capture()))
                .isTrue();
        assertThat(propagators(empty, full).isBlank(propagators(empty, full).capture()))
                .isFalse();
        assertThat(propagators(full, empty).isBlank(propagators(full, empty).capture()))
                .isFalse();
        assertThat(propagators(() -> null).isBlank(null))
                .as("nothing captured, but not empty either")
                .isFalse();
    }

    @Test
    void nothingIsOpenedForWhatHasNoContext() {
        Propagators propagators = propagators(() -> null);
        assertThat(propagators.capture()).isNull();
        for (boolean blank : new boolean[] {true, false}) {
            ContextPropagator.Scope scope = propagators.open(null, blank);
            assertThat(scope).isNotNull();
            scope.close();
        }
    }

    @Test
    void contextThatCannotBeOpenedCostsOnlyItself() {
        ContextPropagator failing = () -> () -> {
            throw new IllegalStateException("x");
        };
        for (boolean blank : new boolean[] {true, false}) {
            told.clear();
            Propagators propagators = propagators(failing, propagator("b", false));
            ContextPropagator.Scope scope = propagators.open(propagators.capture(), blank);
            assertThat(scope).isNotNull();
            propagators.close(scope);
            assertThat(told).hasSize(2).endsWith("close b");
            ContextPropagator.Scope alone =
                    propagators(failing).open(propagators(failing).capture(), blank);
            assertThat(alone).isNotNull();
        }
    }

    @Test
    void nobodyReliesOnABlankThreadAfterAPropagatorHasFailed() {
        Propagators propagators = propagators(propagator("a", true));
        propagators.close(() -> {
            throw new IllegalStateException("x");
        });
        propagators.open(propagators.capture(), true);
        assertThat(told).containsExactly("open a");
    }

    @Test
    void snapshotThatOpensToNullIsLoggedAndCostsOnlyItself() {
        ContextPropagator failing = () -> () -> null;
        for (boolean blank : new boolean[] {true, false}) {
            told.clear();
            Propagators propagators = propagators(failing, propagator("b", false));
            propagators.close(propagators.open(propagators.capture(), blank));
            assertThat(told).hasSize(2).endsWith("close b");
        }
        assertThat(log.with("could not be opened; the call goes without it")).hasSize(2);
        assertThat(log.tracesOf("could not be opened; the call goes without it"))
                .isEqualTo(2);
    }
}
