package dev.pel.spring;

import dev.pel.Priority;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Makes a method of a bean, when others call it, an operation on the <b>work lane</b>: for methods that compute.
 *
 * <p>In everything else it is {@link Next}.
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface Work {
    /**
     * Names the call in failures, reports and metrics.
     *
     * @return the label; empty, the default, for the simple name of the class, a dot, and the name of the method. May be a placeholder
     */
    String label() default "";

    /**
     * How long the call may take, as of {@link Next#timeout()}.
     *
     * @return the timeout; empty, the default, for none
     */
    String timeout() default "";

    /**
     * The key of each call, as of {@link Next#key()}.
     *
     * @return the expression; empty, the default, for calls that run side by side
     */
    String key() default "";

    /**
     * The limit of which each call needs a permit, as of {@link Next#limit()}.
     *
     * @return the name; empty, the default, for none
     */
    String limit() default "";

    /**
     * How often the method is tried again after an exception, as of {@link Next#retries()}.
     *
     * @return how many attempts come after the first; 0, the default, for none
     */
    int retries() default 0;

    /**
     * The rule by which the method is tried again, as of {@link Next#retry()}.
     *
     * @return the name of a bean; empty, the default, for none
     */
    String retry() default "";

    /**
     * The priority within the lane, as of {@link Next#priority()}.
     *
     * @return {@link Priority#NORMAL} by default
     */
    Priority priority() default Priority.NORMAL;
}
