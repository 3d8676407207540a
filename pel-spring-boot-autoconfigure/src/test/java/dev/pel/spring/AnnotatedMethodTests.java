package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallTimeoutException;
import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What an annotated method does when it is called. */
@ExtendWith(OutputCaptureExtension.class)
class AnnotatedMethodTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, AopAutoConfiguration.class));

    /** All ways in which an application may have set up proxies. */
    enum Proxies {
        DEFAULT("spring.main.banner-mode=off"),
        NO_AOP("spring.aop.auto=false"),
        BY_INTERFACE("spring.aop.proxy-target-class=false");

        private final String property;

        Proxies(String property) {
            this.property = property;
        }
    }

    // ------------------------------------------------------------------ where it runs

    @ParameterizedTest
    @EnumSource
    void runsOnItsLaneHoweverProxiesAreMade(Proxies proxies) {
        contextRunner.withPropertyValues(proxies.property).withBean(Plain.class).run(context -> {
            Plain plain = context.getBean(Plain.class);
            assertThat(plain.next().get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(plain.work().toCompletableFuture().get(10, SECONDS)).startsWith("pel-work-");
        });
    }

    @ParameterizedTest
    @EnumSource
    void isSeenOnAnInterfaceMethodHoweverProxiesAreMade(Proxies proxies) {
        contextRunner
                .withPropertyValues(proxies.property)
                .withBean(Api.class, ApiBean::new)
                .run(context -> {
                    Api api = context.getBean(Api.class);
                    assertThat(api.next().get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(api.plain()).isEqualTo(Thread.currentThread().getName());
                });
    }

    @Test
    void isSeenOnAnInterfaceBehindAProxyByClass() {
        contextRunner.withBean(ApiBean.class).run(context -> {
            ApiBean bean = context.getBean(ApiBean.class);
            assertThat(AopUtils.isCglibProxy(bean)).isTrue();
            assertThat(bean.next().get(10, SECONDS)).startsWith("pel-passive-");
        });
    }

    @Test
    void worksOnABeanThatIsProxiedByItsInterface() {
        contextRunner
                .withPropertyValues("spring.aop.auto=false")
                .withBean(Api.class, ApiBean::new)
                .run(context -> assertThat(AopUtils.isJdkDynamicProxy(context.getBean(Api.class)))
                        .isTrue());
    }

    @Test
    void onAClassCountsForAllOfItsPublicMethods() {
        contextRunner.withBean(AllNext.class).run(context -> {
            AllNext all = context.getBean(AllNext.class);
            assertThat(all.one().get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(all.two().get(10, SECONDS)).startsWith("pel-work-");
            assertThat(all.toString()).isEqualTo("all");
        });
    }

    @Test
    void onAnInterfaceCountsForTheMethodsOfTheInterfaceOnly() {
        contextRunner.withBean(AllOfApiBean.class).run(context -> {
            AllOfApiBean bean = context.getBean(AllOfApiBean.class);
            assertThat(bean.load(1L).get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(bean.other()).isEqualTo(Thread.currentThread().getName());
        });
    }

    @Test
    void bothAnnotationsLiveBesideAsyncAndTransactionalOfOtherMethods() {
        contextRunner
                .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(AsyncAndTransactional.class)
                .run(context -> {
                    Mixed mixed = context.getBean(Mixed.class);
                    assertThat(mixed.next().get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(mixed.async().get(10, SECONDS)).startsWith("task-");
                    assertThat(mixed.transactional()).isTrue();
                });
    }

    @Test
    void theTransactionOfTheSameMethodIsOnThePassiveThread() {
        contextRunner
                .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(AsyncAndTransactional.class)
                .run(context -> assertThat(
                                context.getBean(Mixed.class).nextInTransaction().get(10, SECONDS))
                        .startsWith("pel-passive-")
                        .endsWith(" in transaction"));
    }

    @Test
    void runsInlineWhenPelIsDisabled() {
        contextRunner
                .withPropertyValues("pel.enabled=false")
                .withBean(Plain.class)
                .run(context -> assertThat(context.getBean(Plain.class).next().get())
                        .isEqualTo(Thread.currentThread().getName()));
    }

    // ------------------------------------------------------------------ what the caller gets

    @Test
    void returnsTheHandleOfTheCall() {
        contextRunner.withBean(Plain.class).run(context -> {
            Plain plain = context.getBean(Plain.class);
            assertThat(plain.next()).isInstanceOf(LoopFuture.class);
            assertThat(plain.work()).isInstanceOf(LoopFuture.class);
            assertThat(plain.future()).isInstanceOf(LoopFuture.class);
            assertThat(plain.handle().get(10, SECONDS)).isEqualTo("a handle");
        });
    }

    @Test
    void dependentsOfTheHandleRunOnTheActiveThread() {
        contextRunner
                .withBean(Plain.class)
                .run(context -> assertThat(context.getBean(Plain.class)
                                .next()
                                .thenApply(name -> Thread.currentThread().getName())
                                .get(10, SECONDS))
                        .isEqualTo("pel-active"));
    }

    @Test
    void aFutureThatEndsLaterIsWaitedForOnTheLane() {
        contextRunner.withBean(Plain.class).run(context -> {
            Plain plain = context.getBean(Plain.class);
            CompletableFuture<String> later = new CompletableFuture<>();
            CompletableFuture<String> handle = plain.later(later);
            later.complete("late");
            assertThat(handle.get(10, SECONDS)).isEqualTo("late");
        });
    }

    @Test
    void nullInsteadOfAFutureIsAFailure() {
        contextRunner
                .withBean(Plain.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Plain.class).nothing().get(10, SECONDS))
                        .hasCauseInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(
                                "AnnotatedMethodTests$Plain.nothing() returned null, but must return a future")
                        .hasMessageContaining("return LoopFuture.completed(null)"));
    }

    @Test
    void aFutureOfNullIsAResult() {
        contextRunner
                .withBean(Plain.class)
                .run(context -> assertThat(context.getBean(Plain.class)
                                .later(CompletableFuture.completedFuture(null))
                                .get(10, SECONDS))
                        .isNull());
    }

    @Test
    void carriesTheVeryExceptionThatTheMethodThrows() {
        contextRunner.withBean(Plain.class).run(context -> {
            Plain plain = context.getBean(Plain.class);
            assertThatThrownBy(() -> plain.failing(false).get(10, SECONDS))
                    .cause()
                    .isSameAs(Plain.FAILURE);
            assertThatThrownBy(() -> plain.failing(true).get(10, SECONDS))
                    .cause()
                    .isSameAs(Plain.FAILURE);
        });
    }

    @Test
    void aFailedVoidMethodReachesTheErrorHandler() {
        BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
        contextRunner
                .withBean(ErrorHandler.class, () -> failures::add)
                .withBean(Plain.class)
                .run(context -> {
                    context.getBean(Plain.class).fireAndFail();
                    Failure failure = failures.poll(10, SECONDS);
                    assertThat(failure.error()).isSameAs(Plain.FAILURE);
                    assertThat(failure.label()).isEqualTo("Plain.fireAndFail");
                    assertThat(failure.lane()).isEqualTo(Lane.PASSIVE);
                });
    }

    @Test
    void aRefusedCallComesBackRejected() throws Exception {
        contextRunner.withBean(Plain.class).run(context -> {
            EventLoop loop = context.getBean(EventLoop.class);
            loop.stop(Duration.ZERO).get(10, SECONDS);
            CompletableFuture<String> handle = context.getBean(Plain.class).next();
            assertThat(((LoopFuture<String>) handle).outcome()).isEqualTo(Outcome.REJECTED);
        });
    }

    @Test
    void refusedVoidCallsAreLoggedWithTheirNumberAndNotThrown(CapturedOutput output) {
        contextRunner
                .withBean(Plain.class)
                .withPropertyValues("pel.passive.threads=1", "pel.passive.capacity=1")
                .run(context -> {
                    Plain plain = context.getBean(Plain.class);
                    CountDownLatch running = new CountDownLatch(1);
                    CountDownLatch gate = new CountDownLatch(1);
                    plain.hold(running, gate);
                    assertThat(running.await(60, SECONDS)).isTrue();
                    for (int i = 0; i < 101; i++) {
                        plain.fire(new CountDownLatch(1));
                    }
                    gate.countDown();
                    context.getBean(EventLoop.class)
                            .stop(Duration.ofSeconds(60))
                            .get(60, SECONDS);
                    assertThat(output).containsOnlyOnce("Loop 'pel' refused 100 call(s)");
                });
    }

    @Test
    void aVoidMethodRuns() {
        contextRunner.withBean(Plain.class).run(context -> {
            CountDownLatch ran = new CountDownLatch(1);
            context.getBean(Plain.class).fire(ran);
            assertThat(ran.await(10, SECONDS)).isTrue();
        });
    }

    // ------------------------------------------------------------------ label and timeout

    @Test
    void theTimeoutInterruptsTheMethod() {
        contextRunner
                .withPropertyValues("orders.timeout=20ms")
                .withBean(Slow.class)
                .run(context -> {
                    Slow slow = context.getBean(Slow.class);
                    assertThatThrownBy(() -> slow.load().get(10, SECONDS))
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(CallTimeoutException.class);
                    assertThat(slow.interrupted().await(10, SECONDS)).isTrue();
                });
    }

    @Test
    void theLabelIsTheMethodUnlessGiven() {
        BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
        contextRunner
                .withBean(ErrorHandler.class, () -> failures::add)
                .withBean(Plain.class)
                .run(context -> {
                    context.getBean(Plain.class).labelled();
                    assertThat(failures.poll(10, SECONDS).label()).isEqualTo("my label");
                });
    }

    // ------------------------------------------------------------------ beans

    static class Plain {
        static final IOException FAILURE = new IOException("on purpose");

        @Next
        public CompletableFuture<String> next() {
            return here();
        }

        @Work
        public CompletionStage<String> work() {
            return here();
        }

        @Next
        public Future<String> future() {
            return here();
        }

        @Next
        public LoopFuture<String> handle() throws Exception {
            return made();
        }

        private LoopFuture<String> made() throws Exception {
            try (EventLoop loop = EventLoop.create(EventLoopOptions.defaults().withName("inner"))) {
                loop.start();
                LoopFuture<String> handle = loop.next(() -> "a handle");
                handle.get(10, SECONDS);
                return handle;
            }
        }

        @Next
        public CompletableFuture<String> later(CompletableFuture<String> future) {
            return future;
        }

        @Next
        public CompletableFuture<String> nothing() {
            return null;
        }

        @Next
        public CompletableFuture<String> failing(boolean late) throws IOException {
            if (late) {
                return CompletableFuture.failedFuture(FAILURE);
            }
            throw FAILURE;
        }

        @Next
        public void fireAndFail() throws IOException {
            throw FAILURE;
        }

        @Next(label = "my label")
        public void labelled() throws IOException {
            throw FAILURE;
        }

        @Next
        public void fire(CountDownLatch ran) {
            ran.countDown();
        }

        @Next
        public void hold(CountDownLatch running, CountDownLatch gate) throws InterruptedException {
            running.countDown();
            gate.await();
        }
    }

    static class Slow {
        private final CountDownLatch interrupted = new CountDownLatch(1);

        CountDownLatch interrupted() {
            return interrupted;
        }

        @Next(timeout = "${orders.timeout}")
        public CompletableFuture<String> load() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        }
    }

    interface Api {
        @Next
        CompletableFuture<String> next();

        String plain();
    }

    static class ApiBean implements Api {
        @Override
        public CompletableFuture<String> next() {
            return here();
        }

        @Override
        public String plain() {
            return Thread.currentThread().getName();
        }
    }

    @Next
    static class AllNext {
        public CompletableFuture<String> one() {
            return here();
        }

        @Work
        public CompletableFuture<String> two() {
            return here();
        }

        String notPublic() {
            return "";
        }

        @Override
        public String toString() {
            return "all";
        }
    }

    @Next
    interface AllOfApi<K> {
        CompletableFuture<String> load(K key);
    }

    static class AllOfApiBean implements AllOfApi<Long> {
        @Override
        public CompletableFuture<String> load(Long key) {
            return here();
        }

        public String other() {
            return Thread.currentThread().getName();
        }
    }

    static class Mixed {
        @Next
        public CompletableFuture<String> next() {
            return here();
        }

        @Async
        public CompletableFuture<String> async() {
            return here();
        }

        @Transactional
        public boolean transactional() {
            return TransactionSynchronizationManager.isActualTransactionActive();
        }

        @Next
        @Transactional
        public CompletableFuture<String> nextInTransaction() {
            boolean active = TransactionSynchronizationManager.isActualTransactionActive();
            return CompletableFuture.completedFuture(
                    Thread.currentThread().getName() + (active ? " in transaction" : " alone"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    @EnableTransactionManagement
    static class AsyncAndTransactional {
        @Bean
        PlatformTransactionManager transactionManager() {
            return new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:mixed"));
        }

        @Bean
        Mixed mixed() {
            return new Mixed();
        }
    }

    static CompletableFuture<String> here() {
        return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }
}
