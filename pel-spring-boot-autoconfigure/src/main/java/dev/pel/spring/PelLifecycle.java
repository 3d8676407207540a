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
 * <p>In both of its phases executors, schedulers and connection pools are closed later than the loops: operations that drain
 * still need them. The phases differ in what becomes of the web server. Spring stops the highest phase first and starts it last:
 *
 * <table>
 * <caption>Phases of Spring Boot 4.1, from the highest on</caption>
 * <tr><th>phase</th><th>what stops</th></tr>
 * <tr><td>maximum, maximum - 100</td><td>containers of message listeners</td></tr>
 * <tr><td>maximum - 512</td><td>the loops, when {@code pel.stop.phase} is {@code before-web-server}</td></tr>
 * <tr><td>maximum - 1024</td><td>{@code WebServerGracefulShutdownLifecycle}: no new requests, and those in flight are waited for</td></tr>
 * <tr><td>maximum - 2048</td><td>{@code WebServerStartStopLifecycle}: the web server itself</td></tr>
 * <tr><td>maximum - 4096</td><td>the loops, when {@code pel.stop.phase} is {@code after-web-server}</td></tr>
 * <tr><td>maximum / 2</td><td>executors and schedulers</td></tr>
 * </table>
 *
 * <p>After the web server, no request ever misses the loop: it is started before the first one, and stopped after the last.
 * Before the web server, operations that drain can still call it. A request that comes while the loop drains is then served as
 * long as it needs nothing new of the loop, whose calls are refused; one that comes before the loop has started waits in it.
 */
final class PelLifecycle implements SmartLifecycle {
    private static final int BEFORE_WEB_SERVER = SmartLifecycle.DEFAULT_PHASE - 512;
    private static final int AFTER_WEB_SERVER = SmartLifecycle.DEFAULT_PHASE - 4096;

    private static final Logger log = LoggerFactory.getLogger(PelLifecycle.class);

    private final Supplier<Map<String, EventLoop>> loops;
    private final Duration phaseTimeout;
    private final PelProperties.StopPhase phase;

    /**
     * For all loops of a context.
     *
     * @param loops all loops by the names of their beans; asked when it starts and stops, because loops may be made late
     * @param phaseTimeout how long Spring waits for a phase to stop
     * @param phase whether they stop after the web server or before it
     */
    PelLifecycle(Supplier<Map<String, EventLoop>> loops, Duration phaseTimeout, PelProperties.StopPhase phase) {
        this.loops = loops;
        this.phaseTimeout = phaseTimeout;
        this.phase = phase;
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
        return switch (phase) {
            case AFTER_WEB_SERVER -> AFTER_WEB_SERVER;
            case BEFORE_WEB_SERVER -> BEFORE_WEB_SERVER;
        };
    }
}
