package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pel.flow.Bound;
import dev.pel.flow.LoopQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** What stands on the verbs: a connection is closed while a call comes, and an item comes while somebody comes for it, leaves, or closes the queue. */
public class FlowRaces {
    private static CallSpec calls() {
        EventLoopOptions options = EventLoopOptions.defaults()
                .withPassive(lane -> lane.withThreads(1))
                .withWork(lane -> lane.withThreads(1));
        LoopRun run = new LoopRun(options, new StillMachine(), LoopState.RUNNING);
        return new CallSpec(() -> run, new CallTerms(CallDetails.shared("flow")));
    }

    private static LoopQueue<Integer> queue() {
        return new LoopQueue<>(calls(), "flow", 2);
    }

    /** How a request has ended, and what is left in the queue. */
    private static String verdict(LoopFuture<Integer> pop, LoopQueue<Integer> queue) {
        String end = pop.outcome() == dev.pel.Outcome.SUCCEEDED ? "taken" : String.valueOf(pop.outcome());
        return end + ", " + queue.size() + " left, " + queue.stats().refused() + " refused";
    }

    /** A connection is closed while a call comes that has to wait for its turn. */
    @JCStressTest
    @Outcome(id = "CANCELLED, 1 skipped", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the call waits on, or was counted wrong")
    @State
    public static class CloseAgainstSubmission {
        private final Bound bound = new Bound(calls(), "key", () -> true);
        private LoopFuture<?> call = bound.next(() -> 0); // has the turn, and nobody runs it

        @Actor
        public void submit() {
            call = bound.next(() -> 1);
        }

        @Actor
        public void close() {
            bound.close();
        }

        public String verdict() {
            return call.outcome() + ", " + bound.skipped() + " skipped";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** An item comes while somebody comes for it. */
    @JCStressTest
    @Outcome(id = "taken, 0 left, 0 refused", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the item and the request wait for each other")
    @State
    public static class PushAgainstPop {
        private final LoopQueue<Integer> queue = queue();
        private LoopFuture<Integer> pop = LoopFuture.failed(new IllegalStateException("not made"));

        @Actor
        public void push() {
            queue.push(1);
        }

        @Actor
        public void pop() {
            pop = queue.pop();
        }

        public String verdict() {
            return FlowRaces.verdict(pop, queue);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** An item comes while the request for it is cancelled. */
    @JCStressTest
    @Outcome(
            id = {"taken, 0 left, 0 refused", "CANCELLED, 1 left, 0 refused"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the item was lost, or is there twice")
    @State
    public static class PushAgainstCancel {
        private final LoopQueue<Integer> queue = queue();
        private final LoopFuture<Integer> pop = queue.pop();

        @Actor
        public void push() {
            queue.push(1);
        }

        @Actor
        public void cancel() {
            pop.cancel(true);
        }

        public String verdict() {
            return FlowRaces.verdict(pop, queue);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** An item comes while the queue is closed, and somebody waits. */
    @JCStressTest
    @Outcome(
            id = {"taken, 0 left, 0 refused", "CANCELLED, 0 left, 1 refused"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the item was accepted and not handed out, or the request waits for ever")
    @State
    public static class PushAgainstClose {
        private final LoopQueue<Integer> queue = queue();
        private final LoopFuture<Integer> pop = queue.pop();

        @Actor
        public void push() {
            queue.push(1);
        }

        @Actor
        public void close() {
            queue.close();
        }

        public String verdict() {
            return FlowRaces.verdict(pop, queue);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
