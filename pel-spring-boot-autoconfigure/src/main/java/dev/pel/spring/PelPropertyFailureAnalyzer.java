package dev.pel.spring;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Says at the end of a failed start which property is to be repaired, its rule, and where it was set. */
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
        return new FailureAnalysis(
                cause.getMessage() + "." + origin(cause.property()),
                "Change the value of '%s'. Its meaning and default stand in docs/configuration.md."
                        .formatted(cause.property()),
                cause);
    }

    private String origin(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null && found.getOrigin() != null) {
                return " It was set in " + found.getOrigin() + ".";
            }
        }
        return "";
    }
}
