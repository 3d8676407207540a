package dev.pel.spring.sources;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The keys under {@code pel.pressure.}. A wrong value stops the start.
 *
 * @param pause Ids of the listeners of Kafka, RabbitMQ and JMS that are paused while a lane is under pressure; none by default.
 */
@ConfigurationProperties("pel.pressure")
public record PelPressureProperties(@DefaultValue List<String> pause) {

    /** Checks that each id can be one. */
    public PelPressureProperties {
        for (String id : pause) {
            if (id == null || id.isBlank()) {
                throw new IllegalArgumentException(
                        "'pel.pressure.pause' must be ids of listeners, separated by commas, but one is '%s'"
                                .formatted(id));
            }
        }
        pause = List.copyOf(pause);
    }
}
