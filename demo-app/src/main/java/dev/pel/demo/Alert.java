package dev.pel.demo;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
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
    private final Deque<Person> waiting;
    private final Map<Channel, Tally> tallies = new EnumMap<>(Channel.class);
    private final Map<FailureReason, Integer> reasons = new EnumMap<>(FailureReason.class);
    private int pending;
    private @Nullable Instant finished;

    Alert(String id, String message, PeopleFile file) {
        this.id = id;
        this.message = message;
        this.accepted = file.people().size();
        this.refused = file.refused();
        this.waiting = new ArrayDeque<>(file.people());
        this.pending = accepted;
        for (Channel channel : Channel.values()) {
            tally(channel); // channels without people are shown too
        }
        file.people().forEach(person -> tally(person.channel()).pending++);
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

    int inFlight() {
        return pending - waiting.size();
    }

    boolean isFinished() {
        return pending == 0;
    }

    /** The next who waits, from now on in flight; null when nobody waits. */
    @Nullable Person next() {
        return waiting.poll();
    }

    /** One more try for a person who is in flight. */
    void retried(Person person) {
        tally(person.channel()).retried++;
    }

    void delivered(Person person) {
        tally(person.channel()).delivered++;
        ended(tally(person.channel()));
    }

    void failed(Person person, FailureReason reason) {
        failed(tally(person.channel()), reason);
    }

    /** Gives up on those who wait. Those in flight come to their own end. */
    void failWaiting(FailureReason reason) {
        for (Person person = next(); person != null; person = next()) {
            failed(person, reason);
        }
    }

    private void failed(Tally tally, FailureReason reason) {
        tally.failed++;
        reasons.merge(reason, 1, Integer::sum);
        ended(tally);
    }

    private void ended(Tally tally) {
        tally.pending--;
        pending--;
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
                id, accepted, sum.delivered(), sum.failed(), sum.retried(), refused, finished, channels, counted);
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
        private int pending;
        private int delivered;
        private int failed;
        private int retried;

        AlertView.Progress progress() {
            return new AlertView.Progress(pending, delivered, failed, retried);
        }
    }
}
