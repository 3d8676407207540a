package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.aop.support.DefaultIntroductionAdvisor;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpRequestValues;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

/** Marks of interfaces whose beans are proxies, with no class behind them that implements the interface. */
class InterfaceProxyTests {

    private static final String HERE = InterfaceProxyTests.class.getName();

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, AopAutoConfiguration.class));

    /** All ways in which a library makes a bean of an interface. */
    enum Made {
        BY_THE_JDK {
            @Override
            <T> T proxy(Class<T> type) {
                return type.cast(Proxy.newProxyInstance(
                        type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> where()));
            }
        },
        WITHOUT_TARGET {
            @Override
            <T> T proxy(Class<T> type) {
                return ProxyFactory.getProxy(type, (MethodInterceptor) invocation -> where());
            }
        },
        WITH_A_TARGET_OF_ANOTHER_TYPE {
            @Override
            <T> T proxy(Class<T> type) {
                return type.cast(before(new AnotherType(), type).getProxy());
            }
        },
        BY_INTRODUCTION {
            @Override
            <T> T proxy(Class<T> type) {
                ProxyFactory factory = new ProxyFactory(new AnotherType());
                factory.addAdvisor(new DefaultIntroductionAdvisor(
                        (MethodInterceptor) invocation -> where(), () -> new Class<?>[] {type}));
                factory.setProxyTargetClass(true);
                return type.cast(factory.getProxy());
            }
        },
        FROZEN {
            @Override
            <T> T proxy(Class<T> type) {
                ProxyFactory factory = before(new AnotherType(), type);
                factory.setFrozen(true);
                return type.cast(factory.getProxy());
            }
        },
        OPAQUE {
            @Override
            <T> T proxy(Class<T> type) {
                ProxyFactory factory = before(new AnotherType(), type);
                factory.setOpaque(true);
                return type.cast(factory.getProxy());
            }
        };

        abstract <T> T proxy(Class<T> type);

        private static ProxyFactory before(Object target, Class<?> type) {
            ProxyFactory factory = new ProxyFactory(type, (MethodInterceptor) invocation -> where());
            factory.setTarget(target);
            return factory;
        }

        private static CompletableFuture<String> where() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }
    }

    // ------------------------------------------------------------------ where it runs

    @ParameterizedTest
    @EnumSource
    void aMarkOnTheMethodCounts(Made made) {
        contextRunner
                .withBean("client", Client.class, () -> made.proxy(Client.class))
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    assertThat(client.load(1).get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(client.compute(1).get(10, SECONDS)).startsWith("pel-work-");
                    assertThat(client.plain().get(10, SECONDS))
                            .isEqualTo(Thread.currentThread().getName());
                });
    }

    @ParameterizedTest
    @EnumSource
    void aMarkOnTheInterfaceCountsForWhatItInherits(Made made) {
        contextRunner
                .withBean("client", AllNext.class, () -> made.proxy(AllNext.class))
                .run(context -> {
                    AllNext client = context.getBean(AllNext.class);
                    assertThat(client.own().get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(client.find(1L).get(10, SECONDS)).startsWith("pel-passive-");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aMarkOnAGenericMethodOfABaseInterfaceCounts(Made made) {
        contextRunner
                .withBean("client", OfLong.class, () -> made.proxy(OfLong.class))
                .run(context -> {
                    OfLong client = context.getBean(OfLong.class);
                    assertThat(client.byKey(1L).get(10, SECONDS)).startsWith("pel-passive-");
                    ByKey<Long> base = client;
                    assertThat(base.byKey(1L).get(10, SECONDS)).startsWith("pel-passive-");
                });
    }

    @Test
    void aProxyFromAFactoryBeanIsSeen() {
        contextRunner.withUserConfiguration(Factories.class).run(context -> {
            assertThat(context.getBean("fromFactory", Client.class).load(1).get(10, SECONDS))
                    .startsWith("pel-passive-");
            assertThat(context.getBean("fromProxyFactoryBean", Client.class)
                            .load(1)
                            .get(10, SECONDS))
                    .startsWith("pel-passive-");
        });
    }

    @Test
    void aLambdaIsSeen() {
        contextRunner
                .withBean(Loads.class, () -> Made::where)
                .run(context -> assertThat(context.getBean(Loads.class).load().get(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    @Test
    void theMarksOfSeveralInterfacesCountBesideEachOther() {
        contextRunner.withBean(LoadsAndComputes.class).run(context -> {
            LoadsAndComputes bean = context.getBean(LoadsAndComputes.class);
            assertThat(bean.load().get(10, SECONDS)).startsWith("pel-passive-");
            assertThat(bean.compute().get(10, SECONDS)).startsWith("pel-work-");
        });
    }

    @Test
    void aLazyProxyIsSeen() {
        contextRunner
                .withUserConfiguration(LazyClient.class)
                .run(context -> assertThat(context.getBean(Client.class).load(1).get(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    @Test
    void aVoidMethodOfAnHttpInterfaceRunsOnAPassiveThread() {
        ThreadName server = new ThreadName();
        contextRunner
                .withBean(Weather.class, () -> client(Weather.class, server))
                .run(context -> {
                    context.getBean(Weather.class).report("rain");
                    assertThat(server.threads.poll(10, SECONDS)).startsWith("pel-passive-");
                });
    }

    @Test
    void aFacadeStandsInFrontOfAnHttpInterfaceWithResults() {
        contextRunner
                .withBean(Weather.class, () -> client(Weather.class, new ThreadName()))
                .run(context -> {
                    Weather weather = context.getBean(Weather.class);
                    AsyncWeather facade = context.getBean(PelTemplate.class).offload(AsyncWeather.class, weather);
                    assertThat(facade.today("Rome").get(10, SECONDS)).startsWith("pel-passive-");
                    assertThat(weather.today("Rome"))
                            .isEqualTo(Thread.currentThread().getName());
                });
    }

    private static <T> T client(Class<T> type, HttpExchangeAdapter server) {
        return HttpServiceProxyFactory.builderFor(server).build().createClient(type);
    }

    // ------------------------------------------------------------------ checks at the start

    @ParameterizedTest
    @EnumSource
    void anotherReturnTypeStopsTheStart(Made made) {
        contextRunner
                .withBean("client", NoFuture.class, () -> made.proxy(NoFuture.class))
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "@Next method " + HERE + "$NoFuture.load(int) returns String, but must"));
    }

    @ParameterizedTest
    @EnumSource
    void aCallOfADefaultMethodOnItsOwnInterfaceStopsTheStart(Made made) {
        contextRunner
                .withBean("client", Twice.class, () -> made.proxy(Twice.class))
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@Next method " + HERE + "$Twice.load() is called on 'this' in " + HERE
                                + "$Twice.twice"));
    }

    @Test
    void aMarkOfAClassBehindAProxyThatTakesNoAdviceStopsTheStart() {
        ProxyFactory factory = new ProxyFactory(new MarkedClass());
        factory.setFrozen(true);
        contextRunner
                .withBean("bean", Unmarked.class, () -> (Unmarked) factory.getProxy())
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@Next method " + HERE + "$MarkedClass.load() is behind a proxy")
                        .hasStackTraceContaining("Put the annotation on the method of the interface"));
    }

    // ------------------------------------------------------------------ interfaces

    interface Client {
        @Next
        CompletableFuture<String> load(int id);

        @Work
        CompletableFuture<String> compute(int id);

        CompletableFuture<String> plain();
    }

    interface Finds<K> {
        CompletableFuture<String> find(K key);
    }

    @Next
    interface AllNext extends Finds<Long> {
        CompletableFuture<String> own();
    }

    interface ByKey<K> {
        @Next
        CompletableFuture<String> byKey(K key);
    }

    interface OfLong extends ByKey<Long> {
        @Override
        CompletableFuture<String> byKey(Long key);
    }

    interface NoFuture {
        @Next
        String load(int id);
    }

    interface Twice {
        @Next
        CompletableFuture<String> load();

        default CompletableFuture<String> twice() {
            return load().thenCompose(first -> load());
        }
    }

    @Next
    interface Loads {
        CompletableFuture<String> load();
    }

    @Work
    interface Computes {
        CompletableFuture<String> compute();
    }

    static class LoadsAndComputes implements Loads, Computes {
        @Override
        public CompletableFuture<String> load() {
            return Made.where();
        }

        @Override
        public CompletableFuture<String> compute() {
            return Made.where();
        }
    }

    static class AnotherType {}

    interface Unmarked {
        CompletableFuture<String> load();
    }

    static class MarkedClass implements Unmarked {
        @Next
        @Override
        public CompletableFuture<String> load() {
            return CompletableFuture.completedFuture("loaded");
        }
    }

    @HttpExchange("https://weather.example")
    interface Weather {
        @Next
        @PostExchange("/report")
        void report(@RequestParam String weather);

        @GetExchange("/today")
        String today(@RequestParam String city);
    }

    interface AsyncWeather {
        @Next
        CompletableFuture<String> today(String city);
    }

    // ------------------------------------------------------------------ beans

    @Configuration(proxyBeanMethods = false)
    static class Factories {
        @Bean
        FactoryBean<Client> fromFactory() {
            return new FactoryBean<>() {
                @Override
                public Client getObject() {
                    return Made.BY_THE_JDK.proxy(Client.class);
                }

                @Override
                public Class<?> getObjectType() {
                    return Client.class;
                }
            };
        }

        @Bean
        ProxyFactoryBean fromProxyFactoryBean() throws ClassNotFoundException {
            ProxyFactoryBean factory = new ProxyFactoryBean();
            factory.setProxyInterfaces(new Class<?>[] {Client.class});
            factory.setTarget(Made.BY_THE_JDK.proxy(Client.class));
            return factory;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyClient {
        @Bean
        @Lazy
        Client client() {
            return Made.WITH_A_TARGET_OF_ANOTHER_TYPE.proxy(Client.class);
        }
    }

    /** Answers every request with the name of the thread that waits for it. */
    private static final class ThreadName implements HttpExchangeAdapter {
        private final BlockingQueue<String> threads = new LinkedBlockingQueue<>();

        @Override
        public boolean supportsRequestAttributes() {
            return true;
        }

        @Override
        public void exchange(HttpRequestValues request) {
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public HttpHeaders exchangeForHeaders(HttpRequestValues request) {
            throw new UnsupportedOperationException("no interface here asks for it");
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T exchangeForBody(HttpRequestValues request, ParameterizedTypeReference<T> type) {
            return (T) Thread.currentThread().getName();
        }

        @Override
        public ResponseEntity<Void> exchangeForBodilessEntity(HttpRequestValues request) {
            throw new UnsupportedOperationException("no interface here asks for it");
        }

        @Override
        public <T> ResponseEntity<T> exchangeForEntity(HttpRequestValues request, ParameterizedTypeReference<T> type) {
            throw new UnsupportedOperationException("no interface here asks for it");
        }
    }
}
