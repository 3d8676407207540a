package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.LoopState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the loops that are beans, with the application.
 *
 * <p>Started before the web server takes requests, and stopped after it has finished those in flight, but before executors,
 * schedulers and connection pools are closed: operations that drain still need them.
 */
final class PelLifecycle implements SmartLifecycle {
    /** Below the web server's phases, which are the highest but for 2048, and above the executors' one, half the maximum. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger log = LoggerFactory.getLogger(PelLifecycle.class);

    private final Supplier<Map<String, EventLoop>> loops;
    private final Duration phaseTimeout;

    /**
     * For all loops of a context.
     *
     * @param loops all loops by the names of their beans; asked when it starts and stops, because loops may be made late
     * @param phaseTimeout how long Spring waits for a phase to stop
     */
    PelLifecycle(Supplier<Map<String, EventLoop>> loops, Duration phaseTimeout) {
        this.loops = loops;
        this.phaseTimeout = phaseTimeout;
    }

    @Override
    public void start() {
        Map<String, EventLoop> byBean = loops.get();
        refuseSameNames(byBean);
        for (EventLoop loop : byBean.values()) {
            warnOfLongDeadline(loop);
            loop.start();
        }
    }

    /** Threads, messages, meters and the endpoint tell loops apart by their names. */
    private static void refuseSameNames(Map<String, EventLoop> byBean) {
        Map<String, String> beanByName = new HashMap<>();
        byBean.forEach((bean, loop) -> {
            String name = loop.options().name();
            String other = beanByName.put(name, bean);
            if (other != null) {
                throw new AmbiguousBeansException(
                        "The loops of the beans '%s' and '%s' have the same name '%s'.".formatted(other, bean, name),
                        "Give each loop a name of its own: PelLoopBuilder.name(\"…\"), EventLoopOptions.withName(\"…\")"
                                + " or, for the loop that pel sets up, the property 'pel.name'.");
            }
        });
    }

    private void warnOfLongDeadline(EventLoop loop) {
        Duration deadline = loop.options().stopDeadline();
        if (deadline.compareTo(phaseTimeout) >= 0) {
            log.warn(
                    "Loop '{}' may take {} to stop, but Spring waits {} for it: set pel.stop.deadline below"
                            + " spring.lifecycle.timeout-per-shutdown-phase, or connections close while operations run",
                    loop.options().name(),
                    deadline,
                    phaseTimeout);
        }
    }

    /** A stop that somebody else has asked for is waited for, too. */
    @Override
    public boolean isRunning() {
        return loops.get().values().stream()
                .anyMatch(loop -> loop.state() != LoopState.NEW && loop.state() != LoopState.STOPPED);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is all that comes of it
    public void stop(Runnable callback) {
        stopAll().whenComplete((reports, error) -> callback.run());
    }

    @Override
    public void stop() {
        stopAll().join();
    }

    private CompletableFuture<Void> stopAll() {
        List<CompletableFuture<?>> stops = loops.get().values().stream()
                .<CompletableFuture<?>>map(loop -> loop.stop(loop.options().stopDeadline()))
                .toList();
        return CompletableFuture.allOf(stops.toArray(CompletableFuture[]::new));
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
