package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A stack that comes to its end costs its thread an error, and the loop nothing. */
class StackRoomTests {
    /** The recursion stays interpreted, so that its frames have one size; all else is compiled as the JVM likes. */
    private static final List<String> STEADY_RECURSION = List.of(
            "-Xss256k",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=exclude,dev.pel.DeepCaller::narrow",
            "-XX:CompileCommand=exclude,dev.pel.DeepCaller::narrowest",
            "-XX:CompileCommand=exclude,dev.pel.DeepCaller::wide",
            "-XX:CompileCommand=exclude,dev.pel.StackRoomTests$HalfOfTheRoom::down",
            "-XX:CompileCommand=exclude,dev.pel.StackRoomTests$HalfOfTheRoom::further",
            "-XX:CompileCommand=exclude,dev.pel.StackRoomTests$RoomLeft::down",
            "-XX:CompileCommand=exclude,dev.pel.StackRoomTests$RoomLeft::count");

    @TempDir
    Path directory;

    @Test
    void classesThatAreLoadedBeforehandAreThere() {
        assertThat(StackRoom.NEEDED)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(Class.forName(name)).isNotNull());
    }

    /** A program that measures how much stack is left at least where the room was there. */
    static final class RoomLeft {
        private static final int WARM_UP = 50_000;
        private static final int LEVELS = 200;
        private static final long STACK = 256 << 10;

        /** Bytes that a call of {@link #count} takes at least in the interpreter. */
        private static final int FRAME = 96;

        private final StackRoom stack = new StackRoom();
        private final Runnable probe;
        private boolean passed;
        private int counted;

        private RoomLeft(boolean all) {
            this.probe = all ? stack::ensureRoom : stack::ensureSomeRoom;
        }

        @SuppressWarnings("InfiniteRecursion") // until no stack is left
        private int count(int calls) {
            counted = calls;
            return count(calls + 1) + 1;
        }

        private int down(int levels) {
            if (levels > 0) {
                return down(levels - 1) + 1;
            }
            passed = false;
            counted = 0;
            probe.run();
            passed = true;
            return count(1);
        }

        /** How many calls of count there is room for after so many levels; -1 when pel would not begin there. */
        private int left(int levels) throws InterruptedException {
            Runnable deed = () -> {
                try {
                    down(levels);
                } catch (StackOverflowError e) {
                    // always
                }
            };
            Thread thread = new Thread(null, deed, "measured", STACK);
            thread.start();
            thread.join();
            return passed ? counted : -1;
        }

        private int leastLeft() throws InterruptedException {
            int least = Integer.MAX_VALUE;
            int deepest = left(0);
            for (int levels = deepest - LEVELS; levels < deepest; levels++) {
                int left = left(levels);
                least = left < 0 ? least : Math.min(least, left);
            }
            return least;
        }

        public static void main(String[] args) throws InterruptedException {
            RoomLeft some = new RoomLeft(false);
            RoomLeft all = new RoomLeft(true);
            for (int i = 0; i < WARM_UP; i++) {
                some.probe.run();
                all.probe.run();
            }
            System.out.println("all=" + FRAME * all.leastLeft());
            System.out.println("some=" + FRAME * some.leastLeft());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:+TieredCompilation"})
    void roomIsLeftHoweverTheCodeIsCompiled(String mode) throws Exception {
        roomIsLeft(mode);
    }

    @ParameterizedTest
    @Tag("thorough")
    @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=3", "-XX:-TieredCompilation"})
    void roomIsLeftHoweverElseTheCodeIsCompiled(String mode) throws Exception {
        roomIsLeft(mode);
    }

    private void roomIsLeft(String mode) throws Exception {
        List<String> arguments = new ArrayList<>(STEADY_RECURSION);
        arguments.add(mode);
        try (ForkedJvm program = ForkedJvm.start(directory, arguments, RoomLeft.class)) {
            assertThat(program.ended()).as(program.console()).isZero();
            // a few calls less: the one that measures is as deep as the one that makes sure
            assertThat(program.figure("all")).isGreaterThan(7_000);
            assertThat(program.figure("some")).isGreaterThan(3_300).isLessThan(program.figure("all"));
        }
    }

    /** Does something where about half of the room is left. */
    abstract static class HalfOfTheRoom implements Runnable {
        static final long STACK = 256 << 10;
        private static final int LEVELS = 35;

        final StackRoom stack = new StackRoom();

        abstract void work();

        @Override
        public final void run() {
            down();
        }

        /** False where the room is missing; the level above that does the work. */
        @SuppressWarnings("InfiniteRecursion") // until the room is missing
        private boolean down() {
            try {
                stack.ensureRoom();
            } catch (StackOverflowError e) {
                return false;
            }
            if (!down()) {
                further(LEVELS);
            }
            return true;
        }

        private void further(int levels) {
            if (levels > 0) {
                further(levels - 1);
            } else {
                work();
            }
        }
    }

    /**
     * A program that calls, where half of the room is left, a method that would ensure all of it under a condition that does not hold. What
     * pel does in the middle of an end is such a method.
     */
    static final class Conditional extends HalfOfTheRoom {
        private static final int WARM_UP = 200_000;

        private int passed;

        @Override
        void work() {
            ensureRoomIf(false);
        }

        private void ensureRoomIf(boolean needed) {
            if (needed) {
                stack.ensureRoom();
                stack.ensureSomeRoom();
            }
            passed++;
        }

        public static void main(String[] args) throws InterruptedException {
            Conditional conditional = new Conditional();
            for (int i = 0; i < WARM_UP; i++) {
                conditional.ensureRoomIf(true);
            }
            conditional.passed = 0;
            Thread thread = new Thread(null, conditional, "conditional", STACK);
            thread.start();
            thread.join();
            System.out.println("passed=" + conditional.passed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation", "-XX:-TieredCompilation"})
    void roomIsNeededOnlyWhereItIsEnsured(String mode) throws Exception {
        List<String> arguments = new ArrayList<>(STEADY_RECURSION);
        arguments.add(mode);
        arguments.add("-Xbatch");
        try (ForkedJvm program = ForkedJvm.start(directory, arguments, Conditional.class)) {
            assertThat(program.ended()).as(program.console()).isZero();
            assertThat(program.figure("passed")).as(program.console()).isEqualTo(1);
        }
    }

    /**
     * A program in which two threads meet at a counter and in a map, each with about half of the room left. What the JDK loads at such
     * a meeting must be there already.
     */
    static final class Meeting extends HalfOfTheRoom {
        private static final int TIMES = 100_000;

        private final LaneCounters counters =
                new LaneCounters(EventLoopOptions.defaults().passive());
        private final Set<Object> map = ConcurrentHashMap.newKeySet();

        @Override
        void work() {
            Object mine = Thread.currentThread();
            for (int i = 0; i < TIMES; i++) {
                counters.ended(Outcome.CANCELLED);
                counters.abandoned(1);
                map.add(mine);
                map.remove(mine);
            }
        }

        public static void main(String[] args) throws InterruptedException {
            Meeting meeting = new Meeting();
            Thread one = new Thread(null, meeting, "one", STACK);
            Thread other = new Thread(null, meeting, "other", STACK);
            one.start();
            other.start();
            one.join();
            other.join();
            System.out.println(
                    "counted=" + meeting.counters.snapshot().outcomes().get(Outcome.CANCELLED));
        }
    }

    @Test
    void callsThatMeetNeedNoMoreThanTheRoom() throws Exception {
        try (ForkedJvm program = ForkedJvm.start(directory, List.of("-Xint"), Meeting.class)) {
            assertThat(program.ended()).as(program.console()).isZero();
            assertThat(program.figure("counted")).isEqualTo(2 * Meeting.TIMES);
        }
    }

    private void callsFromEveryDepth(String mode, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(STEADY_RECURSION);
        all.add(mode);
        try (ForkedJvm program = ForkedJvm.start(directory, all, DeepCaller.class, arguments)) {
            assertThat(program.ended()).as(program.console()).isZero();
            assertThat(program.figure("overflows")).isPositive().isLessThan(program.figure("trials"));
        }
    }

    @ParameterizedTest
    @Tag("scaled")
    @CsvSource({"-Xint, 151, 37", "-XX:+TieredCompilation, 251, 37"})
    void everyCallFromEveryDepthLeavesALoopThatLives(String mode, int stride, int thoroughStride) throws Exception {
        long each = Scale.of("pel.test.deep.stride", stride, thoroughStride);
        callsFromEveryDepth(mode, "PLAIN", Long.toString(each), "88");
    }

    @ParameterizedTest
    @Tag("thorough")
    @CsvSource({
        "-Xint, GREEDY, 241, 80",
        "-Xint, VIRTUAL, 53, 84",
        "-XX:TieredStopAtLevel=1, PLAIN, 53, 86",
        "-XX:TieredStopAtLevel=3, VIRTUAL, 53, 90",
        "-XX:+TieredCompilation, GREEDY, 96, 92",
        "-XX:-TieredCompilation, PLAIN, 53, 94",
        "-XX:+TieredCompilation, PLAIN, 53, 96",
        "-XX:+TieredCompilation, PLAIN, 43, 40",
        "-XX:+TieredCompilation, PLAIN, 41, 20",
        "-XX:+TieredCompilation, PLAIN, 37, 60"
    })
    void everyCallFromEveryDepthLeavesALoopThatLives(String mode, String kind, String stride, String first)
            throws Exception {
        boolean possible = JdkMachine.hasVirtualThreads() || !kind.equals("VIRTUAL");
        callsFromEveryDepth(mode, possible ? kind : "PLAIN", stride, first);
    }
}
