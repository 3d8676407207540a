package dev.pel.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Provisional: holds the place until the real properties are here.
 *
 * @param enabled Whether the provisional bean is there.
 */
@ConfigurationProperties("pel.provisional")
record ProvisionalProperties(boolean enabled) {}
