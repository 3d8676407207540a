package dev.pel.spring.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** A parameter that is missing or wrong. What was given may have any length, so the message repeats its beginning only. */
final class BadRequest extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 100;

    /**
     * Names all that is needed to repair it.
     *
     * @param parameter the name of the parameter
     * @param rule what it must be, "a number …"
     * @param value what was given; null when it is missing
     */
    BadRequest(String parameter, String rule, @Nullable String value) {
        super("'%s' must be %s%s".formatted(parameter, rule, value == null ? "" : " but was '" + shown(value) + "'"));
    }

    private static String shown(String value) {
        return StringUtils.truncate(value, SHOWN);
    }
}
