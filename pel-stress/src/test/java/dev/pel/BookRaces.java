package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The queue of a pool, and the books of a lane. */
public class BookRaces {

    /** Two take from the queue: each has one of the two calls. */
    @JCStressTest
    @Outcome(
            id = {"0 1", "1 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "one call taken twice, or one lost")
    @State
    public static class TwoTake {
        private final Calls calls = new Calls(2);
        private int one;
        private int other;

        public TwoTake() {
            calls.offerAll();
        }

        @Actor
        public void take() {
            one = calls.take();
        }

        @Actor
        public void takeToo() {
            other = calls.take();
        }

        public String verdict() {
            return one + " " + other;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** One brings a call while another takes: he has it, or it is still there. */
    @JCStressTest
    @Outcome(
            id = {"0 -1", "-1 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "lost, or there twice")
    @State
    public static class OfferAgainstTake {
        private final Calls calls = new Calls(1);
        private int taken;

        @Actor
        public void offer() {
            calls.offerAll();
        }

        @Actor
        public void take() {
            taken = calls.take();
        }

        public String verdict() {
            return taken + " " + calls.take();
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** One takes while the tombstones are removed from the queue: none of the living is lost, and their order stays. */
    @JCStressTest
    @Outcome(id = "1 2 -1", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "lost, there twice, or out of order")
    @State
    public static class TakeAgainstTombstones {
        private final Calls calls = new Calls(3);
        private int taken;

        public TakeAgainstTombstones() {
            calls.offerAll();
            calls.endFirst();
        }

        @Actor
        public void clearUp() {
            calls.clearUp();
        }

        @Actor
        public void take() {
            taken = calls.take();
        }

        public String verdict() {
            return taken + " " + calls.take() + " " + calls.take();
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Somebody looks for the oldest while the tombstones are removed from the queue: it waits all the time. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "a younger one, or none at all")
    @State
    public static class OldestAgainstTombstones {
        private final Calls calls = new Calls(3);
        private int seen;

        public OldestAgainstTombstones() {
            calls.offerAll();
            calls.endFirst();
        }

        @Actor
        public void clearUp() {
            calls.clearUp();
        }

        @Actor
        public void look() {
            seen = calls.oldest();
        }

        public String verdict() {
            return String.valueOf(seen);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Somebody looks for the oldest while it is taken from behind a tombstone. */
    @JCStressTest
    @Outcome(
            id = {"1 1", "1 2"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "what is no longer there, or nothing at all")
    @State
    public static class OldestAgainstTake {
        private final Calls calls = new Calls(3);
        private int taken;
        private int seen;

        public OldestAgainstTake() {
            calls.offerAll();
            calls.endFirst();
        }

        @Actor
        public void look() {
            seen = calls.oldest();
        }

        @Actor
        public void take() {
            taken = calls.take();
        }

        public String verdict() {
            return taken + " " + seen;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A queue and the calls that go through it, known by their numbers. */
    private static final class Calls {
        private static final int MORE_THAN_FEW = 64;

        private final LoopRun run = StillMachine.running();
        private final CallQueue queue = new CallQueue();
        private final List<Call<?>> all;

        Calls(int count) {
            all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(new Call<>(run, Lane.WORK, (Task) () -> {}, null, null));
            }
        }

        void offerAll() {
            all.forEach(queue::offer);
        }

        /** Makes the first a tombstone, and the queue believe that it has as many as it bears. */
        void endFirst() {
            all.get(0).cancel(false);
            for (int i = 0; i < MORE_THAN_FEW; i++) {
                queue.leavesTombstone(0);
            }
        }

        void clearUp() {
            queue.leavesTombstone(0);
        }

        int take() {
            return number(queue.poll());
        }

        int oldest() {
            return number(queue.oldest());
        }

        private int number(@Nullable Call<?> call) {
            return call == null ? -1 : all.indexOf(call);
        }
    }

    private static LaneOptions options(int capacity) {
        return new LaneOptions(1, capacity, 10, 0, ThreadKind.PLATFORM);
    }

    /** Two want the last place. */
    @JCStressTest
    @Outcome(
            id = {"first, 1", "other, 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "more than the capacity, or nobody")
    @State
    public static class LastPlace {
        private final LaneCounters counters = new LaneCounters(options(1));
        private boolean first;
        private boolean other;

        @Actor
        public void accept() {
            first = counters.takePlace() >= 0;
        }

        @Actor
        public void acceptToo() {
            other = counters.takePlace() >= 0;
        }

        public String verdict() {
            return (first ? "first, " : "") + (other ? "other, " : "") + counters.size();
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Two want the last place, and each counts before it looks, as where there seems to be plenty of room. */
    @JCStressTest
    @Outcome(
            id = {"first, 1, 1 refused", "other, 1, 1 refused"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "more than the capacity, or nobody, or a refusal that was not counted once")
    @State
    public static class LastPlaceInACrowd {
        private final LaneCounters counters = new LaneCounters(options(1), 0);
        private boolean first;
        private boolean other;

        @Actor
        public void accept() {
            first = counters.takePlace() >= 0;
        }

        @Actor
        public void acceptToo() {
            other = counters.takePlace() >= 0;
        }

        public String verdict() {
            return (first ? "first, " : "") + (other ? "other, " : "") + counters.size() + ", "
                    + counters.snapshot().outcomes().get(dev.pel.Outcome.REJECTED) + " refused";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** One wants a place while the only one becomes free. */
    @JCStressTest
    @Outcome(
            id = {"true 1", "false 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "more than the capacity, or less than nothing")
    @State
    public static class AcceptAgainstLeft {
        private final LaneCounters counters = new LaneCounters(options(1));
        private boolean accepted;

        public AcceptAgainstLeft() {
            counters.takePlace();
        }

        @Actor
        public void accept() {
            accepted = counters.takePlace() >= 0;
        }

        @Actor
        public void leave() {
            counters.left();
        }

        public String verdict() {
            return accepted + " " + counters.size();
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A snapshot while an entry comes, runs and ends. */
    @JCStressTest
    @Outcome(
            id = {"0 0", "1 0", "0 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "less than nothing waits or runs, or an entry does both")
    @State
    public static class SnapshotAgainstEntry {
        private final LaneCounters counters = new LaneCounters(options(1));
        private int queued;
        private int running;

        @Actor
        public void entry() {
            counters.takePlace();
            counters.left();
            counters.ended(dev.pel.Outcome.SUCCEEDED);
        }

        @Actor
        public void look() {
            LaneCounters.Snapshot books = counters.snapshot();
            queued = books.queued();
            running = books.running();
        }

        public String verdict() {
            return queued + " " + running;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
