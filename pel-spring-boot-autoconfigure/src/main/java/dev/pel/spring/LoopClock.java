package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.Machine;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/** The date and time of a loop: the system's, or in a test that of its simulation. */
final class LoopClock extends Clock {
    private final EventLoop loop;
    private final ZoneId zone;

    LoopClock(EventLoop loop, ZoneId zone) {
        this.loop = loop;
        this.zone = zone;
    }

    @Override
    public Instant instant() {
        Machine machine = loop.options().hooks().machine();
        return machine == null ? Instant.now() : machine.now();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new LoopClock(loop, other);
    }
}
