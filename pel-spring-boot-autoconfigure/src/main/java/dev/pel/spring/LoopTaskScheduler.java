package dev.pel.spring;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.MissedTicks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * The loop as Spring's scheduler: tasks run on the active thread, one at a time with all bodies. What they throw reaches the error handler, and
 * ends no repeated task. Tasks stay over a stop of the loop, and end with the context.
 */
final class LoopTaskScheduler implements TaskScheduler, ApplicationListener<ApplicationContextEvent>, DisposableBean {
    private static final Logger log = LoggerFactory.getLogger(LoopTaskScheduler.class);

    /** What {@code @Scheduled} calls a task; other tasks have names that differ from object to object. */
    private static final Pattern NAME = Pattern.compile("[\\w.]+(\\$\\w[\\w.]*)*");

    private final EventLoop loop;
    private final Clock clock;
    private final Set<ScheduledTask> tasks = ConcurrentHashMap.newKeySet();

    LoopTaskScheduler(EventLoop loop) {
        this.loop = loop;
        this.clock = new LoopClock(loop, ZoneId.systemDefault());
    }

    @Override
    public Clock getClock() {
        return clock;
    }

    @Override
    public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
        Objects.requireNonNull(trigger, "trigger");
        TriggeredRhythm rhythm = new TriggeredRhythm(call(task), clock, task, trigger);
        ScheduledTask scheduled = begun(rhythm);
        return rhythm.neverRuns() ? null : scheduled; // as the interface says
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
        Objects.requireNonNull(startTime, "startTime");
        return begun(new OneTimeRhythm(call(task), clock, task, startTime));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
        return periodic(task, startTime, period, MissedTicks.CATCH_UP);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
        return periodic(task, clock.instant(), period, MissedTicks.CATCH_UP);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
        return periodic(task, startTime, delay, MissedTicks.FIXED_DELAY);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
        return periodic(task, clock.instant(), delay, MissedTicks.FIXED_DELAY);
    }

    private ScheduledTask periodic(Runnable task, Instant first, Duration period, MissedTicks missed) {
        Objects.requireNonNull(first, "startTime");
        return begun(new PeriodicRhythm(call(task), clock, task, first, period, missed));
    }

    private ScheduledTask begun(ScheduledRhythm rhythm) {
        ScheduledTask scheduled = new ScheduledTask(loop, clock, rhythm, tasks::remove);
        tasks.add(scheduled); // first: a task that is over at once is taken out again
        try {
            scheduled.arm();
        } catch (RuntimeException e) {
            tasks.remove(scheduled);
            throw e;
        }
        return scheduled;
    }

    private CallSpec call(Runnable task) {
        String name = Objects.requireNonNull(task, "task").toString();
        return loop.call(name != null && NAME.matcher(name).matches() ? name : "scheduled task");
    }

    /** The loop runs again: sets the timers that its stop has ended. */
    void loopHasStarted() {
        for (ScheduledTask task : tasks) {
            try {
                task.armAgain();
            } catch (RuntimeException e) { // of its trigger: the others go on
                task.over(e);
                log.warn(
                        "A scheduled task of loop '{}' does not go on",
                        loop.options().name(),
                        e);
            }
        }
    }

    /** Also the start of a context can be a new start of the loop, and a loop of the application's own may have no listener. */
    @Override
    public void onApplicationEvent(ApplicationContextEvent event) {
        loopHasStarted();
    }

    /** Nobody waits for a task that will not run any more. */
    @Override
    public void destroy() {
        tasks.forEach(task -> task.cancel(false));
    }

    @Override
    public String toString() {
        return "task scheduler of loop '%s'".formatted(loop.options().name());
    }
}
