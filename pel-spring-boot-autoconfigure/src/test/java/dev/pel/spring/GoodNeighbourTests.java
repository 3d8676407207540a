package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ErrorHandler;

/** Adding the starter changes nothing else in the application. */
class GoodNeighbourTests {

    /** Types that Boot and Spring look for, and whose presence changes what they do. */
    private static final List<Class<?>> LOOKED_FOR = List.of(
            Executor.class,
            TaskExecutor.class,
            AsyncTaskExecutor.class,
            ScheduledExecutorService.class,
            TaskScheduler.class,
            TaskDecorator.class,
            AsyncConfigurer.class,
            SchedulingConfigurer.class,
            ErrorHandler.class,
            java.util.concurrent.ThreadFactory.class);

    private final ApplicationContextRunner without = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    TaskExecutionAutoConfiguration.class,
                    TaskSchedulingAutoConfiguration.class));

    private final ApplicationContextRunner with =
            without.withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class));

    @Test
    void theSameBeansOfTypesThatOthersLookFor() {
        assertThat(seen(with)).isEqualTo(seen(without));
    }

    @Test
    void theSameBeansWithSchedulingSwitchedOn() {
        assertThat(seen(with.withUserConfiguration(Scheduling.class)))
                .isEqualTo(seen(without.withUserConfiguration(Scheduling.class)));
    }

    @Test
    void theSameBeansWithVirtualThreads() {
        assertThat(seen(with.withPropertyValues("spring.threads.virtual.enabled=true")))
                .isEqualTo(seen(without.withPropertyValues("spring.threads.virtual.enabled=true")));
    }

    @Test
    void theApplicationsExecutorStays() {
        with.run(context -> assertThat(context)
                .hasBean("applicationTaskExecutor")
                .getBean(Executor.class)
                .isInstanceOf(ThreadPoolTaskExecutor.class));
    }

    @Test
    void asyncAndSchedulingAreNotSwitchedOn() {
        with.run(context -> assertThat(Arrays.asList(context.getBeanDefinitionNames()))
                .noneMatch(name -> name.contains("internalAsyncAnnotationProcessor")
                        || name.contains("internalScheduledAnnotationProcessor")));
    }

    @Test
    void proxiesAreMadeAsBefore() {
        without.run(before ->
                with.run(after -> assertThat(after.containsBean(AutoProxyUtils.DEFAULT_PROXY_CONFIG_BEAN_NAME))
                        .isEqualTo(before.containsBean(AutoProxyUtils.DEFAULT_PROXY_CONFIG_BEAN_NAME))));
    }

    @Test
    void everyBeanItAddsHasItsName() {
        Set<String> before = new TreeSet<>();
        without.run(context -> before.addAll(Arrays.asList(context.getBeanDefinitionNames())));
        with.run(context -> assertThat(context.getBeanDefinitionNames())
                .filteredOn(name -> !before.contains(name))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("pel")
                        || name.contains("dev.pel.spring.")
                        || name.startsWith("org.springframework.boot.context.properties.")
                        || name.startsWith("org.springframework.boot.context.internalConfigurationProperties")));
    }

    /** For each type the names of its beans, those that would be injected, and what the executor is made of. */
    private static Map<String, Object> seen(ApplicationContextRunner runner) {
        Map<String, Object> seen = new HashMap<>();
        runner.run(context -> {
            assertThat(context).hasNotFailed();
            for (Class<?> type : LOOKED_FOR) {
                seen.put(type.getName(), names(context, type));
                seen.put(
                        type.getName() + " to inject",
                        context.getBeanProvider(type).stream()
                                .map(bean -> bean.getClass().getName())
                                .toList());
            }
        });
        return seen;
    }

    private static Set<String> names(ApplicationContext context, Class<?> type) {
        return new TreeSet<>(Arrays.asList(context.getBeanNamesForType(type)));
    }

    @EnableScheduling
    static class Scheduling {}
}
