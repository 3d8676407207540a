package dev.pel.spring.sources;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The keys under {@code pel.pressure.}. A wrong value stops the start.
 *
 * @param pause Ids of the listeners of Kafka, RabbitMQ and JMS that are paused while a lane is under pressure; none by default.
 * @param minPause How long a listener stays paused at least, so that pressure that comes and goes does not restart its container all the time.
 */
@ConfigurationProperties("pel.pressure")
public record PelPressureProperties(
        @DefaultValue List<String> pause,
        @DefaultValue("5s") Duration minPause) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Checks that each id can be one, and that the time is not negative, and not longer than a day. */
    public PelPressureProperties {
        for (String id : pause) {
            if (id == null || id.isBlank()) {
                throw new IllegalArgumentException(
                        "'pel.pressure.pause' must be ids of listeners, separated by commas, but one is '%s'"
                                .formatted(id));
            }
        }
        if (minPause.isNegative() || minPause.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "'pel.pressure.min-pause' must be between 0 and 1 day but was '%s'".formatted(minPause));
        }
        pause = List.copyOf(pause);
    }
}
