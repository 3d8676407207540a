package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** What one writes into plain fields the next in the chain sees: submitter, operation, body, whoever has the result. */
public class VisibilityRaces {

    /** The operation writes on one thread, the body reads on another, which looks for it all the time. */
    @JCStressTest
    @Outcome(id = "1 2", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the body, or whoever has the result, sees an old value")
    @State
    public static class OperationBodyGet {
        private final LoopRun run = StillMachine.running();
        private int byOperation;
        private int seenByBody;
        private int byBody;
        private int seenAfterGet;

        @Actor
        public void operation() {
            Task operation = () -> byOperation = 1;
            Task body = () -> {
                seenByBody = byOperation;
                byBody = 2;
            };
            Call<?> call = (Call<?>) run.submissions.submit(Lane.WORK, operation, body, null, null);
            StillMachine.worker(run, Lane.WORK).run(call, run.pool(Lane.WORK));
            while (!call.isDone()) {
                run.machine.spin();
            }
            call.join();
            seenAfterGet = byBody;
            run.state.change(LoopState.RUNNING, LoopState.STOPPING);
            run.state.reach(StopPhase.SWEPT);
        }

        @Actor
        public void body() {
            run.threads.active(Thread.currentThread());
            run.activeThread.run();
        }

        public String verdict() {
            return seenByBody + " " + seenAfterGet;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** What the submitter has written the operation sees, and what that returns is seen whole. */
    @JCStressTest
    @Outcome(id = "1 2", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the operation, or whoever has the result, sees an old value")
    @State
    public static class SubmitOperationGet {
        private final LoopRun run = StillMachine.running();
        private int bySubmitter;
        private int seenByOperation;
        private int byOperation;
        private int seenAfterGet;

        @Actor
        public void submit() {
            bySubmitter = 1;
            Task operation = () -> {
                seenByOperation = bySubmitter;
                byOperation = 2;
            };
            LoopFuture<?> handle = run.submissions.submit(Lane.WORK, operation, null, null, null);
            while (!handle.isDone()) {
                run.machine.spin();
            }
            handle.join();
            seenAfterGet = byOperation;
        }

        @Actor
        public void operation() {
            Worker worker = StillMachine.worker(run, Lane.WORK);
            Call<?> call = null;
            while (call == null) {
                call = run.pool(Lane.WORK).queue().poll();
                run.machine.spin();
            }
            worker.run(call, run.pool(Lane.WORK));
        }

        public String verdict() {
            return seenByOperation + " " + seenAfterGet;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
