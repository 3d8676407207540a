package dev.pel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** What is told of a lane's pressure: the last that is told is what is true. */
public class PressureRaces {
    /** High from one waiting entry on, low when none waits. */
    private static final LaneOptions OPTIONS = new LaneOptions(1, 10, 10, 0, ThreadKind.PLATFORM);

    /** An entry comes and another leaves, around both marks: what is told last is what is true. */
    @JCStressTest
    @Outcome(id = "1 waits, high, told high", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "as many as the high mark wait, and nobody knows")
    @State
    public static class RiseAgainstFall {
        private final Told told = new Told();
        private final LaneCounters counters = new LaneCounters(OPTIONS);
        private final Pressure pressure = new Pressure(
                Lane.WORK, OPTIONS, counters, new Listeners(List.of(told), new JdkMachine(), Runnable::run));

        public RiseAgainstFall() {
            pressure.rose(counters.takePlace());
        }

        @Actor
        public void come() {
            pressure.rose(counters.takePlace());
        }

        @Actor
        public void leave() {
            counters.left();
            pressure.fell();
        }

        public String verdict() {
            return told.verdict(counters, pressure);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** An entry comes, and leaves again while that is being told. */
    @JCStressTest
    @Outcome(id = "0 waits, low, told low", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the lane counts as high, and nothing waits that could make it fall")
    @State
    public static class FallAgainstRise {
        private final Told told = new Told();
        private final long place;
        private final LaneCounters counters = new LaneCounters(OPTIONS);
        private final Pressure pressure = new Pressure(
                Lane.WORK, OPTIONS, counters, new Listeners(List.of(told), new JdkMachine(), Runnable::run));

        public FallAgainstRise() {
            place = counters.takePlace();
        }

        @Actor
        public void tell() {
            pressure.rose(place);
        }

        @Actor
        public void leave() {
            counters.left();
            pressure.fell();
        }

        public String verdict() {
            return told.verdict(counters, pressure);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    private static final class Told implements EventLoopListener {
        private volatile boolean high;

        @Override
        public void pressureHigh(Lane lane, int size) {
            high = true;
        }

        @Override
        public void pressureLow(Lane lane, int size) {
            high = false;
        }

        String verdict(LaneCounters counters, Pressure pressure) {
            return counters.size() + " waits, " + (pressure.isHigh() ? "high" : "low") + ", told "
                    + (high ? "high" : "low");
        }
    }
}
