package dev.pel.demo;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Whether more can be taken in: "it is up to your application to rate limit itself". The sizes of the lanes tell how far
 * the loop is behind.
 */
@Component
final class Intake {
    private final EventLoop loop;
    private final DemoProperties.Intake limits;

    Intake(EventLoop loop, DemoProperties properties) {
        this.loop = loop;
        this.limits = properties.intake();
    }

    /** Lets an alert in, unless there is too much to do already. */
    void admit(int people, int open) {
        Lane high = laneAtHighWater();
        if (high != null) {
            throw later(
                    "The %s lane is at its high-water mark: %d are waiting there.".formatted(high, loop.size(high)));
        } else if (open + people > limits.maxOpen()) {
            throw later("%d people of earlier alerts are still to be notified and this alert has %d; the most is %d."
                    .formatted(open, people, limits.maxOpen()));
        }
    }

    /** A lane that should get nothing new until it has caught up, or null. */
    private @Nullable Lane laneAtHighWater() {
        for (Lane lane : Lane.values()) {
            if (loop.size(lane) >= highMark(lane)) {
                return lane;
            }
        }
        return null;
    }

    TryLaterException later(String reason) {
        return new TryLaterException(reason, limits.retryAfter());
    }

    private double highMark(Lane lane) {
        LaneOptions options = switch (lane) {
            case ACTIVE -> loop.options().active();
            case PASSIVE -> loop.options().passive();
            case WORK -> loop.options().work();
        };
        return options.capacity() * options.highWater() / 100.0;
    }
}
