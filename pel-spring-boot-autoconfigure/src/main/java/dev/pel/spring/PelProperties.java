package dev.pel.spring;

import dev.pel.ThreadKind;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The keys under {@code pel.}. What is not set keeps the default of {@link dev.pel.EventLoopOptions#defaults()}; a wrong value
 * stops the start.
 *
 * @param enabled Whether the event loop and everything around it is set up.
 * @param name Name of the loop, which is part of its threads' names and of its messages.
 * @param active Active lane, whose one thread runs all bodies.
 * @param passive Passive lane, whose threads run operations that block.
 * @param work Work lane, whose threads run operations that compute.
 * @param timers Timers.
 * @param keys Keys, whose calls come in turn.
 * @param scripts Scripts, straight-line code on the loop.
 * @param limits Limits that calls may name, by their names; none by default.
 * @param stop Stop of the loop.
 * @param failures Failures that nobody deals with.
 * @param context Context that travels from thread to thread.
 * @param metrics Meters.
 * @param endpoint Actuator endpoint.
 * @param startChecks What becomes of a call of a method with an annotation of pel that passes by the proxy, and so would run on
 *     its caller.
 */
@ConfigurationProperties("pel")
public record PelProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String name,
        @DefaultValue Active active,
        @DefaultValue Passive passive,
        @DefaultValue Pool work,
        @DefaultValue Timers timers,
        @DefaultValue Keys keys,
        @DefaultValue Scripts scripts,
        @DefaultValue Map<String, Limit> limits,
        @DefaultValue Stop stop,
        @DefaultValue Failures failures,
        @DefaultValue Context context,
        @DefaultValue Metrics metrics,
        @DefaultValue Endpoint endpoint,
        @DefaultValue("fail") StartChecks startChecks) {

    /** What becomes of a call that the start finds, and that would run on its caller. */
    public enum StartChecks {
        /** The application does not start. */
        FAIL,
        /** The same text is logged as a warning. */
        WARN,
        /** Nothing is looked for. */
        OFF
    }

    /**
     * The active lane.
     *
     * @param capacity Number of entries that may wait.
     * @param highWater Percentage of the capacity at which the lane counts as under pressure.
     * @param lowWater Percentage of the capacity down to which it must fall before it counts as relieved.
     * @param settle Pause of the active thread after it has submitted a call; zero for none.
     * @param turnBudget How long a loopWhile repeats its step before others have their turn.
     */
    public record Active(
            @Nullable Integer capacity,
            @Nullable Integer highWater,
            @Nullable Integer lowWater,
            @Nullable Duration settle,
            @Nullable Duration turnBudget) {}

    /**
     * The passive lane.
     *
     * @param threads Number of threads, and so of operations that run at once.
     * @param minThreads Number of threads with which the lane begins, and to which it shrinks.
     * @param maxThreads Number of threads to which the lane grows when calls wait.
     * @param growAfter How long the call at the head of the queue waits before the lane gets another thread.
     * @param keepAlive How long a thread beyond the smallest number stays when it has nothing to do.
     * @param recycleAfter Number of operations after which a thread is replaced by a fresh one; 0 for never.
     * @param hungAfter How long a thread may be in the same operation before it counts as hung and is replaced; zero for never.
     * @param maxHung Number of hung threads that are replaced; further ones are not, until one has come back.
     * @param capacity Number of entries that may wait.
     * @param highWater Percentage of the capacity at which the lane counts as under pressure.
     * @param lowWater Percentage of the capacity down to which it must fall before it counts as relieved.
     * @param threadKind Kind of the threads; virtual ones need Java 21.
     */
    public record Passive(
            @Nullable Integer threads,
            @Nullable Integer minThreads,
            @Nullable Integer maxThreads,
            @Nullable Duration growAfter,
            @Nullable Duration keepAlive,
            @Nullable Integer recycleAfter,
            @Nullable Duration hungAfter,
            @Nullable Integer maxHung,
            @Nullable Integer capacity,
            @Nullable Integer highWater,
            @Nullable Integer lowWater,
            @Nullable ThreadKind threadKind) {

        Pool pool() {
            return new Pool(threads, capacity, highWater, lowWater, threadKind);
        }
    }

    /**
     * The work lane.
     *
     * @param threads Number of threads, and so of operations that run at once.
     * @param capacity Number of entries that may wait.
     * @param highWater Percentage of the capacity at which the lane counts as under pressure.
     * @param lowWater Percentage of the capacity down to which it must fall before it counts as relieved.
     * @param threadKind Kind of the threads; virtual ones need Java 21.
     */
    public record Pool(
            @Nullable Integer threads,
            @Nullable Integer capacity,
            @Nullable Integer highWater,
            @Nullable Integer lowWater,
            @Nullable ThreadKind threadKind) {}

    /**
     * Timers.
     *
     * @param capacity Number of timers that may be pending.
     */
    public record Timers(@Nullable Integer capacity) {}

    /**
     * Keys.
     *
     * @param capacity Number of calls that may wait for the turn of one key.
     */
    public record Keys(@Nullable Integer capacity) {}

    /**
     * Scripts.
     *
     * @param capacity Number of scripts that may be under way, each of which has a thread.
     */
    public record Scripts(@Nullable Integer capacity) {}

    /**
     * One limit: it needs a concurrency, or a rate, or both.
     *
     * @param concurrency Number of operations that run at once.
     * @param rate Number of operations that start in a time, such as 100/s, 30/m or 5/10s.
     * @param burst Number of operations that may start at once after a quiet time.
     * @param capacity Number of calls that may wait for it.
     */
    public record Limit(
            @Nullable Integer concurrency,
            @Nullable String rate,
            @Nullable Integer burst,
            @Nullable Integer capacity) {}

    /**
     * The stop of the loop.
     *
     * @param deadline Time for the drain when the application ends; keep it below
     *     spring.lifecycle.timeout-per-shutdown-phase.
     * @param interruptGrace Time that a stop waits, past its deadline, for threads it has interrupted.
     * @param phase Whether the loop drains after the web server or before it.
     */
    public record Stop(
            @Nullable Duration deadline,
            @Nullable Duration interruptGrace,
            @DefaultValue("after-web-server") StopPhase phase) {}

    /** When the loop drains at the end of the application; at the start of the application the order is the other way round. */
    public enum StopPhase {
        /** When the web server has answered all requests and takes no more: no request misses the loop. */
        AFTER_WEB_SERVER,
        /**
         * While the web server still answers: operations that drain can call it. New calls of requests are refused meanwhile,
         * so a request that needs the loop fails and the others are served.
         */
        BEFORE_WEB_SERVER
    }

    /**
     * Failures that nobody deals with.
     *
     * @param unobservedGrace Time that a failure waits for somebody to deal with it when another thread than the active one
     *     submitted its call.
     * @param callSiteInterval Shortest time between two submissions whose place in the source is taken; zero for every one.
     */
    public record Failures(
            @Nullable Duration unobservedGrace, @Nullable Duration callSiteInterval) {}

    /**
     * Context that travels.
     *
     * @param propagation Whether logging context, and all that is registered with Micrometer's context propagation, travels
     *     from a submission to its operation, body, timer and error handler.
     */
    public record Context(@DefaultValue("auto") Propagation propagation) {}

    /** Whether context travels. */
    public enum Propagation {
        /** MDC, and all that is registered with {@code io.micrometer:context-propagation}, which the starter brings. */
        AUTO,
        /** Nothing but what {@link dev.pel.ContextPropagator} beans carry. */
        NONE
    }

    /**
     * Meters.
     *
     * @param labels Number of distinct labels that become tags; calls with further ones are tagged "other".
     * @param histograms Whether the times of calls are published as histograms, which costs more per call.
     */
    public record Metrics(
            @DefaultValue("100") int labels,
            @DefaultValue("false") boolean histograms) {}

    /**
     * The actuator endpoint.
     *
     * @param maxThreads Number of threads to which the endpoint may resize a lane at most.
     * @param showValues When to show the latest failures with the messages of their exceptions; never keeps none.
     */
    public record Endpoint(
            @DefaultValue("1024") int maxThreads,
            @DefaultValue("never") ShowValues showValues) {}

    /** When the endpoint shows what may be confidential. As Boot's own enum, which is there only with the actuator. */
    public enum ShowValues {
        /** Never. */
        NEVER,
        /** To those who are logged in; the others see asterisks. */
        WHEN_AUTHORIZED,
        /** Always. */
        ALWAYS
    }
}
