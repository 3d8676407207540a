package dev.pel.spring;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.PeriodicTrigger;

/** The loop as Spring's scheduler. */
@ExtendWith(OutputCaptureExtension.class)
class LoopTaskSchedulerTests {
    private static final String ACTIVE = "pel-active";

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class,
                    TaskSchedulingAutoConfiguration.class,
                    PelSchedulingAutoConfiguration.class))
            .withUserConfiguration(Base.class);

    // ------------------------------------------------------------------ @Scheduled

    @Test
    void scheduledMethodsRunOnTheActiveThread() {
        contextRunner.withBean(Jobs.class).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            for (BlockingQueue<String> runs : jobs.all()) {
                assertThat(runs.poll(20, SECONDS)).isEqualTo(ACTIVE);
            }
            assertThat(jobs.rate().poll(20, SECONDS)).isEqualTo(ACTIVE);
            assertThat(jobs.delay().poll(20, SECONDS)).isEqualTo(ACTIVE);
            assertThat(jobs.cron().poll(20, SECONDS)).isEqualTo(ACTIVE);
        });
    }

    @Test
    void othersRunOnTheApplicationsScheduler() {
        contextRunner
                .withBean(Elsewhere.class)
                .run(context -> assertThat(
                                context.getBean(Elsewhere.class).runs().poll(20, SECONDS))
                        .startsWith("scheduling-"));
    }

    @Test
    void aMethodWithNextIsSubmittedByTheActiveThreadAndRunsOnItsLane() {
        contextRunner
                .withBean(Offloaded.class)
                .run(context -> assertThat(
                                context.getBean(Offloaded.class).runs().poll(20, SECONDS))
                        .startsWith("pel-passive-"));
    }

    @Test
    void aMethodThatFailsReachesTheErrorHandlerAndRunsAgain() {
        contextRunner.withBean(Failing.class).run(context -> {
            BlockingQueue<Failure> failures = context.getBean(Base.class).failures();
            for (int i = 0; i < 3; i++) {
                Failure failure = failures.poll(20, SECONDS);
                assertThat(failure).isNotNull();
                assertThat(failure.error()).hasMessage("on purpose");
                assertThat(failure.label()).isEqualTo(Failing.class.getName() + ".fail");
                assertThat(failure.lane()).isEqualTo(Lane.ACTIVE);
            }
        });
    }

    @Test
    void scheduledMethodsGoOnWhenTheLoopStartsAgain() {
        contextRunner.withBean(Jobs.class).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            EventLoop loop = context.getBean(EventLoop.class);
            loop.close();
            jobs.all().forEach(BlockingQueue::clear);
            loop.start();
            assertThat(jobs.rate().poll(20, SECONDS)).isEqualTo(ACTIVE);
            assertThat(jobs.delay().poll(20, SECONDS)).isEqualTo(ACTIVE);
            assertThat(jobs.cron().poll(20, SECONDS)).isEqualTo(ACTIVE);
        });
    }

    @Test
    void scheduledMethodsGoOnWhenTheContextStartsAgain() {
        contextRunner.withBean(Jobs.class).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            context.stop();
            jobs.all().forEach(BlockingQueue::clear);
            context.start();
            assertThat(jobs.rate().poll(20, SECONDS)).isEqualTo(ACTIVE);
            assertThat(jobs.cron().poll(20, SECONDS)).isEqualTo(ACTIVE);
        });
    }

    @Test
    void aMethodThatIsTriedAgainByRetryableStopsTheStart() {
        contextRunner
                .withPropertyValues("the.scheduler=pelTaskScheduler")
                .withBean(Retried.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "@Scheduled method " + Retried.class.getName()
                                        + ".run() runs on the active thread, and is tried again by @Retryable, whose pauses would hold that thread")
                        .hasStackTraceContaining("@Next(retries = …)"));
    }

    @Test
    void aRetriedMethodOfAnotherSchedulerOrLaneIsNoneOfItsBusiness() {
        contextRunner
                .withPropertyValues("the.scheduler=")
                .withBean(Retried.class)
                .withBean(RetriedOperation.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    // ------------------------------------------------------------------ the future of a task

    @Test
    void aTaskRunsOnceAtItsTime() {
        withScheduler((scheduler, loop) -> {
            BlockingQueue<String> runs = new LinkedBlockingQueue<>();
            ScheduledFuture<?> future = scheduler.schedule(() -> note(runs), Instant.now());
            assertThat(future.get(20, SECONDS)).isNull();
            assertThat(runs).containsExactly(ACTIVE);
            assertThat(future.isDone()).isTrue();
            assertThat(future.cancel(true)).isFalse();
        });
    }

    @Test
    void whatATaskThrowsIsInItsFutureAndReachesTheErrorHandler() {
        contextRunner.run(context -> {
            ScheduledFuture<?> future = context.getBean("pelTaskScheduler", TaskScheduler.class)
                    .schedule(
                            () -> {
                                throw new IllegalStateException("on purpose");
                            },
                            Instant.now());
            assertThatThrownBy(() -> future.get(20, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("on purpose");
            Failure failure = context.getBean(Base.class).failures().poll(20, SECONDS);
            assertThat(failure).isNotNull();
            assertThat(failure.label()).isEqualTo("scheduled task");
        });
    }

    @Test
    void aCancelledTaskDoesNotRun() {
        withScheduler((scheduler, loop) -> {
            ScheduledFuture<?> future =
                    scheduler.schedule(() -> {}, Instant.now().plusSeconds(3_600));
            assertThat(future.getDelay(SECONDS)).isBetween(3_000L, 3_600L);
            assertThat(loop.stats().timers().pending()).isEqualTo(1);
            assertThat(future.cancel(false)).isTrue();
            assertThat(future.isCancelled()).isTrue();
            assertThat(future.isDone()).isTrue();
            assertThat(loop.stats().timers().pending()).isZero();
            assertThatThrownBy(() -> future.get(20, SECONDS)).isInstanceOf(CancellationException.class);
        });
    }

    @Test
    void aRepeatedTaskIsCancelledFromInside() {
        withScheduler((scheduler, loop) -> {
            CompletableFuture<ScheduledFuture<?>> itself = new CompletableFuture<>();
            AtomicInteger runs = new AtomicInteger();
            ScheduledFuture<?> future = scheduler.scheduleAtFixedRate(
                    () -> {
                        if (runs.incrementAndGet() == 3) {
                            itself.getNow(null).cancel(true);
                        }
                    },
                    Instant.now().plusMillis(20),
                    Duration.ofMillis(1));
            itself.complete(future);
            assertThatThrownBy(() -> future.get(20, SECONDS)).isInstanceOf(CancellationException.class);
            loop.enqueue(Lane.ACTIVE, () -> {}).get(20, SECONDS);
            assertThat(runs).hasValue(3);
            assertThat(loop.stats().timers().pending()).isZero();
        });
    }

    @Test
    void aTaskThatIsDueSoonerComesFirst() {
        withScheduler((scheduler, loop) -> {
            ScheduledFuture<?> later = scheduler.schedule(() -> {}, new CronTrigger("0 0 0 1 1 *"));
            ScheduledFuture<?> sooner =
                    scheduler.scheduleWithFixedDelay(() -> {}, Instant.now().plusSeconds(60), Duration.ofSeconds(60));
            assertThat(sooner.getDelay(MILLISECONDS)).isBetween(0L, 60_000L);
            assertThat(sooner.compareTo(later)).isNegative();
            assertThat(later.compareTo(sooner)).isPositive();
        });
    }

    @Test
    void aTriggerThatNeverFiresMakesNoTask() {
        withScheduler((scheduler, loop) -> {
            Trigger never = context -> null;
            assertThat((Object) scheduler.schedule(() -> {}, never)).isNull();
        });
    }

    @Test
    void aTriggerThatEndsEndsTheTask() {
        withScheduler((scheduler, loop) -> {
            AtomicInteger runs = new AtomicInteger();
            Trigger twice = context -> runs.get() < 2 ? Instant.now() : null;
            ScheduledFuture<?> future = scheduler.schedule(runs::incrementAndGet, twice);
            assertThat((Object) future).isNotNull();
            assertThat(future.get(20, SECONDS)).isNull();
            assertThat(runs).hasValue(2);
        });
    }

    @Test
    void aTriggerGetsTheTimesOfTheLastRun() {
        withScheduler((scheduler, loop) -> {
            BlockingQueue<Instant> completions = new LinkedBlockingQueue<>();
            Instant planned = Instant.now().plusMillis(5);
            Trigger once = context -> {
                if (context.lastScheduledExecution() == null) {
                    return planned;
                }
                assertThat(context.lastScheduledExecution()).isEqualTo(planned);
                assertThat(context.lastActualExecution()).isNotNull();
                completions.add(context.lastCompletion());
                return null;
            };
            scheduler.schedule(() -> {}, once);
            assertThat(completions.poll(20, SECONDS)).isNotNull();
        });
    }

    @Test
    void toWaitForATaskOnTheActiveThreadIsRefused() {
        withScheduler((scheduler, loop) -> {
            ScheduledFuture<?> future =
                    scheduler.schedule(() -> {}, Instant.now().plusSeconds(3_600));
            assertThat(loop.enqueue(Lane.ACTIVE, () -> future.get()))
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withMessageContaining("so to wait for it there would never end");
        });
    }

    // ------------------------------------------------------------------ the loop does not run

    @Test
    void refusesWhileTheLoopDoesNotRun() {
        withScheduler((scheduler, loop) -> {
            loop.close();
            assertThatThrownBy(() -> scheduler.scheduleAtFixedRate(() -> {}, Duration.ofSeconds(1)))
                    .isInstanceOf(TaskRejectedException.class)
                    .hasMessageContaining("its state is STOPPED");
            loop.start();
            assertThat(loop.stats().timers().pending()).isZero();
        });
    }

    @Test
    void aTaskThatWaitsForItsTimeSurvivesAStop() {
        withScheduler((scheduler, loop) -> {
            BlockingQueue<String> runs = new LinkedBlockingQueue<>();
            CountDownLatch soon = new CountDownLatch(1);
            Trigger later = context ->
                    context.lastCompletion() != null ? null : Instant.now().plusSeconds(soon.getCount() * 3_600);
            ScheduledFuture<?> future = scheduler.schedule(() -> note(runs), later);
            ScheduledFuture<?> once =
                    scheduler.schedule(() -> note(runs), Instant.now().plusSeconds(3_600));
            loop.close();
            assertThat(once.isDone()).isFalse();
            soon.countDown();
            loop.start();
            assertThat(runs.poll(20, SECONDS)).isEqualTo(ACTIVE);
            assertThat((Object) future).isNotNull();
            assertThat(future.get(20, SECONDS)).isNull();
            assertThat(loop.stats().timers().pending()).isEqualTo(1);
        });
    }

    @Test
    void aCancelledTaskIsNotSetAgain() {
        withScheduler((scheduler, loop) -> {
            ScheduledFuture<?> future =
                    scheduler.scheduleAtFixedRate(() -> {}, Instant.now().plusSeconds(3_600), Duration.ofSeconds(1));
            loop.close();
            future.cancel(false);
            loop.start();
            assertThat(loop.stats().timers().pending()).isZero();
        });
    }

    @Test
    void aTaskThatAForcedStopInterruptsGoesOnAfterwards() {
        withScheduler((scheduler, loop) -> {
            BlockingQueue<Integer> runs = new LinkedBlockingQueue<>();
            AtomicInteger number = new AtomicInteger();
            scheduler.schedule(
                    () -> {
                        int run = number.incrementAndGet();
                        runs.add(run);
                        if (run == 1) {
                            awaitInterrupt();
                        }
                    },
                    new PeriodicTrigger(Duration.ofMillis(5)));
            assertThat(runs.poll(20, SECONDS)).isEqualTo(1);
            loop.forceStop().get(20, SECONDS);
            loop.start();
            assertThat(runs.poll(20, SECONDS)).isEqualTo(2);
            assertThat(runs.poll(20, SECONDS)).isEqualTo(3);
        });
    }

    @Test
    void aTaskThatAStopCannotEndDoesNotGoOnTwice() {
        withStuckTask((scheduler, loop, stuck) -> {
            AtomicInteger looks = new AtomicInteger();
            Trigger onceSoon = context ->
                    looks.getAndIncrement() == 0 ? Instant.now() : Instant.now().plusSeconds(3_600);
            scheduler.schedule(stuck, onceSoon);
            stuck.runsOverAStopOf(loop);
            await().until(() -> loop.stats().timers().pending() == 1);
            stuck.ends();
            assertThat(looks).hasValue(2);
            assertThat(loop.stats().timers().pending()).isEqualTo(1);
        });
    }

    @Test
    void aTaskForOnceThatAStopCannotEndDoesNotRunAgain() {
        withStuckTask((scheduler, loop, stuck) -> {
            ScheduledFuture<?> future = scheduler.schedule(stuck, Instant.now());
            stuck.runsOverAStopOf(loop);
            ((LoopTaskScheduler) scheduler).loopHasStarted();
            loop.delay(Duration.ofMillis(1), () -> {}).get(20, SECONDS); // what is due comes before
            assertThat(stuck.runs).hasValue(1);
            assertThat(future.isDone()).isFalse();
            stuck.ends();
            assertThat(future.get(20, SECONDS)).isNull();
            assertThat(stuck.runs).hasValue(1);
        });
    }

    @Test
    void aTriggerThatThrowsKeepsNoOtherTaskFromGoingOn() {
        withScheduler((scheduler, loop) -> {
            AtomicBoolean broken = new AtomicBoolean();
            Trigger trigger = context -> {
                if (broken.get()) {
                    throw new IllegalStateException("on purpose");
                }
                return Instant.now().plusSeconds(3_600);
            };
            List<ScheduledFuture<?>> ended = new ArrayList<>();
            List<BlockingQueue<String>> others = new ArrayList<>();
            for (int i = 0; i < 10; i++) { // so that some come after it, in whatever order
                ended.add(scheduler.schedule(() -> {}, trigger));
                BlockingQueue<String> runs = new LinkedBlockingQueue<>();
                others.add(runs);
                scheduler.scheduleAtFixedRate(() -> note(runs), Duration.ofMillis(5));
            }
            loop.close();
            others.forEach(BlockingQueue::clear);
            broken.set(true);
            loop.start();
            for (BlockingQueue<String> runs : others) {
                assertThat(runs.poll(20, SECONDS)).isEqualTo(ACTIVE);
            }
            for (ScheduledFuture<?> future : ended) {
                assertThatThrownBy(() -> future.get(20, SECONDS)).hasRootCauseMessage("on purpose");
            }
        });
    }

    @Test
    void aLoopThatIsStartedAfterItsContextSaysNothingOfTheScheduler(CapturedOutput output) {
        contextRunner.run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            context.close();
            loop.start();
            loop.enqueue(Lane.ACTIVE, () -> {}).get(20, SECONDS);
            loop.close();
            assertThat(output).doesNotContain("Exception");
        });
    }

    @Test
    void theEndOfTheContextCancelsWhatIsLeft() {
        contextRunner.run(context -> {
            ScheduledFuture<?> future = context.getBean("pelTaskScheduler", TaskScheduler.class)
                    .schedule(() -> {}, Instant.now().plusSeconds(3_600));
            context.close();
            assertThat(future.isCancelled()).isTrue();
        });
    }

    private static void awaitInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void withStuckTask(StuckStory story) {
        Stuck stuck = new Stuck();
        contextRunner.withPropertyValues("pel.stop.interrupt-grace=50ms").run(context -> {
            try {
                story.tell(
                        context.getBean("pelTaskScheduler", TaskScheduler.class),
                        context.getBean(EventLoop.class),
                        stuck);
            } finally {
                stuck.gate.countDown();
            }
        });
    }

    @FunctionalInterface
    private interface StuckStory {
        void tell(TaskScheduler scheduler, EventLoop loop, Stuck stuck) throws Exception;
    }

    /** A task whose first run heeds no interrupt. */
    private static final class Stuck implements Runnable {
        private final AtomicInteger runs = new AtomicInteger();
        private final CompletableFuture<Thread> thread = new CompletableFuture<>();
        private final CountDownLatch gate = new CountDownLatch(1);

        @Override
        public void run() {
            if (runs.incrementAndGet() > 1) {
                return;
            }
            thread.complete(Thread.currentThread());
            while (gate.getCount() > 0) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    continue; // as a task that does not heed it
                }
            }
        }

        void runsOverAStopOf(EventLoop loop) throws Exception {
            thread.get(20, SECONDS);
            loop.forceStop().get(20, SECONDS);
            loop.start();
        }

        void ends() throws Exception {
            gate.countDown();
            Thread active = thread.get(20, SECONDS);
            active.join(20_000);
            assertThat(active.isAlive()).isFalse();
        }
    }

    private void withScheduler(Story story) {
        contextRunner.run(context ->
                story.tell(context.getBean("pelTaskScheduler", TaskScheduler.class), context.getBean(EventLoop.class)));
    }

    @FunctionalInterface
    private interface Story {
        void tell(TaskScheduler scheduler, EventLoop loop) throws Exception;
    }

    private static void note(BlockingQueue<String> runs) {
        runs.add(Thread.currentThread().getName());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Base {
        private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();

        BlockingQueue<Failure> failures() {
            return failures;
        }

        @Bean
        ErrorHandler errorHandler() {
            return failures::add;
        }
    }

    static class Jobs {
        private final BlockingQueue<String> rate = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> delay = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> cron = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> once = new LinkedBlockingQueue<>();

        List<BlockingQueue<String>> all() {
            return List.of(rate, delay, cron, once);
        }

        BlockingQueue<String> rate() {
            return rate;
        }

        BlockingQueue<String> delay() {
            return delay;
        }

        BlockingQueue<String> cron() {
            return cron;
        }

        @Scheduled(fixedRate = 5, scheduler = "pelTaskScheduler")
        void atAFixedRate() {
            note(rate);
        }

        @Scheduled(fixedDelay = 5, initialDelay = 5, scheduler = "pelTaskScheduler")
        void withAFixedDelay() {
            note(delay);
        }

        @Scheduled(cron = "* * * * * *", scheduler = "pelTaskScheduler")
        void eachSecond() {
            note(cron);
        }

        @Scheduled(initialDelay = 5, scheduler = "pelTaskScheduler")
        void once() {
            note(once);
        }
    }

    static class Elsewhere {
        private final BlockingQueue<String> runs = new LinkedBlockingQueue<>();

        BlockingQueue<String> runs() {
            return runs;
        }

        @Scheduled(fixedRate = 5)
        void run() {
            note(runs);
        }
    }

    static class Offloaded {
        private final BlockingQueue<String> runs = new LinkedBlockingQueue<>();

        BlockingQueue<String> runs() {
            return runs;
        }

        @Scheduled(fixedRate = 50, scheduler = "pelTaskScheduler")
        @Next
        public void run() {
            note(runs);
        }
    }

    static class Failing {
        @Scheduled(fixedRate = 5, scheduler = "pelTaskScheduler")
        void fail() {
            throw new IllegalStateException("on purpose");
        }
    }

    static class Retried {
        @Scheduled(fixedRate = 3_600_000, scheduler = "${the.scheduler}")
        @Retryable
        public void run() {}
    }

    static class RetriedOperation {
        @Scheduled(fixedRate = 3_600_000, scheduler = "pelTaskScheduler")
        @Next
        @Retryable
        public void run() {}
    }
}
