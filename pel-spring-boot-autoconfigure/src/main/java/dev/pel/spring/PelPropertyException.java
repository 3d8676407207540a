package dev.pel.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** A key under {@code pel.} has a value that cannot be; the application does not start. */
final class PelPropertyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 100;

    private final String[] properties; // a list need not be serializable

    /**
     * Names all that is needed to repair it.
     *
     * @param property the key
     * @param rule what must hold, "must be …"
     * @param value the value given; of a long one the beginning is shown
     * @param cause where the rule lives, if not here
     */
    PelPropertyException(String property, String rule, Object value, @Nullable Throwable cause) {
        this(List.of(property), rule, value, cause);
    }

    /**
     * The same for several keys that have a rule together.
     *
     * @param properties the keys, the one that is to blame first
     * @param rule what must hold for that one, "must be …", with the value of the others
     * @param value its value
     * @param cause where the rule lives, if not here
     */
    PelPropertyException(List<String> properties, String rule, Object value, @Nullable Throwable cause) {
        super(
                "'%s' %s but was %s"
                        .formatted(properties.get(0), rule, StringUtils.truncate(String.valueOf(value), SHOWN)),
                cause);
        this.properties = properties.toArray(String[]::new);
    }

    List<String> properties() {
        return List.of(properties);
    }
}
