package dev.pel;

import static dev.pel.Loops.together;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The books of one lane, of ten places: high at eight. */
class LaneCountersTests {
    private final LaneCounters counters =
            new LaneCounters(EventLoopOptions.defaults().passive().withCapacity(10));

    private void accept(int entries) {
        for (int i = 0; i < entries; i++) {
            assertThat(counters.takePlace()).isNotNegative();
        }
    }

    @Test
    void asManyAreAcceptedAsThereArePlacesAndOneMoreForEachThatHasLeft() {
        accept(10);
        assertThat(counters.takePlace()).isEqualTo(LaneCounters.NO_PLACE);
        counters.left();
        accept(1);
        assertThat(counters.takePlace()).isEqualTo(LaneCounters.NO_PLACE);
        counters.leftHere();
        accept(1);
        assertThat(counters.takePlace()).isEqualTo(LaneCounters.NO_PLACE);
        assertThat(counters.accepted()).isEqualTo(12);
        assertThat(counters.size()).isEqualTo(10);
    }

    @Test
    void reservedPlaceIsTakenAlsoWhenTheLaneIsFull() {
        accept(10);
        counters.takeReserved();
        assertThat(counters.size()).isEqualTo(11);
        counters.left();
        assertThat(counters.takePlace()).isEqualTo(LaneCounters.NO_PLACE);
    }

    @Test
    void laneIsHighFromItsHighMarkOn() {
        accept(7);
        assertThat(counters.isHigh()).isFalse();
        accept(1);
        assertThat(counters.isHigh()).isTrue();
        counters.left();
        assertThat(counters.isHigh()).isFalse();
        accept(1);
        assertThat(counters.isHigh()).isTrue();
        counters.leftHere();
        assertThat(counters.isHigh()).isFalse();
        accept(2);
        assertThat(counters.isHigh()).isTrue();
    }

    @Test
    void laneThroughWhichManyHaveGoneIsHighAndFullAtTheSameMarks() {
        for (int i = 0; i < 100; i++) {
            accept(1);
            assertThat(counters.isHigh()).isFalse();
            counters.left();
        }
        accept(7);
        assertThat(counters.isHigh()).isFalse();
        accept(1);
        assertThat(counters.isHigh()).isTrue();
        accept(2);
        assertThat(counters.takePlace()).isEqualTo(LaneCounters.NO_PLACE);
    }

    @Test
    void snapshotAddsUp() {
        accept(6);
        counters.left();
        counters.leftHere();
        counters.left();
        counters.left();
        counters.endedHere(Outcome.SUCCEEDED);
        counters.endedHere(Outcome.FAILED);
        counters.ended(Outcome.SUCCEEDED);
        counters.refused();
        counters.late();
        counters.abandoned(2);
        counters.abandoned(-1);

        LaneCounters.Snapshot books = counters.snapshot();

        assertThat(books.queued()).isEqualTo(2);
        assertThat(books.running()).isEqualTo(1);
        assertThat(books.submitted()).isEqualTo(7);
        assertThat(books.outcomes())
                .containsEntry(Outcome.SUCCEEDED, 2L)
                .containsEntry(Outcome.FAILED, 1L)
                .containsEntry(Outcome.REJECTED, 1L)
                .containsEntry(Outcome.STOPPED, 0L);
        assertThat(books.late()).isEqualTo(1);
        assertThat(books.abandoned()).isEqualTo(1);
    }

    @Test
    void entryThatIsWithdrawnCountsAsRefused() {
        accept(2);
        counters.withdraw();

        LaneCounters.Snapshot books = counters.snapshot();

        assertThat(books.queued()).isEqualTo(1);
        assertThat(books.running()).isZero();
        assertThat(books.submitted()).isEqualTo(2);
        assertThat(books.outcomes()).containsEntry(Outcome.REJECTED, 1L);
    }

    @Test
    void allHaveEndedWhenNothingWaitsAndNothingRuns() {
        assertThat(counters.allEnded()).isTrue();
        accept(1);
        assertThat(counters.allEnded()).isFalse();
        counters.left();
        assertThat(counters.allEnded()).isFalse();
        counters.ended(Outcome.CANCELLED);
        assertThat(counters.allEnded()).isTrue();
    }

    @Test
    void whatWasStoppedOrRefusedHasNotEndedByItself() {
        counters.ended(Outcome.SUCCEEDED);
        counters.endedHere(Outcome.SUCCEEDED);
        counters.ended(Outcome.FAILED);
        counters.ended(Outcome.CANCELLED);
        counters.ended(Outcome.TIMED_OUT);
        counters.ended(Outcome.STOPPED);
        counters.refused();
        assertThat(counters.drained()).isEqualTo(5);
    }

    @Test
    void figuresOfOperationsThatCameBackBeforeTheyWereCountedAreNotNegative() {
        counters.abandoned(-1);
        assertThat(counters.snapshot().abandoned()).isZero();
    }

    @Test
    void placeIsGivenToOneOfTwoThatWantItAtTheSameTime() {
        int entries = 500_000;
        LaneCounters large =
                new LaneCounters(EventLoopOptions.defaults().passive().withCapacity(2 * entries));
        Runnable accepting = () -> {
            for (int i = 0; i < entries; i++) {
                assertThat(large.takePlace()).isNotNegative();
            }
        };
        together(accepting, accepting);
        assertThat(large.accepted()).isEqualTo(2L * entries);
        assertThat(large.takePlace()).isEqualTo(LaneCounters.NO_PLACE);
    }
}
