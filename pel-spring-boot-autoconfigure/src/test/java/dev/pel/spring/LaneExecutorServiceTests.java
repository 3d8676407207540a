package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** A lane as an executor service: the contract of the JDK, and the lane outlives it. */
class LaneExecutorServiceTests {
    private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    private final EventLoop loop = EventLoop.create(EventLoopOptions.defaults()
            .withWork(work -> work.withThreads(1).withCapacity(10))
            .withErrorHandler(failures::add));
    private final ExecutorService view = new LoopLane(loop, Lane.WORK).executorService();
    private final CountDownLatch gate = new CountDownLatch(1);

    LaneExecutorServiceTests() {
        loop.start();
    }

    @AfterEach
    void stopLoop() {
        gate.countDown();
        loop.close();
    }

    // ------------------------------------------------------------------ tasks

    @ParameterizedTest
    @EnumSource
    void tasksRunOnThreadsOfTheLane(Lane lane) throws Exception {
        ExecutorService of = new LoopLane(loop, lane).executorService();
        assertThat(of.submit(() -> Thread.currentThread().getName()).get(10, SECONDS))
                .startsWith("pel-" + lane.name().toLowerCase(Locale.ROOT));
    }

    @Test
    void whatASubmittedTaskThrowsIsInItsFuture() {
        Future<?> future = view.submit(() -> {
            throw new IllegalStateException("on purpose");
        });
        assertThatThrownBy(() -> future.get(10, SECONDS)).hasRootCauseMessage("on purpose");
    }

    @Test
    void whatAnExecutedTaskThrowsReachesTheErrorHandler() throws Exception {
        view.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        Failure failure = failures.poll(10, SECONDS);
        assertThat(failure).isNotNull();
        assertThat(failure.error()).isInstanceOf(IllegalStateException.class).hasMessage("on purpose");
    }

    @Test
    void invokeAllWaitsForAll() throws Exception {
        List<Future<Integer>> all = view.invokeAll(List.of(() -> 1, () -> 2, () -> 3));
        assertThat(all)
                .allMatch(Future::isDone)
                .extracting(future -> future.get())
                .containsExactly(1, 2, 3);
    }

    @Test
    void invokeAnyReturnsOneThatSucceeds() throws Exception {
        assertThat(view.invokeAny(List.<Callable<Integer>>of(
                        () -> {
                            throw new IllegalStateException("on purpose");
                        },
                        () -> 2)))
                .isEqualTo(2);
    }

    @Test
    void aFullLaneRefuses() {
        hold();
        for (int i = 0; i < 10; i++) {
            view.execute(() -> {});
        }
        assertThatThrownBy(() -> view.execute(() -> {})).isInstanceOf(CallRejectedException.class);
        view.shutdown();
        gate.countDown();
        await().until(view::isTerminated);
    }

    @Test
    void nothingIsKeptOfARefusedTask() throws Exception {
        hold();
        for (int i = 0; i < 10; i++) {
            view.execute(() -> {});
        }
        ExecutorService other = new LoopLane(loop, Lane.WORK).executorService();
        assertThatThrownBy(() -> other.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        other.shutdown();
        assertThat(other.awaitTermination(10, SECONDS)).isTrue();
    }

    // ------------------------------------------------------------------ the end of the view

    @Test
    void refusesAfterShutdown() {
        view.shutdown();
        assertThat(view.isShutdown()).isTrue();
        assertThatThrownBy(() -> view.submit(() -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("executor service of the WORK lane of loop 'pel' has been shut down");
    }

    @Test
    void shutdownLetsItsTasksEnd() throws Exception {
        hold();
        Future<Integer> waiting = view.submit(() -> 1);
        view.shutdown();
        assertThat(view.isTerminated()).isFalse();
        assertThat(view.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        gate.countDown();
        assertThat(waiting.get(10, SECONDS)).isEqualTo(1);
        assertThat(view.awaitTermination(10, SECONDS)).isTrue();
        assertThat(view.isTerminated()).isTrue();
    }

    @Test
    void theTasksOfOthersDoNotCount() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        loop.work(() -> {
            running.countDown();
            gate.await();
        });
        assertThat(running.await(10, SECONDS)).isTrue();
        view.shutdown();
        assertThat(view.isTerminated()).isTrue();
    }

    @Test
    void theLaneOutlivesTheView() throws Exception {
        view.shutdownNow();
        assertThat(loop.work(() -> 1).get(10, SECONDS)).isEqualTo(1);
        assertThat(new LoopLane(loop, Lane.WORK)
                        .executorService()
                        .submit(() -> 2)
                        .get(10, SECONDS))
                .isEqualTo(2);
    }

    @Test
    void shutdownNowInterruptsWhatRunsAndReturnsWhatHasNotBegun() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        view.execute(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertThat(running.await(10, SECONDS)).isTrue();
        Runnable first = () -> {};
        Runnable second = () -> {};
        view.execute(first);
        view.execute(second);
        assertThat(view.shutdownNow()).containsExactlyInAnyOrder(first, second);
        assertThat(interrupted.await(10, SECONDS)).isTrue();
        assertThat(view.awaitTermination(10, SECONDS)).isTrue();
        assertThat(loop.work(() -> Thread.currentThread().isInterrupted()).get(10, SECONDS))
                .isFalse();
    }

    /** Also one that a thread of the lane has just taken. */
    @Test
    void shutdownNowLosesNoTask() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            ExecutorService each = new LoopLane(loop, Lane.WORK).executorService();
            AtomicInteger ran = new AtomicInteger();
            each.execute(ran::incrementAndGet);
            int notBegun = each.shutdownNow().size();
            assertThat(each.awaitTermination(10, SECONDS)).isTrue();
            assertThat(ran.get() + notBegun).isEqualTo(1);
            loop.work(() -> {}).get(10, SECONDS); // what was taken out leaves its place when its turn comes
        }
    }

    @Test
    void isTerminatedOnlyWhenAnInterruptedTaskHasReturned() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        view.execute(() -> {
            running.countDown();
            awaitUninterruptibly();
        });
        assertThat(running.await(10, SECONDS)).isTrue();
        view.shutdownNow();
        assertThat(view.isTerminated()).isFalse();
        gate.countDown();
        assertThat(view.awaitTermination(10, SECONDS)).isTrue();
    }

    // ------------------------------------------------------------------ the active thread does not wait

    @Test
    void methodsThatWaitThrowOnTheActiveThread() {
        assertThat(loop.enqueue(Lane.ACTIVE, () -> view.invokeAll(List.of(() -> 1))))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withRootCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("invokeAll would wait on the active thread");
    }

    @Test
    void theFutureOfATaskIsNotWaitedForOnTheActiveThread() {
        hold();
        Future<Integer> future = view.submit(() -> 1);
        assertThat(loop.enqueue(Lane.ACTIVE, () -> future.get()))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withRootCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("Future.get of a submitted task would wait on the active thread");
    }

    @Test
    void theResultThatIsThereIsReadOnTheActiveThread() throws Exception {
        Future<Integer> future = view.submit(() -> 1);
        assertThat(future.get(10, SECONDS)).isEqualTo(1);
        assertThat(loop.enqueue(Lane.ACTIVE, () -> future.get()).get(10, SECONDS))
                .isEqualTo(1);
    }

    @Test
    void awaitTerminationWithoutTimeIsAskedOnTheActiveThread() throws Exception {
        hold();
        assertThat(loop.enqueue(Lane.ACTIVE, () -> view.awaitTermination(0, SECONDS))
                        .get(10, SECONDS))
                .isFalse();
    }

    // ------------------------------------------------------------------ a stop of the loop

    @Test
    void aStopOfTheLoopCancelsWhatItCutsOff() throws Exception {
        hold();
        Future<Integer> future = view.submit(() -> 1);
        CompletableFuture<Integer> completable = ((AsyncTaskExecutor) view).submitCompletable(() -> 2);
        loop.forceStop().get(20, SECONDS);
        assertThatThrownBy(() -> future.get(10, SECONDS)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> completable.get(10, SECONDS)).isInstanceOf(CancellationException.class);
        view.shutdown();
        assertThat(view.awaitTermination(10, SECONDS)).isTrue();
    }

    @Test
    void goesOnWhenTheLoopStartsAgain() throws Exception {
        loop.close();
        assertThatThrownBy(() -> view.execute(() -> {}))
                .isInstanceOf(CallRejectedException.class)
                .hasMessageContaining("its state is STOPPED");
        loop.start();
        assertThat(view.submit(() -> 1).get(10, SECONDS)).isEqualTo(1);
    }

    @Test
    void toCancelACompletableFutureInterruptsItsTask() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CompletableFuture<?> result = ((AsyncTaskExecutor) view).submitCompletable(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        assertThat(running.await(10, SECONDS)).isTrue();
        result.cancel(true);
        assertThat(interrupted.await(10, SECONDS)).isTrue();
    }

    // ------------------------------------------------------------------ beans

    @Test
    void methodsWithAsyncRunOnTheLaneThatTheyName() {
        runner().withBean(Mails.class).run(context -> {
            Mails mails = context.getBean(Mails.class);
            assertThat(mails.passive().get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(mails.work().get(10, SECONDS)).startsWith("pel-work-");
            assertThat(mails.active().get(10, SECONDS)).isEqualTo("pel-active");
            assertThat(mails.elsewhere().get(10, SECONDS)).startsWith("task-");
        });
    }

    @Test
    void theContextsEndLeavesTheViewToTheLoop() {
        runner().run(context -> {
            ExecutorService bean = context.getBean("pelPassive", ExecutorService.class);
            context.close();
            assertThat(bean.isShutdown()).isFalse();
            assertThatThrownBy(() -> bean.execute(() -> {})).isInstanceOf(CallRejectedException.class);
        });
    }

    private static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(PelAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(SwitchedOn.class);
    }

    private void hold() {
        CountDownLatch running = new CountDownLatch(1);
        view.execute(() -> {
            running.countDown();
            awaitInterruptibly();
        });
        await().until(() -> running.getCount() == 0);
    }

    private void awaitInterruptibly() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitUninterruptibly() {
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                continue; // as a task that does not heed it
            }
        }
    }

    @EnableAsync
    static class SwitchedOn {}

    static class Mails {
        @Async("pelPassive")
        public CompletableFuture<String> passive() {
            return here();
        }

        @Async("pelWork")
        public CompletableFuture<String> work() {
            return here();
        }

        @Async("pelActive")
        public CompletableFuture<String> active() {
            return here();
        }

        @Async
        public CompletableFuture<String> elsewhere() {
            return here();
        }

        private static CompletableFuture<String> here() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }
    }
}
