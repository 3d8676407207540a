package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Something is brought while the loop stops: it has run, or it is refused or ended, never both and never neither. */
public class StopRaces {

    /** A call for a pool, against a worker that looks once and the stop that follows. */
    @JCStressTest
    @Outcome(
            id = {"SUCCEEDED, ran 1", "STOPPED, ran 0", "REJECTED, ran 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "accepted and lost, refused and run, or left in the books")
    @State
    public static class SubmitAgainstStop {
        private final LoopRun run = StillMachine.running();
        private @Nullable LoopFuture<?> handle;
        private int ran;

        @Actor
        public void submit() {
            Task operation = () -> ran++;
            handle = run.submissions.submit(Lane.WORK, operation, null, null, null);
        }

        @Actor
        public void stop() {
            PoolLane lane = run.pool(Lane.WORK);
            Worker worker = StillMachine.worker(run, Lane.WORK);
            Call<?> call = lane.queue().poll();
            if (call != null) {
                worker.run(call, lane);
            }
            lane.ended(worker);
            StillMachine.stop(run);
        }

        public String verdict() {
            return StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A task for the active lane, whose thread could not be started, against the stop. */
    @JCStressTest
    @Outcome(
            id = {"STOPPED, ran 0", "REJECTED, ran 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "accepted and lost, or left in the books")
    @State
    public static class EnqueueAgainstStop {
        private final LoopRun run = StillMachine.running();
        private @Nullable LoopFuture<?> handle;
        private int ran;

        @Actor
        public void enqueue() {
            Task body = () -> ran++;
            handle = run.submissions.submit(Lane.ACTIVE, body, null, null, null);
        }

        @Actor
        public void stop() {
            StillMachine.stop(run);
        }

        public String verdict() {
            return StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A stop with time: what is accepted runs, however long that takes. All threads of the loop are one here. */
    @JCStressTest
    @Outcome(
            id = {"SUCCEEDED, ran 2", "REJECTED, ran 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "accepted, and not run to its end")
    @State
    public static class SubmitAgainstDrain {
        private final Drain machine = new Drain();
        private final LoopRun run = StillMachine.running(machine);
        private @Nullable LoopFuture<?> handle;
        private int ran;

        @Actor
        public void submit() {
            Task operation = () -> ran++;
            Task body = () -> ran++;
            handle = run.submissions.submit(Lane.WORK, operation, body, null, null);
        }

        @Actor
        public void stop() {
            machine.drain(run);
        }

        public String verdict() {
            return StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A machine on which the active thread, whenever it has nothing to do, does the work of the others. */
    private static final class Drain extends StillMachine {
        /** So many looks in vain, and the drain will never end; the other thread may have lost its processor for a while. */
        private static final int PATIENCE = 1_000_000;

        private @Nullable LoopRun run;
        private @Nullable Worker worker;
        private int looks;

        void drain(LoopRun loop) {
            run = loop;
            loop.threads.active(Thread.currentThread());
            worker = worker(loop, Lane.WORK);
            loop.stop(Duration.ofDays(1), false);
            loop.activeThread.run();
        }

        @Override
        public void park(Object blocker, long nanos) {
            LoopRun loop = run;
            Shutdown steps = loop == null ? null : loop.stopping();
            if (loop == null || steps == null) {
                return;
            }
            Worker one = worker;
            Call<?> call = one == null ? null : one.lane().queue().poll();
            if (call != null) {
                one.run(call, one.lane());
            } else if (one != null && loop.isOver()) {
                one.lane().ended(one);
                worker = null;
            } else if (++looks > PATIENCE) {
                loop.stop(Duration.ZERO, true);
            }
            steps.step();
            giveWay();
        }
    }

    /** A timer against the stop. */
    @JCStressTest
    @Outcome(
            id = {"STOPPED, ran 0", "REJECTED, ran 0"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "accepted and lost")
    @State
    public static class DelayAgainstStop {
        private final LoopRun run = StillMachine.running();
        private @Nullable LoopFuture<?> handle;
        private int ran;

        @Actor
        public void delay() {
            handle = run.submissions.delay(Duration.ofDays(1), () -> ran++);
        }

        @Actor
        public void stop() {
            StillMachine.stop(run);
        }

        public String verdict() {
            return StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A dependent that is attached to a handle that is done, against the stop. It runs on a completion thread then. */
    @JCStressTest
    @Outcome(id = "SUCCEEDED, ran 1", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "attached and lost")
    @State
    public static class AttachAgainstStop {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<Object> source = new LoopFuture<>(run);
        private @Nullable LoopFuture<?> handle;
        private int ran;

        public AttachAgainstStop() {
            source.complete("value");
        }

        @Actor
        public void attach() {
            handle = source.thenRun(() -> ran++);
        }

        @Actor
        public void stop() {
            StillMachine.stop(run);
        }

        public String verdict() {
            StillMachine.runCompletions(run);
            return StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A handle begins to wait for a future that is not the loop's, against the stop. */
    @JCStressTest
    @Outcome(id = "STOPPED, ran 0", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class WaitOutsideAgainstStop {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<Object> handle = new LoopFuture<>(run);

        @Actor
        public void waitOutside() {
            handle.waitOutside();
        }

        @Actor
        public void stop() {
            StillMachine.stop(run);
        }

        public String verdict() {
            return StillMachine.verdict(run, handle, 0);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** The active thread, which comes back at last, against the watch, which takes its queue over. */
    @JCStressTest
    @Outcome(id = "STOPPED, ran 0", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "ended by nobody, or booked by both")
    @State
    public static class TakeOverAgainstActiveThread {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<?> handle;
        private int ran;

        public TakeOverAgainstActiveThread() {
            Task body = () -> ran++;
            handle = run.submissions.submit(Lane.ACTIVE, body, null, null, null);
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            run.state.reach(StopPhase.SWEPT);
        }

        @Actor
        public void takeOver() {
            while (!run.activeThread.takeOver()) {
                run.machine.giveWay();
            }
        }

        @Actor
        public void run() {
            run.threads.active(Thread.currentThread());
            run.activeThread.run();
        }

        public String verdict() {
            return StillMachine.verdict(run, handle, ran);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A command that is posted by a submitter who is late, while the active thread ends. */
    @JCStressTest
    @Outcome(id = "STOPPED 1, ran 0", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "in a queue that nobody looks into any more, or booked twice")
    @State
    public static class PostAgainstClose {
        private final LoopRun run = StillMachine.running();
        private final PostedTask command;
        private int ran;

        public PostAgainstClose() {
            command = new PostedTask(run, () -> ran++);
            run.activeBooks.counters().takePlace();
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            run.state.reach(StopPhase.SWEPT);
        }

        @Actor
        public void post() {
            run.queue.post(command);
        }

        @Actor
        public void close() {
            run.threads.active(Thread.currentThread());
            run.activeThread.run();
        }

        public String verdict() {
            LaneCounters.Snapshot books = run.activeBooks.counters().snapshot();
            return "STOPPED " + books.outcomes().get(dev.pel.Outcome.STOPPED) + ", ran " + ran
                    + (run.drainCheck().allEnded() ? "" : ", books open");
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /**
     * A dependent runs on an active thread that is about to end, while the attaching thread has not got its handle yet. What is
     * attached before the end of the sweep is called.
     */
    @JCStressTest
    @Outcome(id = "called 1, SUCCEEDED", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "lost, or called twice")
    @State
    public static class AttachAgainstEndOfActiveThread {
        private final LoopRun run = StillMachine.running();
        private final LoopFuture<Object> source = new LoopFuture<>(run);
        private @Nullable LoopFuture<?> dependent;
        private int called;

        public AttachAgainstEndOfActiveThread() {
            source.complete("value");
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        }

        @Actor
        public void attach() {
            dependent = source.thenAccept(value -> called++);
            run.state.reach(StopPhase.SWEPT);
        }

        @Actor
        public void run() {
            run.threads.active(Thread.currentThread());
            run.activeThread.run(); // until it is swept, and its queue is empty
        }

        public String verdict() {
            return "called " + called + ", " + (dependent == null ? null : dependent.outcome());
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Somebody asks for the report while the stop ends. */
    @JCStressTest
    @Outcome(id = "has the report", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "waits for ever")
    @State
    public static class StopAgainstEndOfStop {
        private final LoopRun run = StillMachine.running();
        private @Nullable CompletableFuture<StopReport> report;

        @Actor
        public void ask() {
            report = run.stop(Duration.ZERO, true);
        }

        @Actor
        public void stop() {
            StillMachine.stop(run);
        }

        public String verdict() {
            return report != null && report.isDone() ? "has the report" : "waits";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Two make a transition: one does. */
    @JCStressTest
    @Outcome(
            id = {"DRAINING by the first", "STOPPING by the other"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "both, or neither")
    @State
    public static class TwoTransitions {
        private final LoopRun run = StillMachine.running();
        private boolean first;
        private boolean other;

        @Actor
        public void drain() {
            first = run.state.change(LoopState.RUNNING, LoopState.DRAINING);
        }

        @Actor
        public void stop() {
            other = run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        }

        public String verdict() {
            return run.state() + (first ? " by the first" : "") + (other ? " by the other" : "");
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
