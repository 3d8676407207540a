package dev.pel.spring.test;

import dev.pel.EventLoop;
import dev.pel.spring.EventLoopOptionsCustomizer;
import dev.pel.test.Simulation;
import dev.pel.test.SimulationOptions;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportAware;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/** The simulation of a test's context, and the application's loops put on it. */
@Configuration(proxyBeanMethods = false)
class PelSimulationConfiguration implements ImportAware {
    /** Where nothing else stops the loops, with pel.enabled=false, any phase will do. */
    private static final int WITHOUT_LIFECYCLE = 0;

    private SimulationOptions options = SimulationOptions.defaults();

    @Override
    public void setImportMetadata(AnnotationMetadata importing) {
        MergedAnnotation<AutoConfigurePelSimulation> annotation =
                importing.getAnnotations().get(AutoConfigurePelSimulation.class);
        if (annotation.isPresent()) {
            options = DeclaredSimulation.of(annotation.synthesize(), ClassUtils.getShortName(importing.getClassName()));
        }
    }

    @Bean
    Simulation pelSimulation() {
        return Simulation.withOptions(options);
    }

    @Bean
    static EventLoopOptionsCustomizer pelSimulationCustomizer(Simulation simulation) {
        return simulation::simulated;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static SimulatedLoops pelSimulatedLoops(ObjectProvider<Simulation> simulation) {
        return new SimulatedLoops(simulation);
    }

    @Bean
    SimulationLifecycle pelSimulationLifecycle(
            ListableBeanFactory beans,
            Simulation simulation,
            @Qualifier("pelLifecycle") ObjectProvider<SmartLifecycle> lifecycle) {
        int phase = lifecycle.stream()
                .mapToInt(SmartLifecycle::getPhase)
                .findFirst()
                .orElse(WITHOUT_LIFECYCLE);
        return new SimulationLifecycle(
                () -> beans.getBeansOfType(EventLoop.class, false, false).values(), simulation, phase);
    }
}
