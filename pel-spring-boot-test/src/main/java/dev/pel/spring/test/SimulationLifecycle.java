package dev.pel.spring.test;

import dev.pel.EventLoop;
import dev.pel.LoopState;
import dev.pel.test.Simulation;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;

/**
 * Stops simulated loops with their context, just before pel's own lifecycle would: that one waits for real, and virtual time does
 * not pass by itself.
 */
final class SimulationLifecycle implements SmartLifecycle {
    private final Supplier<Collection<EventLoop>> loops;
    private final Simulation simulation;
    private final int loopsStopAt;

    /**
     * For all simulated loops of a context.
     *
     * @param loops asked when it starts and stops, because loops may be made late
     * @param simulation what they are simulated by
     * @param loopsStopAt the phase in which pel's own lifecycle stops them
     */
    SimulationLifecycle(Supplier<Collection<EventLoop>> loops, Simulation simulation, int loopsStopAt) {
        this.loops = loops;
        this.simulation = simulation;
        this.loopsStopAt = loopsStopAt;
    }

    /** The loops are started by pel's own lifecycle. */
    @Override
    public void start() {}

    @SuppressWarnings("ReferenceEquality") // the very same machine is meant
    private List<EventLoop> simulated() {
        return loops.get().stream()
                .filter(loop -> loop.options().hooks().machine() == simulation.machine())
                .toList();
    }

    @Override
    public void stop() {
        simulation.stop(simulated());
    }

    @Override
    public boolean isRunning() {
        return simulated().stream()
                .anyMatch(loop -> loop.state() != LoopState.NEW && loop.state() != LoopState.STOPPED);
    }

    @Override
    public int getPhase() {
        return loopsStopAt + 1; // the highest phase is stopped first
    }
}
