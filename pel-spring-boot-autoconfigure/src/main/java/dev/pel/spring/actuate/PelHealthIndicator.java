package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LaneStats;
import dev.pel.LoopState;
import dev.pel.LoopStats;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while the loop takes calls. Asks figures only, so it answers also while the loop is stuck. */
final class PelHealthIndicator extends AbstractHealthIndicator {
    private final EventLoop loop;

    /**
     * For one loop.
     *
     * @param loop is asked
     */
    PelHealthIndicator(EventLoop loop) {
        super("The loop could not be asked");
        this.loop = loop;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        LoopStats stats = loop.stats();
        if (stats.state() == LoopState.RUNNING) {
            builder.up();
        } else {
            builder.outOfService();
        }
        builder.withDetail("state", stats.state().name());
        for (Lane lane : Lane.values()) {
            builder.withDetail(LaneNames.of(lane), sizes(stats.lane(lane)));
        }
    }

    private static Map<String, Integer> sizes(LaneStats stats) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("size", stats.queued());
        sizes.put("running", stats.running());
        sizes.put("capacity", stats.capacity());
        return sizes;
    }
}
