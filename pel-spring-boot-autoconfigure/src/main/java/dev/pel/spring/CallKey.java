package dev.pel.spring;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/**
 * The key of the calls of one method: an expression over its arguments, which is read once. Their names are those of the method that the
 * annotation stands on, maybe one of an interface.
 */
final class CallKey {
    private static final SpelExpressionParser PARSER = new SpelExpressionParser();
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    /** Only the arguments count. */
    private static final Object NO_ROOT = new Object();

    private final MarkedMethod marked;
    private final Method named;
    private final SpelExpression expression;

    private CallKey(MarkedMethod marked, Method named, SpelExpression expression) {
        this.marked = marked;
        this.named = named;
        this.expression = expression;
    }

    /**
     * Reads the expression.
     *
     * @param marked the method
     * @param text the expression
     * @throws InvalidCallMethodException when it is no expression, or one that could not work
     */
    static CallKey of(MarkedMethod marked, String text) {
        try {
            SpelExpression expression = PARSER.parseRaw(text);
            Method named = marked.mark().source() instanceof Method annotated ? annotated : marked.method();
            new KeyRules(marked, text, NAMES.getParameterNames(named)).check(expression.getAST());
            return new CallKey(marked, named, expression);
        } catch (ParseException e) {
            throw KeyRules.broken(
                    marked,
                    text,
                    "is no expression: %s.".formatted(e.getMessage()),
                    "Write it as a SpEL expression over the parameters, as #order.id or #p0.");
        }
    }

    /**
     * The key of one call.
     *
     * @param arguments those of the method
     * @throws IllegalArgumentException when it is null, or cannot be worked out
     */
    Object of(@Nullable Object[] arguments) {
        Object key;
        try {
            key = expression.getValue(new MethodBasedEvaluationContext(NO_ROOT, named, arguments, NAMES));
        } catch (RuntimeException e) { // also what a method of an argument throws: SpEL passes that on as it is
            throw new IllegalArgumentException(
                    "The key of %s, '%s', cannot be worked out: %s."
                            .formatted(marked.title(), expression.getExpressionString(), e.getMessage()),
                    e);
        }
        if (key == null) {
            throw new IllegalArgumentException(
                    "The key of %s must not be null, but '%s' was null for a call. Check the argument before, or let the expression name another key for it, as in '%s ?: \"none\"'."
                            .formatted(
                                    marked.title(),
                                    expression.getExpressionString(),
                                    expression.getExpressionString()));
        }
        if (key.getClass().isArray()) {
            throw new IllegalArgumentException(
                    "The key of %s must be compared by equals, but '%s' was an array, which equals no other. Make a list of it, as {#a, #b}."
                            .formatted(marked.title(), expression.getExpressionString()));
        }
        return key;
    }
}
