package dev.pel;

import java.util.Objects;

/**
 * The refusal of an option whose value breaks its rule. Thrown where the value is set, so a loop is never made with a wrong one. Its parts
 * can be read, so that code that fills options from elsewhere, such as a configuration file, can say the same about its own names.
 *
 * <p>The message is {@code 'capacity' must be at least 1 but was 0}.
 */
public final class InvalidOptionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** The name of the option. */
    private final String option;

    /** What must hold. */
    private final String rule;

    /** What was given. */
    private final String value;

    /**
     * Makes the message of its three parts.
     *
     * @param option the name of the option, without quotes
     * @param rule what must hold, beginning with "must"
     * @param value the value that was given, as the message shows it
     */
    public InvalidOptionException(String option, String rule, String value) {
        super("'%s' %s but was %s"
                .formatted(
                        Objects.requireNonNull(option, "option"),
                        Objects.requireNonNull(rule, "rule"),
                        Objects.requireNonNull(value, "value")));
        this.option = option;
        this.rule = rule;
        this.value = value;
    }

    /**
     * The name of the option, such as {@code stop deadline}.
     *
     * @return the name, without quotes
     */
    public String option() {
        return option;
    }

    /**
     * What must hold for the value, such as {@code must not be negative}.
     *
     * @return the rule, beginning with "must"
     */
    public String rule() {
        return rule;
    }

    /**
     * The value that was given, such as {@code -1 s}.
     *
     * @return the value, as the message shows it
     */
    public String value() {
        return value;
    }
}
