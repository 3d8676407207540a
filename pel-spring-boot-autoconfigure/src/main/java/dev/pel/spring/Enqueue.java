package dev.pel.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Makes a {@code void} method of a bean, when others call it, a body: it runs on the <b>active thread</b>, in a later turn, in the order of the
 * calls. For methods that touch what only bodies may touch and that somebody else calls, such as those with {@code @EventListener}: the
 * publisher of the event goes on at once.
 *
 * <p>What the method throws reaches the {@link dev.pel.ErrorHandler}, and not its caller. A call that the loop refuses, because it does not run or
 * the active lane is full, is logged (at most one line in ten seconds, with the number since) and counted; nothing is thrown at the caller. A
 * call before the loop has started runs when it starts.
 *
 * <p>The method must not block. The application does not start when the annotation could not work, as with {@link Next}.
 *
 * @see Next
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface Enqueue {
    /**
     * Names the call in failures, reports and metrics.
     *
     * @return the label; empty, the default, for the simple name of the class, a dot, and the name of the method. May be a placeholder
     */
    String label() default "";
}
