package dev.pel.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/** The value of an attribute of {@link Next} or {@link Work}, in which placeholders are resolved. */
final class MarkText {
    private final MarkedMethod marked;
    private final StringValueResolver placeholders;

    /**
     * For the attributes of one annotation.
     *
     * @param marked the method with its annotation
     * @param placeholders resolves them
     */
    MarkText(MarkedMethod marked, StringValueResolver placeholders) {
        this.marked = marked;
        this.placeholders = placeholders;
    }

    /**
     * Resolves one attribute.
     *
     * @param attribute its name
     * @param given as it stands in the annotation, maybe empty
     * @param example a value that it could have
     * @return the text, without blanks around it; null when it is empty or blank
     * @throws InvalidCallMethodException when a placeholder cannot be resolved
     */
    @Nullable String of(String attribute, String given, String example) {
        String text = given.isEmpty() ? null : resolved(attribute, given, example);
        return StringUtils.hasText(text) ? text.strip() : null;
    }

    /** Depending on its configuration, Spring throws or leaves the placeholder as it is. */
    private @Nullable String resolved(String attribute, String given, String example) {
        try {
            String text = placeholders.resolveStringValue(given);
            if (text == null || !text.contains("${")) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            throw unresolved(attribute, given, example, ": " + e.getMessage() + ".");
        }
        throw unresolved(attribute, given, example, ".");
    }

    private InvalidCallMethodException unresolved(String attribute, String given, String example, String reason) {
        return new InvalidCallMethodException(
                marked,
                "The %s of %s is '%s', which cannot be resolved%s".formatted(attribute, marked.title(), given, reason),
                "Set the property, or give the placeholder a default, as in ${orders.%s:%s}."
                        .formatted(attribute, example));
    }
}
