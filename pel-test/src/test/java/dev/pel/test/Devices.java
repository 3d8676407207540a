package dev.pel.test;

import dev.pel.CallSpec;
import dev.pel.LoopFuture;
import dev.pel.Retry;
import dev.pel.flow.Owned;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An owned device that breaks, does not open and does not close now and then: one operation at a time touches it, and none is left open. */
final class Devices {
    private final World world;
    private final Owned<Device> owned;
    private final List<LoopFuture<?>> closes = new ArrayList<>();
    private int opened;
    private int closed;

    Devices(World world) {
        this.world = world;
        this.owned = world.loop.own(this::open, options -> options.withLabel("device"));
    }

    private Device open() throws Exception {
        world.simulation.step();
        if (world.random(6) == 0) {
            throw new IOException("does not open");
        }
        opened++;
        return new Device();
    }

    /** Uses it, or, rarely, closes it for good. */
    void submitAny() {
        if (world.random(24) == 0) {
            closes.add(owned.close());
            return;
        }
        boolean hasBody = world.random.nextBoolean();
        Entry entry = world.entry("owned", 1, hasBody);
        entry.mayBeCut = true;
        entry.retries = 2;
        Owned<Device> view = owned.with(this::described);
        entry.handle = hasBody
                ? view.next(
                        device -> device.use(entry),
                        number -> world.body(entry, 3).run())
                : view.use(device -> device.use(entry));
    }

    private CallSpec described(CallSpec call) {
        CallSpec changed = call;
        if (world.random(3) == 0) {
            changed = changed.retry(Retry.times(2).backoff(world.millis(2)));
        }
        if (world.random(4) == 0) {
            changed = changed.timeout(Duration.ofMillis(1 + world.random(4)));
        }
        return changed;
    }

    /** When the loop has stopped. */
    void check() {
        if (opened != closed || owned.openings() != opened) {
            world.alarm("opened %d times, closed %d times: %s".formatted(opened, closed, owned));
        }
        for (LoopFuture<?> close : closes) {
            if (!close.isDone()) {
                world.alarm("a close is open");
            }
        }
    }

    /** Not thread-safe. */
    private final class Device implements AutoCloseable {
        private boolean isClosed;
        private boolean isInUse;

        int use(Entry entry) throws Exception {
            enter();
            try {
                world.operation(entry, 3);
                if (world.random(6) == 0) {
                    throw new IOException("breaks");
                }
                return entry.number;
            } finally {
                isInUse = false;
            }
        }

        private void enter() {
            if (isInUse || isClosed) {
                world.alarm("used while it is in use: %b, closed: %b".formatted(isInUse, isClosed));
            }
            isInUse = true;
        }

        @Override
        public void close() throws IOException {
            enter();
            isClosed = true;
            closed++;
            world.simulation.step();
            isInUse = false;
            if (world.random(4) == 0) {
                throw new IOException("does not close");
            }
        }
    }
}
