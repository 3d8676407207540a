package dev.pel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.StackWalker.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The ways that package-info tells are the real ones: each class that is passed is named, in its place and with its thread, and none that
 * is not passed.
 *
 * <p>A <em>station</em> is a class that is on the stack when the engine leaves its own code: for an operation, a body, a function that is
 * attached, a listener, a propagator, or to start or wake a thread of those that the way goes on with. Queues, heaps and counters call
 * nobody, so they are no stations.
 */
class WayOfACallTests {
    private static final String CALLING = "calling thread";
    private static final String PASSIVE = "passive thread";
    private static final String ACTIVE = "active thread";
    private static final String WATCHDOG = "watchdog";
    private static final String COMPLETION = "completion thread";

    /** Passed with every listener and propagator, and on to nothing else: they count, and call one after the other. */
    private static final Set<String> NO_STATIONS =
            Set.of("LaneBooks", "Listeners", "RunState", "StateChanges", "Propagators", "JoinedSnapshot");

    /** The superclasses of LoopFuture, which are one station with it. */
    private static final Set<String> HANDLE = Set.of("JdkMethods", "ResultMethods", "StageMethods");

    private static final Pattern ITEM = Pattern.compile("<li>\\{@(?:code|link) (?:dev\\.pel\\.)?(\\w+)}, ([^:]+):");
    private static final CodeSource ENGINE = codeOf(PretendEventLoop.class);

    @RegisterExtension
    final Loops loops = new Loops();

    /** The thread whose steps are those of the calling thread; null while they do not count. */
    private volatile @Nullable Thread caller;

    /** What each thread has passed, in order; null while nothing counts. */
    private volatile @Nullable Map<String, Set<String>> passed;

    /** Which threads are woken on the way, by the ends of their names. */
    private volatile Predicate<String> isOnTheWay = name -> false;

    // ------------------------------------------------------------------ the ways

    @Test
    void nextPassesTheClassesThatPackageInfoNames() throws Exception {
        EventLoop loop = sleepingLoop();
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        follow(name -> !name.endsWith("-watch"));
        LoopFuture<String> handle = loop.next(
                () -> {
                    Loops.block(attached);
                    look();
                    return "value";
                },
                value -> look());
        caller = null; // what is attached to the handle is attached by the caller, not by the call
        handle.thenAccept(value -> {
            look();
            done.countDown();
        });
        attached.countDown();
        Loops.pass(done);
        assertThat(stations(CALLING, PASSIVE, ACTIVE)).isEqualTo(named("one {@code next}"));
    }

    @Test
    void delayPassesTheClassesThatPackageInfoNames() throws Exception {
        EventLoop loop = sleepingLoop();
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        follow(name -> !name.endsWith("-watch"));
        LoopFuture<?> timer = loop.delay(Duration.ofMillis(1), () -> {
            Loops.block(attached);
            look();
        });
        caller = null;
        timer.thenRun(() -> {
            look();
            done.countDown();
        });
        attached.countDown();
        Loops.pass(done);
        assertThat(stations(CALLING, ACTIVE)).isEqualTo(named("one {@code delay}"));
    }

    @Test
    void stopPassesTheClassesThatPackageInfoNames() throws Exception {
        EventLoop loop = sleepingLoop();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        loop.next(() -> {
            running.countDown();
            try {
                Loops.block(new CountDownLatch(1)); // until the stop interrupts it
            } finally {
                Loops.ignoreInterrupts(attached); // the report comes after that
            }
        });
        Loops.pass(running);
        follow(name -> name.endsWith("-watch"));
        var report = loop.stop(Duration.ZERO);
        caller = null;
        report.thenRun(() -> {
            look();
            done.countDown();
        });
        attached.countDown();
        Loops.pass(done);
        assertThat(stations(CALLING, WATCHDOG, COMPLETION)).isEqualTo(named("a {@code stop}"));
    }

    // ------------------------------------------------------------------ what is named

    /** The items of the list behind this heading: each a class and the thread on which it is entered first. */
    private static List<String> named(String way) throws IOException {
        String text = Files.readString(Path.of("src/main/java/dev/pel/package-info.java"), UTF_8);
        String heading = "The way of " + way;
        assertThat(text).contains(heading);
        String list = text.substring(text.indexOf(heading));
        return ITEM.matcher(list.substring(0, list.indexOf("</ol>")))
                .results()
                .map(WayOfACallTests::item)
                .toList();
    }

    private static String item(MatchResult item) {
        return item.group(1) + ", " + item.group(2);
    }

    // ------------------------------------------------------------------ what is passed

    /** The stations on these threads, in their order, each once. */
    private List<String> stations(String... threads) {
        Map<String, Set<String>> found = passed;
        passed = null;
        assertThat(found).isNotNull();
        List<String> known = new ArrayList<>();
        List<String> stations = new ArrayList<>();
        for (String thread : threads) {
            Set<String> ofThread = found.getOrDefault(thread, Set.of());
            synchronized (ofThread) {
                for (String station : ofThread) {
                    if (!known.contains(station)) {
                        known.add(station);
                        stations.add(station + ", " + thread);
                    }
                }
            }
        }
        return stations;
    }

    /** From here on what is passed counts. */
    private void follow(Predicate<String> wakings) {
        isOnTheWay = wakings;
        caller = Thread.currentThread();
        passed = new ConcurrentHashMap<>();
    }

    /** The engine has left its own code. */
    private void look() {
        Map<String, Set<String>> all = passed;
        String thread = role();
        if (all == null || thread == null) {
            return;
        }
        Set<String> known = all.computeIfAbsent(thread, role -> Collections.synchronizedSet(new LinkedHashSet<>()));
        List<String> stations = new ArrayList<>(StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.<Class<?>>map(StackWalker.StackFrame::getDeclaringClass)
                        .filter(type -> codeOf(type) == ENGINE)
                        .flatMap(type -> station(type.getNestHost().getSimpleName()))
                        .toList()));
        Collections.reverse(stations);
        known.addAll(stations);
    }

    private static @Nullable CodeSource codeOf(Class<?> type) {
        return type.getProtectionDomain().getCodeSource();
    }

    private static Stream<String> station(String type) {
        return NO_STATIONS.contains(type) ? Stream.of() : Stream.of(HANDLE.contains(type) ? "LoopFuture" : type);
    }

    private @Nullable String role() {
        Thread current = Thread.currentThread();
        String name = current.getName();
        if (current == caller) {
            return CALLING;
        } else if (name.contains("-passive-")) {
            return PASSIVE;
        } else if (name.endsWith("-active")) {
            return ACTIVE;
        } else if (name.endsWith("-watch")) {
            return WATCHDOG;
        }
        return name.endsWith("-completion") ? COMPLETION : null;
    }

    /** A loop whose threads all sleep, so that each that a way goes on with has to be woken. */
    private EventLoop sleepingLoop() {
        LookingMachine machine = new LookingMachine();
        EventLoop loop = loops.made(
                options -> options.withListener(new LookingListener()).withPropagator(this::capture), machine);
        loop.start();
        LoopRun run = ((PretendEventLoop) loop).loopRun();
        PoolLane lane = run.pool(Lane.PASSIVE);
        await().atMost(Loops.LONG)
                .until(() -> machine.started.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)
                        && run.queue.isIdle()
                        && lane.isAsleep()
                        && lane.wakeUp().searcher() == 0);
        return loop;
    }

    private ContextPropagator.Snapshot capture() {
        look();
        return () -> {
            look();
            return this::look;
        };
    }

    private final class LookingListener implements EventLoopListener {
        @Override
        public void queued(CallInfo call, Lane lane) {
            look();
        }

        @Override
        public void started(CallInfo call, Lane lane, long waitingNanos) {
            look();
        }

        @Override
        public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
            look();
        }

        @Override
        public void stateChanged(LoopState from, LoopState to) {
            look();
        }
    }

    private final class LookingMachine extends ForwardingMachine {
        private final List<Thread> started = new CopyOnWriteArrayList<>();

        @Override
        public void unpark(@Nullable Thread thread) {
            if (thread != null && isOnTheWay.test(thread.getName())) {
                look();
            }
            super.unpark(thread);
        }

        /** Else the watchdog looks around as long as threads are awake, and may be faster than the thread that stops. */
        @Override
        public boolean hasUnseenWaits() {
            return false;
        }

        @Override
        public void start(Thread thread) {
            look();
            super.start(thread);
            started.add(thread);
        }
    }
}
