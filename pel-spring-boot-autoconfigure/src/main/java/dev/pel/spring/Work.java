package dev.pel.spring;

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
     * @return the label; empty, the default, for the simple name of the class, a dot, and the name of the method
     */
    String label() default "";

    /**
     * How long the call may take, as of {@link Next#timeout()}.
     *
     * @return the timeout; empty, the default, for none
     */
    String timeout() default "";
}
