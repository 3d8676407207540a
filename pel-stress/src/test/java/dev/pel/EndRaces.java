package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Several want to end the same handle, or to have the same entry: one does, and everybody sees the same. */
public class EndRaces {

    /** A call that waits, between a worker and whoever cancels it. The interrupt of a cancel must not outlive the call. */
    @JCStressTest
    @Outcome(
            id = {"SUCCEEDED, ran 1", "cancelled, CANCELLED, ran 0", "cancelled, CANCELLED, ran 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "ended by both or by neither, left in the books, or the interrupt leaks")
    @State
    public static class CancelAgainstOperation {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<?> handle;
        private boolean cancelled;
        private boolean leaked;
        private int ran;

        public CancelAgainstOperation() {
            Task operation = () -> ran++;
            handle = run.submissions.submit(Lane.WORK, operation, null, null, null);
        }

        @Actor
        public void cancel() {
            cancelled = handle.cancel(true);
        }

        @Actor
        public void work() {
            Worker worker = StillMachine.worker(run, Lane.WORK);
            Call<?> call = run.pool(Lane.WORK).queue().poll();
            if (call != null) {
                worker.run(call, run.pool(Lane.WORK));
            }
            leaked = Thread.interrupted();
        }

        public String verdict() {
            return (leaked ? "interrupted, " : "")
                    + (cancelled ? "cancelled, " : "")
                    + StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A call whose operation runs, between its end and its timeout. */
    @JCStressTest
    @Outcome(
            id = {"value", "timed out"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both, neither, or left in the books")
    @State
    public static class TimeoutAgainstEndOfOperation {
        private final LoopRun run = StillMachine.running();
        private final Call<Object> call = new Call<>(run, Lane.WORK, (Task) () -> {}, null, null);
        private boolean timedOut;

        @Actor
        public void time() {
            timedOut = call.end(dev.pel.Outcome.TIMED_OUT, null, new CallTimeoutException(Duration.ZERO), true);
        }

        @Actor
        public void work() {
            StillMachine.worker(run, Lane.WORK).run(call, run.pool(Lane.WORK));
        }

        public String verdict() {
            dev.pel.Outcome outcome = call.outcome();
            return outcome == dev.pel.Outcome.SUCCEEDED && !timedOut
                    ? "value"
                    : outcome == dev.pel.Outcome.TIMED_OUT && timedOut ? "timed out" : timedOut + " " + outcome;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Two complete the same call: one wins, and both see what the winner gave. */
    @JCStressTest
    @Outcome(
            id = {"first, SUCCEEDED, ran 0", "other, CANCELLED, ran 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both, neither, or left in the books")
    @State
    public static class CompleteAgainstCancel {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<@Nullable Object> handle =
                run.submissions.submit(Lane.WORK, (Task) () -> {}, null, null, null);
        private boolean first;
        private boolean other;

        @Actor
        public void complete() {
            first = handle.complete("value");
        }

        @Actor
        public void cancel() {
            other = handle.cancel(false);
        }

        public String verdict() {
            return (first ? "first, " : "") + (other ? "other, " : "") + StillMachine.verdict(run, handle, 0);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** The body of a call, between the active thread and whoever completes the call. */
    @JCStressTest
    @Outcome(
            id = {"SUCCEEDED, ran 1", "cancelled, CANCELLED, ran 0", "cancelled, CANCELLED, ran 1"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "ended by both or by neither, or left in the books")
    @State
    public static class CancelAgainstBody {
        private final LoopRun run = StillMachine.running();
        private final Call<?> call;
        private boolean cancelled;
        private int ran;

        public CancelAgainstBody() {
            Task body = () -> ran++;
            call = (Call<?>) run.submissions.submit(Lane.ACTIVE, body, null, null, null);
        }

        @Actor
        public void cancel() {
            cancelled = call.cancel(true);
        }

        @Actor
        public void run() {
            run.threads.active(Thread.currentThread());
            call.runOn(run.active);
        }

        public String verdict() {
            return (cancelled ? "cancelled, " : "") + StillMachine.verdict(run, call, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A call with a body, between the worker that has its result and whoever cancels it. */
    @JCStressTest
    @Outcome(
            id = {
                "SUCCEEDED, ran 2",
                "cancelled, CANCELLED, ran 0",
                "cancelled, CANCELLED, ran 1",
                "cancelled, CANCELLED, ran 2" // while the body ran
            },
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "ended by both or by neither, or left in the books of a lane")
    @State
    public static class CancelAgainstReturn {
        private final LoopRun run = StillMachine.running();
        private final Call<?> call;
        private boolean cancelled;
        private int ran;

        public CancelAgainstReturn() {
            Task operation = () -> ran++;
            Task body = () -> ran++;
            call = (Call<?>) run.submissions.submit(Lane.WORK, operation, body, null, null);
        }

        @Actor
        public void cancel() {
            cancelled = call.cancel(true);
        }

        @Actor
        public void work() {
            Worker worker = StillMachine.worker(run, Lane.WORK);
            int waiting = run.activeBooks.counters().size();
            worker.run(call, run.pool(Lane.WORK));
            if (run.activeBooks.counters().size() > waiting) {
                run.threads.active(Thread.currentThread());
                call.runOn(run.active);
            }
        }

        public String verdict() {
            return (cancelled ? "cancelled, " : "") + StillMachine.verdict(run, call, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Two workers find the same call: a join may run what another worker is about to take. */
    @JCStressTest
    @Outcome(id = "SUCCEEDED, ran 1", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "run twice, or not at all")
    @State
    public static class TwoWorkers {
        private final LoopRun run = StillMachine.running();
        private final Call<?> call;
        private volatile int ran;

        @SuppressWarnings("NonAtomicVolatileUpdate") // two at once are what is looked for
        public TwoWorkers() {
            Task operation = () -> ran++;
            call = (Call<?>) run.submissions.submit(Lane.WORK, operation, null, null, null);
        }

        @Actor
        public void one() {
            StillMachine.worker(run, Lane.WORK).run(call, run.pool(Lane.WORK));
        }

        @Actor
        public void other() {
            StillMachine.worker(run, Lane.WORK).run(call, run.pool(Lane.WORK));
        }

        public String verdict() {
            return StillMachine.verdict(run, call, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A timer that falls due while it is cancelled. */
    @JCStressTest
    @Outcome(
            id = {"SUCCEEDED, ran 1", "cancelled, CANCELLED, ran 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "cancelled and run, or neither")
    @State
    public static class CancelAgainstTimer {
        private final LoopRun run = StillMachine.running();
        private final LoopTimer timer;
        private boolean cancelled;
        private int ran;

        public CancelAgainstTimer() {
            timer = new LoopTimer(run, Duration.ZERO, () -> ran++, null);
        }

        @Actor
        public void cancel() {
            cancelled = timer.cancel(false);
        }

        @Actor
        public void fire() {
            run.threads.active(Thread.currentThread());
            run.timers.submit(timer);
            run.timers.fireDue(1);
        }

        public String verdict() {
            return (cancelled ? "cancelled, " : "") + StillMachine.verdict(run, timer, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A function is attached while the handle ends: it is called once, with the value. */
    @JCStressTest
    @Outcome(id = "value, called 1, SUCCEEDED", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "lost, or called twice, or without the value")
    @State
    public static class AttachAgainstEnd {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<Object> source = new LoopFuture<>(run);
        private @Nullable LoopFuture<?> dependent;
        private @Nullable Object seen;
        private int called;

        @Actor
        public void attach() {
            dependent = source.thenAccept(value -> {
                seen = value;
                called++;
            });
        }

        @Actor
        public void end() {
            source.complete("value");
        }

        public String verdict() {
            // what is queued runs also when the loop is over: dependents are to tell others
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            run.state.reach(StopPhase.SWEPT);
            run.threads.active(Thread.currentThread());
            run.activeThread.run();
            return seen + ", called " + called + ", " + (dependent == null ? null : dependent.outcome());
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Two ask for the number of a call that has none yet. */
    @JCStressTest
    @Outcome(id = "the same", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "one call with two numbers")
    @State
    public static class TwoAskForTheNumber {
        private final LoopRun run = StillMachine.running();
        private final Call<?> call = new Call<>(run, Lane.WORK, (Task) () -> {}, null, null);
        private long one;
        private long other;

        @Actor
        public void ask() {
            one = call.id();
        }

        @Actor
        public void askToo() {
            other = call.id();
        }

        public String verdict() {
            return one == other && one == call.id() ? "the same" : one + " and " + other;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Two disarm the same deadline: it counts once as dead, or the watch would clear up for nothing from then on. */
    @JCStressTest
    @Outcome(id = "one of them", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "counted twice, or not at all")
    @State
    public static class TwoDisarm {
        private final Deadline deadline = new Deadline(0, () -> {}, null);
        private boolean one;
        private boolean other;

        @Actor
        public void disarm() {
            one = deadline.disarm();
        }

        @Actor
        public void disarmToo() {
            other = deadline.disarm();
        }

        public String verdict() {
            return one ^ other ? "one of them" : one ? "both" : "neither";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A deadline falls due while it is disarmed: it acts, or it counts as dead. */
    @JCStressTest
    @Outcome(
            id = {"acted", "dead"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    @State
    public static class DisarmAgainstFire {
        private final Deadline deadline;
        private boolean acted;
        private boolean dead;

        public DisarmAgainstFire() {
            deadline = new Deadline(0, () -> acted = true, null);
        }

        @Actor
        public void disarm() {
            dead = deadline.disarm();
        }

        @Actor
        public void fire() {
            deadline.fire();
        }

        public String verdict() {
            return acted ^ dead ? acted ? "acted" : "dead" : acted ? "both" : "neither";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
