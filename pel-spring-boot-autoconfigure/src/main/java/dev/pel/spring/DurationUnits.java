package dev.pel.spring;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Refuses durations under {@code pel.} that are a number without a unit: Spring Boot takes them for milliseconds, so that
 * {@code pel.stop.deadline=20} would cut off all work. Zero needs no unit.
 *
 * <p>It looks at each value when it is bound, wherever the value comes from, and so knows all keys without a list of them.
 */
final class DurationUnits implements ConfigurationPropertiesBindHandlerAdvisor {
    private static final ConfigurationPropertyName PEL = ConfigurationPropertyName.of("pel");

    /** Would be taken for milliseconds. */
    private static final Pattern WITHOUT_UNIT = Pattern.compile("[+-]?\\d+");

    @Override
    public BindHandler apply(BindHandler handler) {
        return new Check(handler);
    }

    /** Looks at the values of one binding. */
    private static final class Check extends AbstractBindHandler {

        Check(BindHandler parent) {
            super(parent);
        }

        @Override
        public @Nullable Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            if (PEL.isAncestorOf(name) && result instanceof Duration duration && !duration.isZero()) {
                context.getBinder()
                        .bind(name, Bindable.of(String.class))
                        .ifBound(given -> refuseWithoutUnit(name, given));
            }
            return super.onSuccess(name, target, context, result);
        }

        private static void refuseWithoutUnit(ConfigurationPropertyName name, String given) {
            if (WITHOUT_UNIT.matcher(given).matches()) {
                throw new PelPropertyException(
                        name.toString(), "must have a unit (write %ss or %<sms)".formatted(given), given, null);
            }
        }
    }
}
