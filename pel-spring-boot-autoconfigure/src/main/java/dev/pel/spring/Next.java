package dev.pel.spring;

import dev.pel.Priority;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Makes a method of a bean, when others call it, an operation on the <b>passive lane</b>: for methods that block.
 *
 * <p>The caller gets the call's handle, a {@link dev.pel.LoopFuture}, at once. The method runs on a passive thread, and what
 * is attached to the handle runs on the active thread. When the method itself returns a future, its value is waited for on
 * the passive thread.
 *
 * <pre>{@code
 * @Next(timeout = "2s")
 * public CompletableFuture<Order> load(long id) {
 *     return CompletableFuture.completedFuture(repository.load(id));
 * }
 * }</pre>
 *
 * <p>The method returns {@code CompletableFuture}, {@code CompletionStage}, {@code Future}, {@link dev.pel.LoopFuture} or
 * {@code void}; one that returns null instead of a future fails. What it throws, the handle carries; of a {@code void} method
 * it reaches the {@link dev.pel.ErrorHandler}. A call that the loop refuses ends as {@link dev.pel.Outcome#REJECTED}; nothing is
 * thrown at the caller. Of a {@code void} method nobody holds that handle: the refusal is logged (at most once in ten seconds,
 * with the number since) and counted.
 *
 * <p>On a class it applies to all of its public methods (of the default methods that it inherits from interfaces, to those
 * with such a result), on an interface to those the interface has. An annotation on the method goes before one on its class.
 * The bean of an interface may be a proxy with no class that implements it, such as a Spring Data repository.
 *
 * <p>The application does not start when the annotation could not work: another return type; a private, static or final
 * method; a class without an interface that cannot be extended, as a final or sealed one, a record or an enum; a timeout that is
 * no duration above zero with a unit; a key that is no expression over the parameters; a limit or a retry that does not exist, or both kinds of
 * retries; a placeholder that cannot be resolved; {@code @Async} on the same method; a call of the method on {@code this}, which would pass by the proxy, unless {@code pel.start-checks} allows it.
 *
 * @see Work
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface Next {
    /**
     * Names the call in failures, reports and metrics.
     *
     * @return the label; empty, the default, for the simple name of the class, a dot, and the name of the method. May be a placeholder
     */
    String label() default "";

    /**
     * How long the call may take from its submission to its end, with a unit: as {@code "2s"}, {@code "500ms"}, or a placeholder,
     * {@code "${orders.timeout}"}. When it passes, the handle ends as {@link dev.pel.Outcome#TIMED_OUT} and the running method
     * is interrupted.
     *
     * @return the timeout; empty, the default, for none
     */
    String timeout() default "";

    /**
     * The key of each call: calls with the same key, of this method and of others, come in turn, in the order of their submission, see
     * {@link dev.pel.CallSpec#key}. An expression (SpEL) over the arguments, by their names or as {@code #p0}, {@code #p1}: {@code "#order.id"}. A key
     * that is null, or cannot be worked out, is an {@code IllegalArgumentException} at the caller.
     *
     * @return the expression; empty, the default, for calls that run side by side
     */
    String key() default "";

    /**
     * The limit of which each call needs a permit, see {@link dev.pel.CallSpec#limit}: one of {@code pel.limits}, or a placeholder.
     *
     * @return the name; empty, the default, for none
     */
    String limit() default "";

    /**
     * How often the method is tried again after an exception, after pauses as of {@link dev.pel.Retry#times}, which hold no thread: 100, 200, 400 … ms,
     * at most 30 s. The {@link #timeout} is that of all attempts together. For other pauses see {@link #retry}.
     *
     * @return how many attempts come after the first; 0, the default, for none
     */
    int retries() default 0;

    /**
     * The rule by which the method is tried again, in place of {@link #retries}.
     *
     * @return the name of a bean of type {@link dev.pel.Retry}, or Spring's {@code RetryPolicy}; empty, the default, for none
     */
    String retry() default "";

    /**
     * The priority within the lane.
     *
     * @return {@link Priority#LOW} for what waits as long as others do; {@link Priority#NORMAL} by default
     */
    Priority priority() default Priority.NORMAL;
}
