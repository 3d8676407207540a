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

/** Up while every loop takes calls. Asks figures only, so it answers also while a loop is stuck. */
final class PelHealthIndicator extends AbstractHealthIndicator {
    private final LoopsByName loops;

    /**
     * For all loops of a context.
     *
     * @param loops are asked
     */
    PelHealthIndicator(LoopsByName loops) {
        super("The loops could not be asked");
        this.loops = loops;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        LoopStats main = loops.main().stats();
        builder.withDetails(details(main));
        boolean up = main.state() == LoopState.RUNNING;
        Map<String, Object> others = new LinkedHashMap<>();
        for (Map.Entry<String, EventLoop> other : loops.others().entrySet()) {
            LoopStats stats = other.getValue().stats();
            others.put(other.getKey(), details(stats));
            up &= stats.state() == LoopState.RUNNING;
        }
        if (!others.isEmpty()) {
            builder.withDetail("loops", others);
        }
        if (up) {
            builder.up();
        } else {
            builder.outOfService();
        }
    }

    private static Map<String, Object> details(LoopStats stats) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("state", stats.state().name());
        for (Lane lane : Lane.values()) {
            details.put(LaneNames.of(lane), sizes(stats.lane(lane)));
        }
        return details;
    }

    private static Map<String, Integer> sizes(LaneStats stats) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("size", stats.queued());
        sizes.put("running", stats.running());
        sizes.put("capacity", stats.capacity());
        return sizes;
    }
}
