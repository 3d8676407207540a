package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.util.StringValueResolver;

/** Refuses marks that could not work, before anything is called. */
final class StartChecks {
    private final StringValueResolver placeholders;

    /**
     * For all beans of a context.
     *
     * @param placeholders resolves them in timeouts
     */
    StartChecks(StringValueResolver placeholders) {
        this.placeholders = placeholders;
    }

    /**
     * Looks at all marked methods of a bean.
     *
     * @param methods of one class and, of a proxy, of its interfaces
     * @throws InvalidCallMethodException when one of them could not work
     */
    void check(Collection<MarkedMethod> methods) {
        methods.forEach(this::check);
        methods.stream().collect(Collectors.groupingBy(MarkedMethod::type)).forEach(StartChecks::checkSelfCalls);
    }

    private void check(MarkedMethod marked) {
        int modifiers = marked.method().getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
            throw new InvalidCallMethodException(
                    "%s is %s, but must not be: no proxy can come before it."
                            .formatted(marked.title(), Modifier.isStatic(modifiers) ? "static" : "private"),
                    "Make it a public method of the bean, or call it with PelTemplate.next.");
        }
        CallPlan.of(marked, placeholders);
    }

    private static void checkSelfCalls(Class<?> type, Collection<MarkedMethod> methods) {
        Map<Method, MarkedMethod> byMethod =
                methods.stream().collect(Collectors.toMap(MarkedMethod::method, Function.identity()));
        for (SelfCalls.SelfCall call : SelfCalls.in(type, byMethod.keySet())) {
            MarkedMethod marked = byMethod.get(call.method());
            throw new InvalidCallMethodException(
                    "%s is called on 'this' in %s (%s): such a call passes by the proxy, and would run on the caller."
                            .formatted(
                                    marked == null
                                            ? "@Next method " + MarkedMethod.name(type, call.method())
                                            : marked.title(),
                                    call.caller(),
                                    call.place()),
                    "Move the method to another bean, or call a method without the annotation with PelTemplate.next.");
        }
    }
}
