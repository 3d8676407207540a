package dev.pel.spring;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronTrigger;

/** The loop as Spring's scheduler. */
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
    void theEndOfTheContextCancelsWhatIsLeft() {
        contextRunner.run(context -> {
            ScheduledFuture<?> future = context.getBean("pelTaskScheduler", TaskScheduler.class)
                    .schedule(() -> {}, Instant.now().plusSeconds(3_600));
            context.close();
            assertThat(future.isCancelled()).isTrue();
        });
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
}
