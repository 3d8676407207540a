package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneOptions;
import dev.pel.LoopState;
import dev.pel.StopReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.convert.DurationStyle;

/**
 * What the endpoint can do to one loop.
 *
 * @param loop is steered
 * @param mostThreads how many threads a lane may get here
 */
record LoopActions(EventLoop loop, int mostThreads) {
    private static final List<String> ACTIONS = List.of("stop", "force-stop", "start", "resize");
    private static final int OK = 200;
    private static final int ACCEPTED = 202;
    private static final int CONFLICT = 409;

    /** The request waits for the report, so there must be an end to it. */
    private static final Duration LONGEST_DEADLINE = Duration.ofHours(1);

    /** How much longer than its deadline and grace a stop may take before the request gives up on the report. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Would be taken for milliseconds. */
    private static final Pattern WITHOUT_UNIT = Pattern.compile("[+-]?\\d+");

    /**
     * Does one of them.
     *
     * @param action its name
     * @param deadline of a stop
     * @param lane of a resize
     * @param threads of a resize
     * @return the answer
     * @throws BadRequest when a parameter is missing or wrong
     * @throws InterruptedException when the thread of the request was interrupted while it waited for a report
     */
    WebEndpointResponse<Object> act(
            @Nullable String action, @Nullable String deadline, @Nullable String lane, @Nullable String threads)
            throws InterruptedException {
        refuseOutside("stop", action, "deadline", deadline);
        refuseOutside("resize", action, "lane", lane);
        refuseOutside("resize", action, "threads", threads);
        try {
            return switch (action == null ? "" : action) {
                case "stop" -> stop(deadline);
                case "force-stop" -> forceStop();
                case "start" -> start();
                case "resize" -> resize(lane, threads);
                default -> throw new BadRequest("action", "one of " + String.join(", ", ACTIONS), action);
            };
        } catch (IllegalStateException e) {
            // another request was faster than the look at the state
            return conflict(action);
        }
    }

    /** What an action would not look at is no part of it: a force-stop with a deadline is not what somebody meant. */
    private static void refuseOutside(String owner, @Nullable String action, String parameter, @Nullable String value) {
        if (value != null && action != null && ACTIONS.contains(action) && !action.equals(owner)) {
            throw new BadRequest(parameter, "left out of " + action, value);
        }
    }

    private WebEndpointResponse<Object> stop(@Nullable String text) throws InterruptedException {
        Duration deadline = deadline(text);
        if (loop.state() != LoopState.RUNNING) {
            return conflict("stop");
        }
        return report(loop.stop(deadline), deadline);
    }

    private Duration deadline(@Nullable String text) {
        if (text == null) {
            return loop.options().stopDeadline();
        }
        if (WITHOUT_UNIT.matcher(text).matches()) {
            throw new BadRequest("deadline", "a duration with its unit, such as 10s,", text);
        }
        try {
            Duration deadline = DurationStyle.detectAndParse(text);
            if (!deadline.isNegative() && deadline.compareTo(LONGEST_DEADLINE) <= 0) {
                return deadline;
            }
        } catch (IllegalArgumentException e) {
            // the answer below
        }
        throw new BadRequest("deadline", "a duration between 0s and 1h", text);
    }

    /** Also while a stop is under way: that is when one wants it. */
    private WebEndpointResponse<Object> forceStop() throws InterruptedException {
        LoopState state = loop.state();
        if (state == LoopState.NEW || state == LoopState.STOPPED) {
            return conflict("force-stop");
        }
        return report(loop.forceStop(), Duration.ZERO);
    }

    private WebEndpointResponse<Object> report(CompletableFuture<StopReport> report, Duration deadline)
            throws InterruptedException {
        // the loop's own settings may be any durations, also such that their sum is none
        Duration patience = atMostLongest(deadline)
                .plus(atMostLongest(loop.options().interruptGrace()))
                .plus(PATIENCE);
        try {
            return answer(OK, StopDescription.of(report.get(patience.toNanos(), TimeUnit.NANOSECONDS)));
        } catch (TimeoutException e) {
            return answer(ACCEPTED, state());
        } catch (ExecutionException e) {
            throw new IllegalStateException("A stop's report never fails", e);
        }
    }

    private static Duration atMostLongest(Duration time) {
        return time.compareTo(LONGEST_DEADLINE) < 0 ? time : LONGEST_DEADLINE;
    }

    private WebEndpointResponse<Object> start() {
        LoopState state = loop.state();
        if (state != LoopState.NEW && state != LoopState.STOPPED) {
            return conflict("start");
        }
        loop.start();
        return answer(OK, state());
    }

    private WebEndpointResponse<Object> resize(@Nullable String name, @Nullable String text) {
        Lane lane = name == null ? null : LaneNames.find(name);
        if (lane == null || lane == Lane.ACTIVE) {
            throw new BadRequest("lane", "passive or work, as the active lane has one thread", name);
        }
        int threads = threads(lane, text);
        if (loop.state() != LoopState.RUNNING) {
            return conflict("resize");
        }
        loop.resize(lane, threads);
        return answer(OK, Map.of("lane", LaneNames.of(lane), "threads", threads));
    }

    private int threads(Lane lane, @Nullable String text) {
        int least = leastThreads(lane);
        try {
            int threads = Integer.parseInt(text == null ? "" : text);
            if (threads >= least && threads <= mostThreads) {
                return threads;
            }
        } catch (NumberFormatException e) {
            // the answer below
        }
        throw new BadRequest(
                "threads", "a number between %d and %d (pel.endpoint.max-threads)".formatted(least, mostThreads), text);
    }

    /** Where the number of threads follows the load, the largest one is changed. */
    private int leastThreads(Lane lane) {
        LaneOptions passive = loop.options().passive();
        boolean isElastic = lane == Lane.PASSIVE && passive.minThreads() < passive.threads();
        return isElastic ? passive.minThreads() : 1;
    }

    private WebEndpointResponse<Object> conflict(@Nullable String action) {
        String rule = switch (action == null ? "" : action) {
            case "start" -> "only a loop that is NEW or STOPPED can be started";
            case "force-stop" -> "only a loop that has started and not yet stopped can be force-stopped";
            case "stop" -> "only a RUNNING loop can be stopped";
            default -> "only a RUNNING loop can be resized";
        };
        return answer(CONFLICT, Map.of("error", "The loop is %s; %s.".formatted(loop.state(), rule)));
    }

    private Map<String, Object> state() {
        return Map.of("state", loop.state().name());
    }

    private static WebEndpointResponse<Object> answer(int status, Object body) {
        return new WebEndpointResponse<>(body, status);
    }
}
