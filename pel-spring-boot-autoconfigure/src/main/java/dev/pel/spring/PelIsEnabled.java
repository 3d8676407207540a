package dev.pel.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether {@code pel.enabled} is not false. A value that is no boolean stops the start: Boot's own condition would take it for false,
 * and switch all of pel off without a word.
 */
final class PelIsEnabled extends SpringBootCondition {
    private static final String KEY = "pel.enabled";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        boolean enabled = in(context.getEnvironment());
        return new ConditionOutcome(enabled, ConditionMessage.of(KEY + " is " + enabled));
    }

    /** What the property says for a context. */
    static boolean in(Environment environment) {
        return Binder.get(environment).bind(KEY, Boolean.class).orElse(true);
    }
}
