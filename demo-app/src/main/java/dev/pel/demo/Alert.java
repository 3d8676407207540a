package dev.pel.demo;

import dev.pel.flow.ForEach;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One alert, and how far it is. Plain fields: only the active thread touches it.
 *
 * <p>A person is waiting, then in flight, then delivered or failed.
 */
final class Alert {
    private final String id;
    private final String message;
    private final int accepted;
    private final List<RefusedRow> refused;
    private final Map<Channel, Tally> tallies = new EnumMap<>(Channel.class);
    private final Map<FailureReason, Integer> reasons = new EnumMap<>(FailureReason.class);
    private int pending;
    private @Nullable Instant finished;
    private @Nullable ForEach stream; // as long as it works on the people

    Alert(String id, String message, PeopleFile file) {
        this.id = id;
        this.message = message;
        this.accepted = file.people().size();
        this.refused = file.refused();
        this.pending = accepted;
        for (Channel channel : Channel.values()) {
            tally(channel); // channels without people are shown too
        }
        file.people().forEach(person -> tally(person.channel()).waiting++);
    }

    String id() {
        return id;
    }

    String message() {
        return message;
    }

    /** How many are neither delivered nor failed. */
    int pending() {
        return pending;
    }

    boolean isFinished() {
        return pending == 0;
    }

    /** All people are waiting; this works on them. */
    void begin(ForEach begun) {
        stream = begun;
    }

    /** A person who was waiting is in flight from now on. */
    void begun(Person person) {
        tally(person.channel()).waiting--;
        tally(person.channel()).inFlight++;
    }

    /** So many tries beyond the first for a person who was in flight. */
    void retried(Person person, int times) {
        tally(person.channel()).retried += times;
    }

    void delivered(Person person) {
        Tally tally = tally(person.channel());
        tally.inFlight--;
        tally.delivered++;
        ended(1);
    }

    void failed(Person person, FailureReason reason) {
        Tally tally = tally(person.channel());
        tally.inFlight--;
        tally.failed++;
        failed(1, reason);
    }

    /**
     * The stream has ended, and nobody begins any more: gives up on those who wait. Those in flight come to their own end.
     *
     * @return how many have waited
     */
    int end(FailureReason reason) {
        stream = null; // it knows all the people, and this is kept
        int left = 0;
        for (Tally tally : tallies.values()) {
            left += tally.waiting;
            tally.failed += tally.waiting;
            tally.waiting = 0;
        }
        if (left > 0) {
            failed(left, reason);
        }
        return left;
    }

    private void failed(int people, FailureReason reason) {
        reasons.merge(reason, people, Integer::sum);
        ended(people);
    }

    private void ended(int people) {
        pending -= people;
        if (isFinished()) {
            finished = Instant.now();
        }
    }

    /** A copy that other threads may read. */
    AlertView view() {
        Map<String, AlertView.Progress> channels = new LinkedHashMap<>();
        tallies.forEach((channel, tally) -> channels.put(channel.key(), tally.progress()));
        Map<String, Integer> counted = new LinkedHashMap<>();
        reasons.forEach((reason, count) -> counted.put(reason.text(), count));
        AlertView.Progress sum = channels.values().stream().reduce(AlertView.Progress.NONE, AlertView.Progress::plus);
        return new AlertView(
                id,
                accepted,
                sum.delivered(),
                sum.failed(),
                sum.retried(),
                refused,
                finished,
                channels,
                counted,
                stream == null || isFinished() ? null : AlertView.Stream.of(stream.progress()));
    }

    @Override
    public String toString() {
        AlertView view = view();
        return "alert %s: %d accepted, %d delivered, %d failed %s, %d tried again, %d rows refused"
                .formatted(
                        id, accepted, view.delivered(), view.failed(), view.reasons(), view.retried(), refused.size());
    }

    private Tally tally(Channel channel) {
        return tallies.computeIfAbsent(channel, missing -> new Tally());
    }

    private static final class Tally {
        private int waiting;
        private int inFlight;
        private int delivered;
        private int failed;
        private int retried;

        AlertView.Progress progress() {
            return new AlertView.Progress(waiting + inFlight, delivered, failed, retried);
        }
    }
}
