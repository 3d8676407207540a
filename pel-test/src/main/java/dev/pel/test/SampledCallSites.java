package dev.pel.test;

import dev.pel.CallInfo;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the code is that keeps a simulation from coming to rest: samples of stacks, taken while a wait of the test has used up more than
 * half of what it may, and the labels of the calls that start meanwhile. A sample is the place in the user's code that is nearest to
 * the engine, and the method of the engine that it calls.
 */
final class SampledCallSites implements EventLoopListener {
    private static final int MOST_SHOWN = 3;

    /** So many samples are taken one after the other, and later one of so many, a prime, so as not to meet the same step each time. */
    private static final int ALL_OF = 2_000;

    private static final int ONE_OF = 97;

    private static final String ENGINE = "dev.pel.";
    private static final String ENGINE_IN_SPRING = "dev.pel.spring.";
    private static final Set<String> KIT = Set.of(
            Simulation.class.getName(),
            Scheduler.class.getName(),
            SimulatedMachine.class.getName(),
            SimulatedThread.class.getName(),
            SampledCallSites.class.getName());

    private final Map<String, Integer> places = new ConcurrentHashMap<>();
    private final Map<String, Integer> labels = new ConcurrentHashMap<>();
    private long asked;
    private volatile boolean isOn;

    /** With the token: begins anew, or ends. */
    void turn(boolean on) {
        if (on && !isOn) {
            places.clear();
            labels.clear();
            asked = 0;
        }
        isOn = on;
    }

    /** On the thread that takes a step. */
    void sample() {
        if (isOn && (asked++ < ALL_OF || asked % ONE_OF == 0)) {
            String place = StackWalker.getInstance().walk(frames -> place(frames.iterator()));
            if (place != null) {
                places.merge(place, 1, Integer::sum);
            }
        }
    }

    @Override
    public void started(CallInfo call, Lane lane, long waitingNanos) {
        String label = call.label();
        if (isOn && label != null) {
            labels.merge(label, 1, Integer::sum);
        }
    }

    private static @Nullable String place(Iterator<StackWalker.StackFrame> frames) {
        String called = null;
        while (frames.hasNext()) {
            StackWalker.StackFrame frame = frames.next();
            String type = frame.getClassName();
            if (isEngine(type)) {
                called = frame.getMethodName();
            } else if (called != null && !isOfTheKitOrTheJdk(type)) {
                return "%s, which calls %s".formatted(frame.toStackTraceElement(), called);
            }
        }
        return null;
    }

    private static boolean isEngine(String type) {
        return type.startsWith(ENGINE) && type.indexOf('.', ENGINE.length()) < 0;
    }

    private static boolean isOfTheKitOrTheJdk(String type) {
        int nested = type.indexOf('$');
        return KIT.contains(nested < 0 ? type : type.substring(0, nested))
                || type.startsWith("java.")
                || type.startsWith("jdk.")
                || type.startsWith("org.springframework.")
                || (type.startsWith(ENGINE_IN_SPRING) && !type.startsWith(ENGINE_IN_SPRING + "test."));
    }

    /** The most frequent ones; empty when none were seen. */
    String describe() {
        String text = places.isEmpty()
                ? ""
                : "\nWho goes on, in samples of the second half:" + top(places, "\n  %2$d times at %1$s");
        return labels.isEmpty()
                ? text
                : text + "\nCalls that started meanwhile:" + top(labels, "\n  '%1$s' %2$d times");
    }

    private static String top(Map<String, Integer> counts, String format) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_SHOWN)
                .map(entry -> format.formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
    }
}
