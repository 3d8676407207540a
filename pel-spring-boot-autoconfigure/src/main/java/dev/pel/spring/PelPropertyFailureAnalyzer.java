package dev.pel.spring;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Says at the end of a failed start which property is to be repaired, its rule, and where it was set. Comes before Boot's own analyzer of
 * failed bindings, which knows the rule only as a reason.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PelPropertyFailureAnalyzer extends AbstractFailureAnalyzer<PelPropertyException> {
    private final Environment environment;

    /**
     * Made by Spring Boot.
     *
     * @param environment knows where properties come from
     */
    PelPropertyFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PelPropertyException cause) {
        String property = cause.properties().get(0);
        StringBuilder description = new StringBuilder(cause.getMessage()).append('.');
        for (String each : cause.properties()) {
            Origin origin = origin(each);
            if (origin != null) {
                String subject = each.equals(property) ? "It" : "'" + each + "'";
                description.append(" %s was set in %s.".formatted(subject, origin));
            }
        }
        return new FailureAnalysis(
                description.toString(),
                "Change the value of %s, or remove the key so that its default counts."
                        .formatted(cause.properties().stream()
                                .map(each -> "'" + each + "'")
                                .collect(Collectors.joining(" or "))),
                cause);
    }

    private @Nullable Origin origin(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null && found.getOrigin() != null) {
                return found.getOrigin();
            }
        }
        return null;
    }
}
