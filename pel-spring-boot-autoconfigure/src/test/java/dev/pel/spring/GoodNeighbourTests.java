package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
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

    private static final Field WANTS = Wants.class.getDeclaredFields()[0];

    private final ApplicationContextRunner without = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    TaskExecutionAutoConfiguration.class,
                    TaskSchedulingAutoConfiguration.class));

    private final ApplicationContextRunner with = without.withConfiguration(
            AutoConfigurations.of(PelAutoConfiguration.class, PelSchedulingAutoConfiguration.class));

    @Test
    void aLookUpByTypeSeesTheExecutorsOfTheLanes() {
        with.run(context -> {
            assertThat(context.getBeanNamesForType(ExecutorService.class))
                    .containsExactlyInAnyOrder("pelActive", "pelPassive", "pelWork");
            assertThatThrownBy(
                            () -> context.getBeanProvider(ExecutorService.class).getIfAvailable())
                    .isInstanceOf(NoUniqueBeanDefinitionException.class);
        });
    }

    @Test
    void aLookUpByTypePrefersTheExecutorOfTheApplication() {
        with.withBean("own", ExecutorService.class, ForkJoinPool::new)
                .run(context -> assertThat(
                                context.getBeanProvider(ExecutorService.class).getIfAvailable())
                        .isSameAs(context.getBean("own")));
    }

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
        with.run(context -> assertThat(context.getBean(Executor.class))
                .isSameAs(context.getBean("applicationTaskExecutor"))
                .isInstanceOf(ThreadPoolTaskExecutor.class));
    }

    @Test
    void theApplicationsSchedulerStays() {
        with.withUserConfiguration(Scheduling.class)
                .run(context -> assertThat(context.getBean(TaskScheduler.class))
                        .isSameAs(context.getBean("taskScheduler"))
                        .isNotSameAs(context.getBean("pelTaskScheduler")));
    }

    @Test
    void anExecutorServiceForSchedulingStaysTheOnlyScheduler() {
        with.withUserConfiguration(Scheduling.class)
                .withBean(ScheduledExecutorService.class, () -> Executors.newScheduledThreadPool(1))
                .run(context -> assertThat(context).doesNotHaveBean(TaskScheduler.class));
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
                        injected(context, type).stream()
                                .map(bean -> bean.getClass().getName())
                                .toList());
                seen.put(
                        type.getName() + " by type alone",
                        String.valueOf(context.getBeanProvider(type).getIfUnique() == null));
            }
        });
        return seen;
    }

    /** Those of pel have to be asked for by their names. */
    private static Set<String> names(ApplicationContext context, Class<?> type) {
        Set<String> names = new TreeSet<>(Arrays.asList(context.getBeanNamesForType(type)));
        names.removeIf(name -> name.startsWith("pel"));
        return names;
    }

    /** What a bean gets that wants all of a type. */
    private static Collection<?> injected(ApplicationContext context, Class<?> type) {
        ResolvableType all = ResolvableType.forClassWithGenerics(Map.class, String.class, type);
        DependencyDescriptor wanted = new DependencyDescriptor(WANTS, false) {
            @Override
            public ResolvableType getResolvableType() {
                return all;
            }

            @Override
            public Class<?> getDependencyType() {
                return Map.class;
            }
        };
        Map<?, ?> found = (Map<?, ?>) context.getAutowireCapableBeanFactory().resolveDependency(wanted, null);
        return found == null ? List.of() : found.values();
    }

    private static final class Wants {
        @SuppressWarnings("unused")
        private Map<String, ?> all;
    }

    @EnableScheduling
    static class Scheduling {}
}
