package dev.pel.spring.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The keys under {@code pel.web.}. A wrong value stops the start.
 *
 * @param cancelAbandoned Whether the handle that a controller returned is cancelled when its request times out or its client
 *     leaves.
 * @param problemDetails Whether calls that were refused, timed out or were ended by a stop are answered as problem details with
 *     status 503 or 504.
 * @param retryAfter Time after which a client is told to try again, in whole seconds.
 */
@ConfigurationProperties("pel.web")
public record PelWebProperties(
        @DefaultValue("true") boolean cancelAbandoned,
        @DefaultValue("true") boolean problemDetails,
        @DefaultValue("1s") Duration retryAfter) {

    /** Checks what is told to clients: the header has whole seconds, and zero would be an invitation to try again at once. */
    public PelWebProperties {
        if (retryAfter.toSeconds() < 1 || !retryAfter.equals(Duration.ofSeconds(retryAfter.toSeconds()))) {
            throw new IllegalArgumentException(
                    "'pel.web.retry-after' must be at least 1s, in whole seconds, but was " + retryAfter);
        }
    }
}
