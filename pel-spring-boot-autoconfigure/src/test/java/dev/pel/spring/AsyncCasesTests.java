package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import jakarta.annotation.PostConstruct;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.target.HotSwappableTargetSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AliasFor;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.annotation.PersistenceExceptionTranslationPostProcessor;
import org.springframework.dao.support.PersistenceExceptionTranslator;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The cases that people know from {@code @Async}: what works there works with pel's annotations. */
class AsyncCasesTests {

    private static final String HERE = AsyncCasesTests.class.getName();

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, AopAutoConfiguration.class));

    /** What makes proxies in a context besides pel. */
    enum Around {
        AOP(AopAutoConfiguration.class),
        NOTHING(Object.class),
        ALL_ADVISORS(DefaultAdvisorAutoProxyCreator.class),
        ASYNC(WithAsync.class);

        private final Class<?> configuration;

        Around(Class<?> configuration) {
            this.configuration = configuration;
        }

        ApplicationContextRunner runner() {
            return new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
                    .withUserConfiguration(configuration);
        }
    }

    // ------------------------------------------------------------------ where the annotation stands

    @ParameterizedTest
    @EnumSource
    void onMethodsOfAClass(Around around) {
        around.runner().withBean(OnMethods.class).run(context -> {
            OnMethods bean = context.getBean(OnMethods.class);
            assertThat(bean.unmarked()).isEqualTo(Thread.currentThread().getName());
            assertThat(bean.some(1).get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(bean.later(1).get(10, SECONDS)).startsWith("pel-passive-");
        });
    }

    @ParameterizedTest
    @EnumSource
    void onMethodsOfAClassThatIsCalledByItsInterface(Around around) {
        around.runner()
                .withBean(Some.class, WithInterface::new)
                .run(context -> assertThat(context.getBean(Some.class).some(1).get(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    @ParameterizedTest
    @EnumSource
    void onAClassWithAnInterface(Around around) {
        around.runner()
                .withBean(OneMethod.class, OnClassWithInterface::new)
                .run(context -> assertThat(
                                context.getBean(OneMethod.class).some(1).get(10, SECONDS))
                        .startsWith("pel-work-"));
    }

    @ParameterizedTest
    @EnumSource
    void onASuperclass(Around around) {
        around.runner().withBean(Extends.class).run(context -> {
            Extends bean = context.getBean(Extends.class);
            assertThat(bean.some(1).get(10, SECONDS)).startsWith("pel-work-");
            assertThat(bean.more().get(10, SECONDS)).startsWith("pel-work-");
        });
    }

    @ParameterizedTest
    @EnumSource
    void onAMethodThatASubclassOverridesWithout(Around around) {
        around.runner()
                .withBean(Overrides.class)
                .run(context -> assertThat(
                                context.getBean(Overrides.class).some(1).get(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    @ParameterizedTest
    @EnumSource
    void onAGenericMethodOfASuperclass(Around around) {
        around.runner().withBean(OfText.class).run(context -> {
            OfText bean = context.getBean(OfText.class);
            assertThat(bean.load("a").get(10, SECONDS)).startsWith("pel-passive-");
            Base<String> base = bean;
            assertThat(base.load("a").get(10, SECONDS)).startsWith("pel-passive-");
        });
    }

    @ParameterizedTest
    @EnumSource
    void onAnAnnotation(Around around) {
        around.runner()
                .withBean(ComposedOnMethod.class)
                .withBean(ComposedOnClass.class)
                .run(context -> {
                    assertThat(context.getBean(ComposedOnMethod.class).load().get(10, SECONDS))
                            .startsWith("pel-passive-");
                    assertThat(context.getBean(ComposedOnClass.class).load().get(10, SECONDS))
                            .startsWith("pel-passive-");
                });
    }

    /** {@code @Async("executor")} chooses an executor; of pel's annotations the name chooses the lane. */
    @Test
    void theOneOnTheMethodGoesBeforeThatOfTheClass() {
        contextRunner.withBean(Lanes.class).run(context -> {
            Lanes bean = context.getBean(Lanes.class);
            assertThat(bean.ofClass().get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(bean.ofMethod().get(10, SECONDS)).startsWith("pel-work-");
        });
    }

    @Test
    void anAttributeOfAComposedAnnotationArrives() {
        BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
        contextRunner
                .withBean(ErrorHandler.class, () -> failures::add)
                .withBean(Named.class)
                .run(context -> {
                    context.getBean(Named.class).fail();
                    assertThat(failures.poll(10, SECONDS).label()).isEqualTo("composed");
                });
    }

    // ------------------------------------------------------------------ what comes back

    @Test
    void whatIsThrownAndWhatAFutureFailsWithComeBackAlike() {
        contextRunner.withBean(OnMethods.class).run(context -> {
            OnMethods bean = context.getBean(OnMethods.class);
            assertThatThrownBy(() -> bean.some(0).get(10, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> bean.some(-1).get(10, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        });
    }

    @Test
    void aVoidMethodThatFailsReachesTheErrorHandler() {
        BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
        contextRunner
                .withBean(ErrorHandler.class, () -> failures::add)
                .withBean(Named.class)
                .run(context -> {
                    context.getBean(Named.class).fail();
                    assertThat(failures.poll(10, SECONDS).error()).hasMessage("on purpose");
                });
    }

    @Test
    void aFailureThatSomebodyAskedForDoesNotReachTheErrorHandler() {
        BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
        contextRunner
                .withPropertyValues("pel.failures.unobserved-grace=10s")
                .withBean(ErrorHandler.class, () -> failures::add)
                .withBean(OnMethods.class)
                .run(context -> {
                    Future<String> handle = context.getBean(OnMethods.class).some(0);
                    assertThatThrownBy(() -> handle.get(10, SECONDS))
                            .hasCauseInstanceOf(IllegalArgumentException.class);
                    context.getBean(EventLoop.class).stop(Duration.ZERO).get(10, SECONDS);
                    assertThat(failures).isEmpty();
                });
    }

    @Test
    void anErrorHandlerThatThrowsDoesNotReachTheCaller() {
        contextRunner
                .withBean(ErrorHandler.class, () -> failure -> {
                    throw new IllegalStateException("on purpose");
                })
                .withBean(Named.class)
                .withBean(OnMethods.class)
                .run(context -> {
                    context.getBean(Named.class).fail();
                    assertThat(context.getBean(OnMethods.class).some(1).get(10, SECONDS))
                            .startsWith("pel-passive-");
                });
    }

    @Test
    void aFutureOfAnotherTypeStopsTheStart() {
        contextRunner
                .withBean(OwnFuture.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "@Next method " + HERE + "$OwnFuture.load() returns FutureTask, but must"));
    }

    // ------------------------------------------------------------------ listeners

    @Test
    void aListenerMethodRunsOnItsLane() {
        contextRunner.withBean(MethodListener.class).run(context -> {
            context.publishEvent("hello");
            assertThat(context.getBean(MethodListener.class).heard().poll(10, SECONDS))
                    .matches("hello on pel-passive-[0-9]+");
        });
    }

    @Test
    void aListenerThatIsAnInterfaceRunsOnItsLane() {
        contextRunner.withBean(ClassListener.class).run(context -> {
            context.publishEvent("hello");
            assertThat(context.getBean(ClassListener.class).heard().poll(10, SECONDS))
                    .matches("hello on pel-passive-[0-9]+");
        });
    }

    @Test
    void aListenerThatIsAPrototypeRunsOnItsLane() {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        AtomicInteger made = new AtomicInteger();
        contextRunner
                .withBean(
                        PrototypeListener.class,
                        () -> {
                            made.incrementAndGet();
                            return new PrototypeListener(heard);
                        },
                        definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
                .run(context -> {
                    int before = made.get();
                    context.publishEvent("hello");
                    assertThat(heard.poll(10, SECONDS)).matches("hello on pel-passive-[0-9]+");
                    assertThat(made.get()).isEqualTo(before + 1);
                });
    }

    // ------------------------------------------------------------------ beans and proxies

    @Test
    void eachPrototypeIsProxied() {
        contextRunner
                .withBean(OnMethods.class, OnMethods::new, each -> each.setScope(BeanDefinition.SCOPE_PROTOTYPE))
                .run(context -> {
                    OnMethods one = context.getBean(OnMethods.class);
                    OnMethods other = context.getBean(OnMethods.class);
                    assertThat(one).isNotSameAs(other);
                    assertThat(one.some(1).get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(other.some(1).get(10, SECONDS)).startsWith("pel-passive-");
                });
    }

    @Test
    void aScopedBeanRunsOnItsLaneOnce() {
        contextRunner.withUserConfiguration(Scoped.class).run(context -> {
            assertThat(context.getBean("scoped", OnMethods.class).some(1).get(10, SECONDS))
                    .startsWith("pel-passive-");
            assertThat(context.getBean(EventLoop.class)
                            .stats()
                            .lane(Lane.PASSIVE)
                            .submitted())
                    .isEqualTo(1);
        });
    }

    @Test
    void aProxyThatIsThereAlreadyTakesTheAdvice() {
        contextRunner
                .withBean(Some.class, () -> {
                    ProxyFactory factory = new ProxyFactory(new WithInterface());
                    factory.setExposeProxy(true);
                    return (Some) factory.getProxy();
                })
                .run(context -> {
                    Some bean = context.getBean(Some.class);
                    assertThat(AopUtils.isJdkDynamicProxy(bean)).isTrue();
                    assertThat(((Advised) bean).getTargetSource().getTarget()).isInstanceOf(WithInterface.class);
                    assertThat(bean.some(1).get(10, SECONDS)).startsWith("pel-passive-");
                });
    }

    @Test
    void aTargetThatIsSwappedLaterRunsOnItsLane() {
        HotSwappableTargetSource target = new HotSwappableTargetSource(new WithInterface());
        contextRunner
                .withBean(Some.class, () -> (Some) ProxyFactory.getProxy(target))
                .run(context -> {
                    Some bean = context.getBean(Some.class);
                    assertThat(bean.some(1).get(10, SECONDS)).startsWith("pel-passive-");
                    target.swap(new WithInterface());
                    assertThat(bean.some(1).get(10, SECONDS)).startsWith("pel-passive-");
                });
    }

    @Test
    void theContainerMakesAndEndsABeanWhoseClassIsMarkedOnItsOwnThread() {
        LifecycleBean.threads.clear();
        contextRunner.withBean(LifecycleBean.class).run(context -> context.close());
        assertThat(LifecycleBean.threads)
                .containsExactly(
                        Thread.currentThread().getName(), Thread.currentThread().getName());
    }

    @Test
    void whatOtherPostProcessorsPutAroundAMethodIsPartOfTheOperation() {
        contextRunner
                .withUserConfiguration(Translation.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Translated.class).load().get(10, SECONDS))
                        .hasCauseInstanceOf(DataAccessException.class));
    }

    @Test
    void retriesAndALimitOfTheSameMethodArePartsOfTheOperation() {
        contextRunner.withUserConfiguration(Resilient.class).run(context -> {
            Flaky bean = context.getBean(Flaky.class);
            assertThat(bean.load().get(10, SECONDS)).matches("third try on pel-passive-[0-9]+");
            assertThat(context.getBean(EventLoop.class)
                            .stats()
                            .lane(Lane.PASSIVE)
                            .submitted())
                    .isEqualTo(1);
        });
    }

    /** As those of message listeners, which note which method of which bean to call. */
    @Test
    void aPostProcessorOfLowestPrecedenceSeesTheProxy() {
        List<Boolean> seen = new ArrayList<>();
        contextRunner
                .withBean("a", Notes.class, () -> new Notes(seen))
                .withBean(OnMethods.class)
                .run(context -> assertThat(seen).containsExactly(true));
    }

    // ------------------------------------------------------------------ circles

    @ParameterizedTest
    @EnumSource
    void beansInACircleCallEachOtherOnTheLane(Around around) {
        around.runner()
                .withAllowCircularReferences(true)
                .withBean(First.class)
                .withBean(Second.class)
                .run(context -> {
                    First first = context.getBean(First.class);
                    Second second = context.getBean(Second.class);
                    assertThat(first.ask().get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(second.ask().get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(second.first()).isSameAs(first);
                    assertThat(first.second()).isSameAs(second);
                });
    }

    @Test
    void aBeanInACircleHasItsTransactionOnTheLane() {
        contextRunner
                .withAllowCircularReferences(true)
                .withUserConfiguration(Transactions.class)
                .run(context -> assertThat(context.getBean(Asking.class).ask().get(10, SECONDS))
                        .matches("pel-passive-[0-9]+ in transaction"));
    }

    @Test
    void aBeanThatFailedInACircleIsProxiedAtTheNextAttempt() {
        contextRunner
                .withAllowCircularReferences(true)
                .withUserConfiguration(FailsOnce.class)
                .run(context -> {
                    assertThatThrownBy(() -> context.getBean(Lazily.class)).hasStackTraceContaining("first attempt");
                    assertThat(context.getBean(Lazily.class).load().get(10, SECONDS))
                            .startsWith("pel-passive-");
                });
    }

    @Test
    void aBeanThatIsInjectedIntoItselfCallsItselfOnTheLane() {
        contextRunner
                .withAllowCircularReferences(true)
                .withBean(IntoItself.class)
                .run(context -> assertThat(
                                context.getBean(IntoItself.class).twice().get(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    @Test
    void aLazyCircleOfConstructorsWorks() {
        contextRunner
                .withBean(ByConstructor.class)
                .withBean(Counterpart.class)
                .run(context -> assertThat(
                                context.getBean(ByConstructor.class).ask().get(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    static CompletableFuture<String> here() {
        return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }

    // ------------------------------------------------------------------ beans

    interface Some {
        Future<String> some(int i);

        CompletableFuture<String> later(int i);
    }

    static class WithInterface extends OnMethods implements Some {}

    static class OnMethods {
        public String unmarked() {
            return Thread.currentThread().getName();
        }

        @Next
        public Future<String> some(int i) {
            if (i == 0) {
                throw new IllegalArgumentException("on purpose");
            }
            return i < 0 ? CompletableFuture.failedFuture(new IOException("on purpose")) : here();
        }

        @Next
        public CompletableFuture<String> later(int i) {
            return here();
        }
    }

    interface OneMethod {
        Future<String> some(int i);
    }

    @Work
    static class OnClassWithInterface implements OneMethod {
        @Override
        public Future<String> some(int i) {
            return here();
        }
    }

    @Work
    static class OnClass {
        public Future<String> some(int i) {
            return here();
        }
    }

    static class Extends extends OnClass {
        public CompletableFuture<String> more() {
            return here();
        }
    }

    static class Overrides extends OnMethods {
        @Override
        public Future<String> some(int i) {
            return here();
        }
    }

    static class Base<T> {
        @Next
        public CompletableFuture<String> load(T key) {
            return here();
        }
    }

    static class OfText extends Base<String> {
        @Override
        public CompletableFuture<String> load(String key) {
            return here();
        }
    }

    @Next
    @Retention(RetentionPolicy.RUNTIME)
    @interface Composed {
        @AliasFor(annotation = Next.class, attribute = "label")
        String value() default "";
    }

    static class ComposedOnMethod {
        @Composed
        CompletableFuture<String> load() {
            return here();
        }
    }

    @Composed
    static class ComposedOnClass {
        public CompletableFuture<String> load() {
            return here();
        }
    }

    static class Named {
        @Composed("composed")
        void fail() {
            throw new IllegalStateException("on purpose");
        }
    }

    @Next
    static class Lanes {
        public CompletableFuture<String> ofClass() {
            return here();
        }

        @Work
        public CompletableFuture<String> ofMethod() {
            return here();
        }
    }

    static class OwnFuture {
        @Next
        FutureTask<String> load() {
            return new FutureTask<>(() -> "");
        }
    }

    static class MethodListener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Next
        @EventListener
        public void on(String event) {
            heard.add(event + " on " + Thread.currentThread().getName());
        }

        BlockingQueue<String> heard() {
            return heard;
        }
    }

    @Next
    static class ClassListener implements ApplicationListener<PayloadApplicationEvent<String>> {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void onApplicationEvent(PayloadApplicationEvent<String> event) {
            heard.add(event.getPayload() + " on " + Thread.currentThread().getName());
        }

        BlockingQueue<String> heard() {
            return heard;
        }
    }

    static class PrototypeListener {
        private final BlockingQueue<String> heard;

        PrototypeListener(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Next
        @EventListener
        public void on(String event) {
            heard.add(event + " on " + Thread.currentThread().getName());
        }
    }

    @Next
    static class LifecycleBean implements InitializingBean, DisposableBean {
        private static final BlockingQueue<String> threads = new LinkedBlockingQueue<>();

        @Override
        public void afterPropertiesSet() {
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public void destroy() {
            threads.add(Thread.currentThread().getName());
        }
    }

    @Repository
    static class Translated {
        @Next
        public CompletableFuture<String> load() {
            throw new IllegalStateException("on purpose");
        }
    }

    static class Flaky {
        private final AtomicInteger tries = new AtomicInteger();

        @Next
        @Retryable(maxRetries = 2, delay = 5)
        @ConcurrencyLimit(1)
        public CompletableFuture<String> load() {
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("on purpose");
            }
            return CompletableFuture.completedFuture(
                    "third try on " + Thread.currentThread().getName());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods(order = Ordered.LOWEST_PRECEDENCE)
    @Import(Flaky.class)
    static class Resilient {}

    static class First {
        @Autowired
        private Second second;

        @Next
        public CompletableFuture<String> load() {
            return here();
        }

        public CompletableFuture<String> ask() {
            return second.load();
        }

        Second second() {
            return second;
        }
    }

    static class Second {
        @Autowired
        private First first;

        @Next
        public CompletableFuture<String> load() {
            return here();
        }

        public CompletableFuture<String> ask() {
            return first.load();
        }

        First first() {
            return first;
        }
    }

    static class Asking {
        @Autowired
        private Asked asked;

        public CompletableFuture<String> ask() {
            return asked.load();
        }
    }

    static class Asked {
        @Autowired
        @SuppressWarnings("unused")
        private Asking asking;

        @Next
        @Transactional
        public CompletableFuture<String> load() {
            boolean active = TransactionSynchronizationManager.isActualTransactionActive();
            return CompletableFuture.completedFuture(
                    Thread.currentThread().getName() + (active ? " in transaction" : " alone"));
        }
    }

    static class Lazily {
        @Autowired
        @SuppressWarnings("unused")
        private Partner partner;

        private final AtomicInteger attempts;

        Lazily(AtomicInteger attempts) {
            this.attempts = attempts;
        }

        @PostConstruct
        void fail() {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("first attempt");
            }
        }

        @Next
        public CompletableFuture<String> load() {
            return here();
        }
    }

    static class Partner {
        @Autowired
        @SuppressWarnings("unused")
        private Lazily lazily;
    }

    static class IntoItself {
        @Autowired
        private IntoItself self;

        @Next
        public CompletableFuture<String> load() {
            return here();
        }

        public CompletableFuture<String> twice() {
            return self.load();
        }
    }

    static final class Notes implements BeanPostProcessor, Ordered {
        private final List<Boolean> seen;

        Notes(List<Boolean> seen) {
            this.seen = seen;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (bean instanceof OnMethods) {
                seen.add(AopUtils.isAopProxy(bean));
            }
            return bean;
        }

        @Override
        public int getOrder() {
            return LOWEST_PRECEDENCE;
        }
    }

    static class ByConstructor {
        private final Counterpart other;

        ByConstructor(@Lazy Counterpart other) {
            this.other = other;
        }

        public CompletableFuture<String> ask() {
            return other.load();
        }
    }

    static class Counterpart {
        @SuppressWarnings("unused")
        private final ByConstructor other;

        Counterpart(ByConstructor other) {
            this.other = other;
        }

        @Next
        public CompletableFuture<String> load() {
            return here();
        }
    }

    // ------------------------------------------------------------------ configurations

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class WithAsync {
        @Bean
        Executor executor() {
            return Runnable::run;
        }

        @Bean
        Object anotherBeanWithAsync() {
            return new Object() {
                @Async
                public void run() {}
            };
        }
    }

    /** "asked" is made first, so that "asking" gets it before it is initialized. */
    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Transactions {
        @Bean
        PlatformTransactionManager transactionManager() {
            return new DataSourceTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:circle"));
        }

        @Bean
        Asked asked() {
            return new Asked();
        }

        @Bean
        Asking asking() {
            return new Asking();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FailsOnce {
        private final AtomicInteger attempts = new AtomicInteger();

        @Bean
        @Lazy
        Lazily lazily() {
            return new Lazily(attempts);
        }

        @Bean
        @Lazy
        Partner partner() {
            return new Partner();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {
        @Bean
        @Scope(scopeName = BeanDefinition.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
        OnMethods scoped() {
            return new OnMethods();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Translation {
        @Bean
        static PersistenceExceptionTranslationPostProcessor translation() {
            return new PersistenceExceptionTranslationPostProcessor();
        }

        @Bean
        PersistenceExceptionTranslator translator() {
            return Translation::translate;
        }

        @Bean
        Translated translated() {
            return new Translated();
        }

        static DataAccessException translate(RuntimeException e) {
            return new InvalidDataAccessApiUsageException("translated", e);
        }
    }
}
