package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several carriers as one. */
class CarriersTests {
    @RegisterExtension
    final LogLines log = new LogLines();

    private final List<String> told = new ArrayList<>();

    /** A carrier that always carries the same. */
    private ContextCarrier carrier(String name, boolean isEmpty) {
        ContextCarrier.Scope scope = () -> told.add("close " + name);
        ContextCarrier.Snapshot snapshot = new ContextCarrier.Snapshot() {
            @Override
            public ContextCarrier.Scope open() {
                told.add("open " + name);
                return scope;
            }

            @Override
            public ContextCarrier.Scope openOnBlank() {
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

    private static Carriers carriers(ContextCarrier... all) {
        return new Carriers(List.of(all), new ManualMachine());
    }

    @Test
    void twoCarriersAreOpenedOneAfterTheOtherAndClosedInTheOppositeOrder() {
        Carriers carriers = carriers(carrier("a", false), carrier("b", false));
        carriers.close(carriers.open(carriers.capture(), false));
        assertThat(told).containsExactly("open a", "open b", "close b", "close a");
    }

    @Test
    void threadThatIsBlankNeedNotLookAtWhatItHas() {
        Carriers carriers = carriers(carrier("a", false), carrier("b", true));
        carriers.close(carriers.open(carriers.capture(), true));
        assertThat(told).containsExactly("open blank a", "open blank b", "close b", "close a");
    }

    @Test
    void emptySnapshotsAndTheirScopesAreMadeOnce() {
        Carriers carriers = carriers(carrier("a", true), carrier("b", true));
        ContextCarrier.Snapshot snapshot = carriers.capture();
        assertThat(carriers.capture()).isSameAs(snapshot);
        ContextCarrier.Scope scope = carriers.open(snapshot, true);
        assertThat(carriers.open(snapshot, true)).isSameAs(scope);
        assertThat(carriers.open(snapshot, false)).isSameAs(scope);
    }

    @Test
    void snapshotsThatCarrySomethingAreMadeAnew() {
        for (boolean firstIsEmpty : new boolean[] {true, false}) {
            Carriers carriers = carriers(carrier("a", firstIsEmpty), carrier("b", !firstIsEmpty));
            ContextCarrier.Snapshot snapshot = carriers.capture();
            assertThat(carriers.capture()).isNotSameAs(snapshot);
            assertThat(carriers.open(snapshot, true)).isNotSameAs(carriers.open(snapshot, true));
        }
    }

    @Test
    void threadIsBlankWhenAllThatWasCapturedThereIsEmpty() {
        ContextCarrier empty = carrier("a", true);
        ContextCarrier full = carrier("b", false);
        assertThat(carriers().isBlank(carriers().capture())).isTrue();
        assertThat(carriers(empty).isBlank(carriers(empty).capture())).isTrue();
        assertThat(carriers(empty, empty).isBlank(carriers(empty, empty).capture()))
                .isTrue();
        assertThat(carriers(empty, full).isBlank(carriers(empty, full).capture()))
                .isFalse();
        assertThat(carriers(full, empty).isBlank(carriers(full, empty).capture()))
                .isFalse();
        assertThat(carriers(() -> null).isBlank(null))
                .as("nothing captured, but not empty either")
                .isFalse();
    }

    @Test
    void nothingIsOpenedForWhatHasNoContext() {
        Carriers carriers = carriers(() -> null);
        assertThat(carriers.capture()).isNull();
        for (boolean blank : new boolean[] {true, false}) {
            ContextCarrier.Scope scope = carriers.open(null, blank);
            assertThat(scope).isNotNull();
            scope.close();
        }
    }

    @Test
    void contextThatCannotBeOpenedCostsOnlyItself() {
        ContextCarrier failing = () -> () -> {
            throw new IllegalStateException("x");
        };
        for (boolean blank : new boolean[] {true, false}) {
            told.clear();
            Carriers carriers = carriers(failing, carrier("b", false));
            ContextCarrier.Scope scope = carriers.open(carriers.capture(), blank);
            assertThat(scope).isNotNull();
            carriers.close(scope);
            assertThat(told).hasSize(2).endsWith("close b");
            ContextCarrier.Scope alone =
                    carriers(failing).open(carriers(failing).capture(), blank);
            assertThat(alone).isNotNull();
        }
    }

    @Test
    void nobodyReliesOnABlankThreadAfterACarrierHasFailed() {
        Carriers carriers = carriers(carrier("a", true));
        carriers.close(() -> {
            throw new IllegalStateException("x");
        });
        carriers.open(carriers.capture(), true);
        assertThat(told).containsExactly("open a");
    }

    @Test
    void snapshotThatOpensToNullIsLoggedAndCostsOnlyItself() {
        ContextCarrier failing = () -> () -> null;
        for (boolean blank : new boolean[] {true, false}) {
            told.clear();
            Carriers carriers = carriers(failing, carrier("b", false));
            carriers.close(carriers.open(carriers.capture(), blank));
            assertThat(told).hasSize(2).endsWith("close b");
        }
        assertThat(log.with("could not be opened; the call goes without it")).hasSize(2);
        assertThat(log.tracesOf("could not be opened; the call goes without it"))
                .isEqualTo(2);
    }
}
