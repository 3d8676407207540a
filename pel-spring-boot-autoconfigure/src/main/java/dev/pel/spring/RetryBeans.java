package dev.pel.spring;

import dev.pel.EventLoopOptions;
import dev.pel.Retry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.retry.RetryPolicy;

/** The rules for retries that an annotation can name: beans of the type {@link Retry}, or Spring's {@link RetryPolicy}. */
final class RetryBeans {
    private final @Nullable BeanFactory beans;

    /**
     * Those of a context.
     *
     * @param beans has them; null where there is no context
     */
    RetryBeans(@Nullable BeanFactory beans) {
        this.beans = beans;
    }

    /**
     * One of them.
     *
     * @param name that of the bean
     * @param marked the method that names it
     * @param options those of the loop
     * @throws InvalidCallMethodException when there is no such bean
     */
    Retry named(String name, MarkedMethod marked, EventLoopOptions options) {
        if (beans == null || !beans.containsBean(name)) {
            throw wrong(name, marked, beans == null ? "there are no beans here" : "there is no such bean");
        }
        Object bean = beans.getBean(name);
        if (bean instanceof Retry retry) {
            return retry;
        }
        if (bean instanceof RetryPolicy policy) {
            return PolicyRetry.of(policy, options);
        }
        throw wrong(name, marked, "that is a " + bean.getClass().getName());
    }

    private static InvalidCallMethodException wrong(String name, MarkedMethod marked, String problem) {
        return new InvalidCallMethodException(
                marked,
                "The retry of %s must be the name of a bean of type dev.pel.Retry or org.springframework.core.retry.RetryPolicy but was '%s', and %s."
                        .formatted(marked.title(), name, problem),
                "Correct the name, or declare the bean, as @Bean Retry %s() { return Retry.times(3); }."
                        .formatted(name));
    }
}
