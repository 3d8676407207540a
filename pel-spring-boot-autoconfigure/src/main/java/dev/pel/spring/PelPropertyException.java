package dev.pel.spring;

import org.jspecify.annotations.Nullable;

/** A key under {@code pel.} has a value that cannot be; the application does not start. */
final class PelPropertyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String property;

    /**
     * Names all that is needed to repair it.
     *
     * @param property the key
     * @param rule what must hold, "must be …"
     * @param value the value given
     * @param cause where the rule lives, if not here
     */
    PelPropertyException(String property, String rule, Object value, @Nullable Throwable cause) {
        super("'%s' %s but was %s".formatted(property, rule, value), cause);
        this.property = property;
    }

    String property() {
        return property;
    }
}
