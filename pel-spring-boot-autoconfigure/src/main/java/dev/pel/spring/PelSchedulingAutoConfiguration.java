package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.LoopState;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.scheduling.TaskScheduler;

/**
 * The loop as a scheduler, beside the one that the application has. Only beside another one: Spring takes the only scheduler there is for all
 * of {@code @Scheduled}, whether it is a default candidate or not.
 */
@AutoConfiguration(after = {PelAutoConfiguration.class, TaskSchedulingAutoConfiguration.class})
@ConditionalOnSingleCandidate(EventLoop.class)
@ConditionalOnBean(TaskScheduler.class)
@ConditionalOnMissingBean(name = "pelTaskScheduler")
public final class PelSchedulingAutoConfiguration {

    PelSchedulingAutoConfiguration() {}

    @Bean(defaultCandidate = false)
    LoopTaskScheduler pelTaskScheduler(EventLoop loop) {
        return new LoopTaskScheduler(loop);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ScheduledRetryCheck pelScheduledRetryCheck(ConfigurableBeanFactory beans) {
        return new ScheduledRetryCheck(beans::resolveEmbeddedValue);
    }

    /** Whoever starts the loop again, Spring, the endpoint or the application. */
    @Bean
    EventLoopListener pelTaskSchedulerRestart(
            @Qualifier("pelTaskScheduler") ObjectProvider<LoopTaskScheduler> scheduler,
            ConfigurableApplicationContext context) {
        return new EventLoopListener() {
            @Override
            public void stateChanged(LoopState from, LoopState to) {
                boolean isInUse = context.isActive() && !context.isClosed(); // a loop can be started after its context
                if (to == LoopState.RUNNING && isInUse) {
                    scheduler.ifAvailable(LoopTaskScheduler::loopHasStarted);
                }
            }
        };
    }
}
