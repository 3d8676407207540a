package dev.pel.spring;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.Schedules;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

/**
 * Refuses a method that {@code @Scheduled} runs on the active thread and {@code @Retryable} tries again: the pauses would hold that thread. One
 * with {@link Next} or {@link Work} is only submitted there, and one with {@link Enqueue} is refused in any case.
 */
final class ScheduledRetryCheck implements BeanPostProcessor {
    private final CallMethods methods = new CallMethods();
    private final StringValueResolver placeholders;

    /**
     * For all beans of a context.
     *
     * @param placeholders resolves them in the name of the scheduler
     */
    ScheduledRetryCheck(StringValueResolver placeholders) {
        this.placeholders = placeholders;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        if (AnnotationUtils.isCandidateClass(type, List.of(Scheduled.class, Schedules.class))) {
            MethodIntrospector.selectMethods(type, this::isOnActiveThread).forEach(method -> check(method, type));
        }
        return bean;
    }

    private boolean isOnActiveThread(Method method) {
        Set<Scheduled> all =
                AnnotatedElementUtils.getMergedRepeatableAnnotations(method, Scheduled.class, Schedules.class);
        return all.stream()
                .anyMatch(each -> "pelTaskScheduler".equals(placeholders.resolveStringValue(each.scheduler())));
    }

    private void check(Method method, Class<?> type) {
        boolean onMethod = AnnotatedElementUtils.hasAnnotation(method, Retryable.class);
        boolean isRetried = onMethod || AnnotatedElementUtils.hasAnnotation(type, Retryable.class);
        if (isRetried && !methods.of(type).containsKey(method)) {
            throw new InvalidCallMethodException(
                    "@Scheduled method %s runs on the active thread, and is tried again by @Retryable%s, whose pauses would hold that thread, which runs all bodies.%s"
                            .formatted(
                                    MarkedMethod.name(type, method),
                                    onMethod ? "" : " on its class",
                                    MethodPlace.sentence(method)),
                    "Remove @Retryable, or run it as an operation: @Next(retries = …), whose pauses hold no thread.");
        }
    }
}
