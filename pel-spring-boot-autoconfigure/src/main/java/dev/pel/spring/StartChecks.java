package dev.pel.spring;

import dev.pel.Lane;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.Schedules;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/** Refuses marks that could not work, before anything is called. */
final class StartChecks {
    private static final Logger log = LoggerFactory.getLogger(StartChecks.class);

    private final StringValueResolver placeholders;
    private final TermChecks terms;
    private final PelProperties.StartChecks mode;

    /**
     * For all beans of a context.
     *
     * @param placeholders resolves them in what marks say
     * @param terms look at what marks name
     * @param mode what becomes of a method that works, but sometimes on its caller
     */
    StartChecks(StringValueResolver placeholders, TermChecks terms, PelProperties.StartChecks mode) {
        this.placeholders = placeholders;
        this.terms = terms;
        this.mode = mode;
    }

    /** As the property says, which is read here because post-processors are made before the beans of properties. */
    static StartChecks of(StringValueResolver placeholders, TermChecks terms, Environment environment) {
        return new StartChecks(
                placeholders,
                terms,
                Binder.get(environment)
                        .bind("pel.start-checks", PelProperties.StartChecks.class)
                        .orElse(PelProperties.StartChecks.FAIL));
    }

    /**
     * Looks at all marked methods of a bean.
     *
     * @param methods of one class and, of a proxy, of its interfaces
     * @throws InvalidCallMethodException when one of them could not work
     */
    void check(Collection<MarkedMethod> methods) {
        for (MarkedMethod marked : methods) {
            checkModifiers(marked);
            PlannedTerms planned = CallPlan.of(marked, placeholders).terms();
            terms.check(planned);
            checkAsync(marked);
            checkRetryable(planned);
            checkScheduled(planned);
        }
        if (mode != PelProperties.StartChecks.OFF) {
            methods.stream().collect(Collectors.groupingBy(MarkedMethod::type)).forEach(this::checkSelfCalls);
        }
    }

    /** A method that would always run on its caller, since pel is in another context. */
    void checkIsNotInChild(ApplicationContext child, String bean, MarkedMethod marked) {
        misses(
                "%s is one of bean '%s' in %s, a child context without pel: it would run on its caller.%s"
                        .formatted(marked.title(), bean, child.getDisplayName(), MethodPlace.sentence(marked.method())),
                "Add @ImportAutoConfiguration(PelAutoConfiguration.class) to the child, which then uses the loop of its"
                        + " parent, or move the bean to the parent.");
    }

    private static void checkModifiers(MarkedMethod marked) {
        int modifiers = marked.method().getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s is %s, but must not be: no proxy can come before it."
                            .formatted(marked.title(), Modifier.isStatic(modifiers) ? "static" : "private"),
                    "Make it a public method of the bean, or call it with PelTemplate.next.");
        }
    }

    private static void checkAsync(MarkedMethod marked) {
        boolean onMethod = AnnotatedElementUtils.hasAnnotation(marked.method(), Async.class);
        if (onMethod || AnnotatedElementUtils.hasAnnotation(marked.type(), Async.class)) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s has @Async, too%s, and can run in one place only."
                            .formatted(marked.title(), onMethod ? "" : ", on its class"),
                    "Remove @Async to run it on the loop, or %s to run it on the executor of @Async."
                            .formatted(marked.mark().annotation()));
        }
    }

    /** One within the other would be tried again as often as both say together, and the active thread must not wait for a pause. */
    private static void checkRetryable(PlannedTerms terms) {
        MarkedMethod marked = terms.marked();
        boolean onMethod = AnnotatedElementUtils.hasAnnotation(marked.method(), Retryable.class);
        if (!onMethod && !AnnotatedElementUtils.hasAnnotation(marked.type(), Retryable.class)) {
            return;
        }
        String where = onMethod ? "" : " on its class";
        if (marked.mark().lane() == Lane.ACTIVE) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s is tried again by @Retryable%s, whose pauses would hold the active thread, which runs all bodies."
                            .formatted(marked.title(), where),
                    "Remove @Retryable, or use @Next(retries = …) for an operation, whose pauses hold no thread.");
        }
        if (terms.isRepeated()) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s is tried again by its own annotation and by @Retryable%s: the attempts would multiply."
                            .formatted(marked.title(), where),
                    "Remove @Retryable: the pauses of %s hold no thread."
                            .formatted(marked.mark().annotation()));
        }
    }

    /** Runs with a key come in turn, and so do those on the active thread. */
    private void checkScheduled(PlannedTerms terms) {
        MarkedMethod marked = terms.marked();
        boolean overlaps = terms.key() == null && marked.mark().lane() != Lane.ACTIVE;
        boolean delayed =
                AnnotatedElementUtils.getMergedRepeatableAnnotations(marked.method(), Scheduled.class, Schedules.class)
                        .stream()
                        .anyMatch(each -> each.fixedDelay() >= 0 || StringUtils.hasText(each.fixedDelayString()));
        if (delayed && overlaps && mode != PelProperties.StartChecks.OFF) {
            log.warn(
                    "{} has @Scheduled(fixedDelay), too: it returns at once, so the delay counts from its submission and not from"
                            + " its end, and runs that take longer overlap. Use fixedRate if they may; if not, give {} a key, such as"
                            + " key = \"'{}'\", or use PelTemplate.every(...).missed(FIXED_DELAY).{}(...) instead.{}",
                    marked.title(),
                    marked.mark().annotation(),
                    marked.method().getName(),
                    marked.mark().lane() == Lane.WORK ? "work" : "next",
                    MethodPlace.sentence(marked.method()));
        }
    }

    private void checkSelfCalls(Class<?> type, Collection<MarkedMethod> methods) {
        Map<Method, MarkedMethod> byMethod =
                methods.stream().collect(Collectors.toMap(MarkedMethod::method, Function.identity()));
        for (SelfCalls.SelfCall call : SelfCalls.in(type, byMethod.keySet())) {
            MarkedMethod marked = Objects.requireNonNull(byMethod.get(call.method()));
            misses(
                    "%s is called on 'this' in %s (%s): such a call passes by the proxy, and would run on the caller."
                            .formatted(marked.title(), call.caller(), call.place()),
                    "Move the method to another bean, or call a method without the annotation with PelTemplate.next.");
        }
    }

    private void misses(String problem, String action) {
        switch (mode) {
            case FAIL ->
                throw new InvalidCallMethodException(problem, action + " pel.start-checks=warn starts nevertheless.");
            case WARN -> log.warn("{} {}", problem, action);
            case OFF -> {}
        }
    }
}
