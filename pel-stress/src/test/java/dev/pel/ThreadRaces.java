package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.Iterator;
import java.util.function.UnaryOperator;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A thread of an elastic lane ends, or is replaced, while somebody has something for it to do. */
public class ThreadRaces {
    private static LoopRun running(UnaryOperator<LaneOptions> passive) {
        EventLoopOptions options =
                EventLoopOptions.defaults().withPassive(passive).withWork(lane -> lane.withThreads(1));
        return new LoopRun(options, new StillMachine(), LoopState.RUNNING);
    }

    private static Call<?> submit(LoopRun run) {
        Task operation = () -> {};
        return (Call<?>) run.submissions.submit(Lane.PASSIVE, operation, null, null, null);
    }

    /** The worker that would be woken first expires while a call comes. */
    @JCStressTest
    @Outcome(
            id = {"is woken", "expires, the other is woken"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "nobody is woken who takes the call, or the worker ends although it was woken")
    @State
    public static class ExpiryAgainstSubmit {
        private static final long LONG_AGO = -Duration.ofHours(1).toNanos();

        private final LoopRun run = running(lane -> lane.withThreads(1, 2));
        private final PoolLane lane = run.pool(Lane.PASSIVE);
        private final ElasticThreads threads = (ElasticThreads) lane.threads();
        private final Searcher first;
        private final Searcher other;
        private boolean expires;

        public ExpiryAgainstSubmit() {
            threads.addOne();
            Iterator<Worker> workers = lane.workers().iterator();
            other = workers.next().searcher();
            first = workers.next().searcher();
            lane.wakeUp().pushIdle(other);
            lane.wakeUp().pushIdle(first);
        }

        @Actor
        public void submit() {
            ThreadRaces.submit(run);
        }

        @Actor
        public void expire() {
            expires = threads.expires(first, LONG_AGO);
        }

        public String verdict() {
            int woken = lane.wakeUp().searcher();
            String who =
                    woken == first.id() ? "is woken" : woken == other.id() ? "the other is woken" : "nobody is woken";
            return (expires ? "expires, " : "") + who;
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** A worker comes back from its operation while the watchdog finds that it hangs there. */
    @JCStressTest
    @Outcome(
            id = {"replaced, ends", "not replaced, goes on"},
            expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the lane has one thread too many, or one too few")
    @State
    public static class HangAgainstReturn {
        private final LoopRun run = running(
                lane -> lane.withThreads(1).withElastic(elastic -> elastic.withHungAfter(Duration.ofMillis(1))));
        private final PoolLane lane = run.pool(Lane.PASSIVE);
        private final ElasticThreads threads = (ElasticThreads) lane.threads();
        private final Worker worker;
        private final Call<?> call;
        private boolean isReplaced;
        private boolean ends;

        public HangAgainstReturn() {
            lane.grow();
            worker = lane.workers().iterator().next();
            call = submit(run);
            worker.enter(call);
        }

        @Actor
        public void look() {
            isReplaced = threads.replace(worker, call);
        }

        @Actor
        public void comeBack() {
            worker.leave(null);
            ends = lane.releases(worker);
        }

        public String verdict() {
            return (isReplaced ? "replaced" : "not replaced") + (ends ? ", ends" : ", goes on");
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }
}
