package dev.pel.spring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Provisional: holds the place until the real auto-configuration is here. */
@AutoConfiguration
@EnableConfigurationProperties(ProvisionalProperties.class)
public final class ProvisionalAutoConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ProvisionalAutoConfiguration.class);

    ProvisionalAutoConfiguration() {}

    @Bean
    @ConditionalOnBooleanProperty("pel.provisional.enabled")
    @ConditionalOnMissingBean
    ProvisionalBean provisionalBean(ProvisionalProperties properties) {
        log.debug("{}", properties);
        return new ProvisionalBean();
    }

    record ProvisionalBean() {}
}
