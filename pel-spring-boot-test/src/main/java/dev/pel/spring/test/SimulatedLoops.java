package dev.pel.spring.test;

import dev.pel.EventLoop;
import dev.pel.test.Simulation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Makes every loop of the context that is on the simulation's time a part of the simulation, also one that is made late. */
final class SimulatedLoops implements BeanPostProcessor {
    private final ObjectProvider<Simulation> simulation;

    SimulatedLoops(ObjectProvider<Simulation> simulation) {
        this.simulation = simulation;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very same machine is meant
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof EventLoop loop) {
            Simulation ours = simulation.getObject();
            if (loop.options().hooks().machine() == ours.machine()) {
                ours.add(loop);
            }
        }
        return bean;
    }
}
