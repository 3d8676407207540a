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

/** Somebody brings work while the thread that is to do it goes to sleep: it must not sleep over it. */
public class WakeUpRaces {

    /** {@link ActiveLane#post} against its sleep: the parked flag. */
    @JCStressTest
    @Outcome(id = "done", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the active thread sleeps, and its queue is not empty")
    @State
    public static class PostAgainstSleep {
        private final Bed bed = new Bed();
        private final LoopRun run = StillMachine.running(bed);
        private boolean done;

        @Actor
        public void post() {
            run.queue.post(new Signal() {
                @Override
                public void run() {
                    done = true;
                    over(run);
                }

                @Override
                public void abandon() {}
            });
            bed.leave();
        }

        @Actor
        public void run() {
            run.threads.active(Thread.currentThread());
            run.activeThread.run();
        }

        public String verdict() {
            return bed.verdict(done);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** {@link PoolLane#submit} against the sleep of the only worker, which has just found nothing. */
    @JCStressTest
    @Outcome(id = "done", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the worker sleeps, and its queue is not empty")
    @State
    public static class SubmitAgainstSleep {
        private final Bed bed = new Bed();
        private final LoopRun run = StillMachine.running(bed);
        private int brought;
        private boolean done;

        @Actor
        public void submit() {
            brought = 1;
            Task operation = () -> {
                done = brought == 1; // what was written before the submission
                over(run);
            };
            run.submissions.submit(Lane.WORK, operation, null, null, null);
            bed.leave();
        }

        @Actor
        public void run() {
            work(run, bed);
        }

        public String verdict() {
            return bed.verdict(done);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /**
     * The right to search: a worker takes a call, holding it, and gives it back, while somebody brings another call. The first
     * worker takes that too, or the other one is woken.
     */
    @JCStressTest
    @Outcome(
            id = {"done", "the other does it"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "nobody comes to take the second call")
    @State
    public static class SubmitAgainstSearcher {
        private final Bed bed = new Bed();
        private final LoopRun run = StillMachine.running(bed);
        private boolean done;

        public SubmitAgainstSearcher() {
            Task first = () -> {};
            run.submissions.submit(Lane.WORK, first, null, null, null);
            bed.other(run, Lane.WORK);
        }

        @Actor
        public void submit() {
            Task second = () -> {
                done = true;
                over(run);
            };
            run.submissions.submit(Lane.WORK, second, null, null, null);
            bed.leave();
        }

        @Actor
        public void run() {
            work(run, bed);
        }

        public String verdict() {
            return bed.verdict(done);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** {@link Deadlines#arm} against the sleep of the watch. */
    @JCStressTest
    @Outcome(id = "done", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the watch sleeps, and a deadline has passed")
    @State
    public static class ArmAgainstSleep {
        private final Bed bed = new Bed();
        private final LoopRun run = StillMachine.running(bed);
        private boolean done;

        public ArmAgainstSleep() {
            run.watchdog.start();
            bed.alarm(() -> run.stop(Duration.ZERO, true));
        }

        @Actor
        public void arm() {
            run.deadlines.arm(
                    Duration.ZERO,
                    () -> {
                        done = true;
                        run.stop(Duration.ZERO, true); // the watch ends with the stop
                    },
                    null);
            bed.leave();
        }

        @Actor
        public void run() {
            run.watchdog.start(); // the watchdog is this thread
            run.watchdog.run();
        }

        public String verdict() {
            return bed.verdict(done);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Runs the worker; when it sleeps beside a queue that is not empty, the alarm ends it. */
    private static void work(LoopRun run, Bed bed) {
        Worker worker = StillMachine.worker(run, Lane.WORK);
        bed.alarm(() -> {
            over(run);
            worker.searcher().wake();
        });
        worker.run();
    }

    private static void over(LoopRun run) {
        run.state.change(LoopState.RUNNING, LoopState.STOPPING);
        run.state.reach(StopPhase.SWEPT);
    }
}
