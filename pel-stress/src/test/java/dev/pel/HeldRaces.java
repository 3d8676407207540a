package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A turn or a permit comes back while somebody else comes, waits or leaves: the next call gets it, and none is lost. */
public class HeldRaces {
    private static final String LIMIT = "one";
    private static final CallTerms NONE = new CallTerms(CallDetails.shared("held"));
    private static final CallTerms KEY = NONE.key("k");

    /** A run with a limit of one permit. */
    private static LoopRun running() {
        EventLoopOptions options = EventLoopOptions.defaults()
                .withPassive(lane -> lane.withThreads(1))
                .withWork(lane -> lane.withThreads(1))
                .withLimit(LIMIT, limit -> limit.withConcurrency(1));
        return new LoopRun(options, new StillMachine(), LoopState.RUNNING);
    }

    private static Call<?> call(LoopRun run, CallTerms terms, Task operation) {
        return (Call<?>) run.submissions.submit(Lane.WORK, operation, null, terms);
    }

    /** Runs what is first in the queue, as a worker does. */
    private static void work(LoopRun run) {
        Worker worker = StillMachine.worker(run, Lane.WORK);
        Call<?> call = run.pool(Lane.WORK).queue().poll();
        if (call != null) {
            worker.run(call, run.pool(Lane.WORK));
        }
    }

    private static String verdict(LoopRun run, Call<?> next) {
        Keys keys = run.admissions.keys();
        LoopStats.LimitStats limit = run.admissions.limitStats(0).get(LIMIT);
        return (next.isHeld() ? "waits" : "goes on") + ", " + keys.stats().inUse() + " keys, " + limit.inUse()
                + " permits";
    }

    /** The turn of a key ends, and maybe its queue, while the next call comes. */
    @JCStressTest
    @Outcome(id = "goes on, 1 keys, 0 permits", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the next call waits for a turn that nobody has")
    @State
    public static class EndOfTurnAgainstNext {
        private final LoopRun run = running();
        private Call<?> next = call(run, KEY, () -> {});

        @Actor
        public void work() {
            HeldRaces.work(run);
        }

        @Actor
        public void submit() {
            next = call(run, KEY, () -> {});
        }

        public String verdict() {
            return HeldRaces.verdict(run, next);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** The turn of a key ends while the call that would have it next is cancelled, and another one waits behind that. */
    @JCStressTest
    @Outcome(id = "goes on, 1 keys, 0 permits", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the turn was lost with the call that was cancelled")
    @State
    public static class EndOfTurnAgainstCancel {
        private final LoopRun run = running();
        private final Call<?> second;
        private final Call<?> third;

        public EndOfTurnAgainstCancel() {
            call(run, KEY, () -> {});
            second = call(run, KEY, () -> {});
            third = call(run, KEY, () -> {});
        }

        @Actor
        public void work() {
            HeldRaces.work(run);
        }

        @Actor
        public void cancel() {
            second.cancel(true);
        }

        public String verdict() {
            return HeldRaces.verdict(run, third);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** The thread of the operation and that of the body find at once that the call has ended. */
    @JCStressTest
    @Outcome(id = "goes on, 1 keys, 0 permits", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "neither gave the turn back")
    @State
    public static class LeaveAgainstLeave {
        private final LoopRun run = running();
        private final Admission first = ((HeldCall<?>) call(run, KEY, () -> {})).admission();
        private final Call<?> next = call(run, KEY, () -> {});

        @Actor
        public void operation() {
            first.leave();
        }

        @Actor
        public void body() {
            first.leave();
        }

        public String verdict() {
            return HeldRaces.verdict(run, next);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A permit comes back while another call comes for it. */
    @JCStressTest
    @Outcome(id = "goes on, 0 keys, 1 permits", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the next call waits for a permit that nobody has")
    @State
    public static class EndOfPermitAgainstNext {
        private final LoopRun run = running();
        private Call<?> next = call(run, NONE.limit(LIMIT), () -> {});

        @Actor
        public void work() {
            HeldRaces.work(run);
        }

        @Actor
        public void submit() {
            next = call(run, NONE.limit(LIMIT), () -> {});
        }

        public String verdict() {
            return HeldRaces.verdict(run, next);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** An operation fails and pauses before its next attempt while its call is cancelled. */
    @JCStressTest
    @Outcome(id = "CANCELLED, 0 keys, 0 permits, 0 pause", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the turn, the permit or the pause has outlived the call")
    @State
    public static class PauseAgainstCancel {
        private final LoopRun run = running();
        private final Call<?> call =
                call(run, KEY.limit(LIMIT).retry(Retry.times(1).backoff(Duration.ofDays(1))), () -> {
                    throw new IllegalStateException("on purpose");
                });

        @Actor
        public void work() {
            HeldRaces.work(run);
        }

        @Actor
        public void cancel() {
            call.cancel(true);
        }

        public String verdict() {
            Keys keys = run.admissions.keys();
            int permits = run.admissions.limitStats(0).get(LIMIT).inUse();
            return call.outcome() + ", " + keys.stats().inUse() + " keys, " + permits + " permits, "
                    + run.admissions.pausing() + " pause" + (run.drainCheck().allEnded() ? "" : ", books open");
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A submitter is refused, because one too many would wait for the turn of the key, while the last calls of the key leave. */
    @JCStressTest
    @Outcome(id = "0 keys", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "nobody uses the key, and it is not forgotten")
    @State
    public static class RefusalAgainstLastEnd {
        private final LoopRun run =
                new LoopRun(EventLoopOptions.defaults().withKeyCapacity(1), new StillMachine(), LoopState.RUNNING);
        private final Call<?> last = call(run, KEY, () -> {});
        private final Call<?> waiting = call(run, KEY, () -> {});

        @Actor
        public void submit() {
            call(run, KEY, () -> {}).cancel(true);
        }

        @Actor
        public void end() {
            waiting.cancel(true);
            last.cancel(true);
        }

        public String verdict() {
            return run.admissions.keys().stats().inUse() + " keys";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A task of the active lane is cancelled while it gets its turn, and goes into the queue: there, or by that cancel, it is counted. */
    @JCStressTest
    @Outcome(id = "true, 0 keys", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "its place stays taken though nobody comes across it, or the turn is lost")
    @State
    public static class TurnOfATaskAgainstCancel {
        private final LoopRun run = running();
        private final Call<?> second;

        public TurnOfATaskAgainstCancel() {
            call(run, KEY, () -> {});
            second = (Call<?>) run.submissions.submit(Lane.ACTIVE, (Task) () -> {}, null, KEY);
        }

        @Actor
        public void work() {
            HeldRaces.work(run);
        }

        @Actor
        public void cancel() {
            second.cancel(true);
        }

        public String verdict() {
            boolean isCounted = run.activeBooks.isEmpty();
            return (isCounted == run.queue.isEmpty()) + ", "
                    + run.admissions.keys().stats().inUse() + " keys";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
