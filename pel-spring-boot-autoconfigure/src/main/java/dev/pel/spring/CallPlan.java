package dev.pel.spring;

import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.StringValueResolver;

/**
 * How calls of one method go to the loop: everything that can be known before the first call.
 *
 * @param lane where the method runs
 * @param label names the calls
 * @param timeout from submission to end, or null for none
 * @param terms under which they run
 * @param returnsHandle false for a void method, whose handle nobody gets
 */
record CallPlan(Lane lane, String label, @Nullable Duration timeout, PlannedTerms terms, boolean returnsHandle) {
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");
    private static final Set<Class<?>> FUTURES =
            Set.of(CompletableFuture.class, CompletionStage.class, Future.class, LoopFuture.class);

    /**
     * Makes the plan.
     *
     * @param marked the method with its annotation
     * @param placeholders resolves them in what the annotation says
     * @throws InvalidCallMethodException when the return type or what the annotation says is wrong
     */
    static CallPlan of(MarkedMethod marked, StringValueResolver placeholders) {
        CallMark mark = marked.mark();
        Class<?> result = marked.method().getReturnType();
        if (!canReturn(result)) {
            throw new InvalidCallMethodException(
                    marked,
                    ("%s returns %s, but must return CompletableFuture, CompletionStage, Future, LoopFuture or void:"
                                    + " its caller gets a handle, because the method runs on another thread.")
                            .formatted(marked.title(), result.getSimpleName()),
                    mark.source() instanceof Class<?> source
                            ? "Change the return type, or annotate the methods that should run on the loop instead of %s."
                                    .formatted(source.getSimpleName())
                            : "Change the return type, or remove the annotation and call the method with PelTemplate.next.");
        }
        if (mark.lane() == Lane.ACTIVE && result != void.class) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s returns %s, but must return void: its caller does not wait for the active thread."
                            .formatted(marked.title(), result.getSimpleName()),
                    "Change the return type, or remove the annotation and call the method with PelTemplate.enqueue.");
        }
        MarkText texts = new MarkText(marked, placeholders);
        String label = texts.of("label", mark.label(), "load");
        return new CallPlan(
                mark.lane(),
                label == null
                        ? marked.type().getSimpleName() + "." + marked.method().getName()
                        : label,
                timeout(marked, texts),
                PlannedTerms.of(marked, texts),
                result != void.class);
    }

    /** Whether a marked method may have this result. */
    static boolean canReturn(Class<?> result) {
        return result == void.class || FUTURES.contains(result);
    }

    private static @Nullable Duration timeout(MarkedMethod marked, MarkText texts) {
        String text = texts.of("timeout", marked.mark().timeout(), "2s");
        if (text == null) {
            return null;
        }
        if (NUMBER.matcher(text).matches()) {
            throw new InvalidCallMethodException(
                    marked,
                    "The timeout of %s must have a unit but was '%s'.".formatted(marked.title(), text),
                    "Write it as %ss, or %<sms for milliseconds.".formatted(text));
        }
        Duration timeout;
        try {
            timeout = DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException e) {
            timeout = Duration.ZERO;
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new InvalidCallMethodException(
                    marked,
                    "The timeout of %s must be a duration of more than zero but was '%s'."
                            .formatted(marked.title(), text),
                    "Write it as 2s, 500ms or PT2S.");
        }
        return timeout;
    }
}
