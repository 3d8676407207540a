package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What is the same for all calls of a method is made once for each method. */
class PreparedCallTests {
    private final List<String> described = new CopyOnWriteArrayList<>();
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
            .withBean(
                    EventLoop.class,
                    () -> noting(EventLoop.create(EventLoopOptions.defaults().withDaemon(true))));

    /** A loop that notes the label of each description that is asked for. */
    private EventLoop noting(EventLoop loop) {
        return (EventLoop) Proxy.newProxyInstance(
                EventLoop.class.getClassLoader(), new Class<?>[] {EventLoop.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("call")) {
                        described.add((String) arguments[0]);
                    }
                    return invoked(method, loop, arguments);
                });
    }

    private static Object invoked(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void callsOfAnAnnotatedMethodAreDescribedOnce() {
        contextRunner.withBean(Orders.class).run(context -> {
            Orders orders = context.getBean(Orders.class);
            for (int i = 0; i < 3; i++) {
                assertThat(orders.load(i).get(10, SECONDS)).isEqualTo(i);
                assertThat(orders.count().get(10, SECONDS)).startsWith("pel-work-");
            }
            assertThat(described).containsExactly("load", "count");
        });
    }

    @Test
    void beansOfTwoClassesThatInheritAMethodHaveCallsOfTheirOwn() {
        contextRunner.withBean(Small.class).withBean(Large.class).run(context -> {
            for (int i = 0; i < 2; i++) {
                context.getBean(Small.class).inherited().get(10, SECONDS);
                context.getBean(Large.class).inherited().get(10, SECONDS);
            }
            assertThat(described).containsExactlyInAnyOrder("Small.inherited", "Large.inherited");
        });
    }

    @Test
    void callsOfAFacadeAreDescribedWhenItIsMade() {
        contextRunner.run(context -> {
            AsyncOrders facade = offloaded(context);
            assertThat(described).containsExactly("of the facade");
            assertThat(facade.load(7).get(10, SECONDS)).isEqualTo(7);
            assertThat(facade.load(8).get(10, SECONDS)).isEqualTo(8);
            assertThat(described).hasSize(1);
        });
    }

    @Test
    void eachCallHasATimeoutOfItsOwn() {
        contextRunner.withBean(Orders.class).run(context -> {
            Orders orders = context.getBean(Orders.class);
            CompletableFuture<Integer> never = orders.late(true);
            assertThat(never)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(CallTimeoutException.class);
            assertThat(orders.late(false).get(10, SECONDS)).isEqualTo(1);
        });
    }

    private static AsyncOrders offloaded(AssertableApplicationContext context) {
        return context.getBean(PelTemplate.class).offload(AsyncOrders.class, new BlockingOrders());
    }

    static class Orders {
        @Next(label = "load")
        public CompletableFuture<Integer> load(int id) {
            return CompletableFuture.completedFuture(id);
        }

        @Work(label = "count")
        public CompletableFuture<String> count() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }

        @Next(label = "late", timeout = "300ms")
        public CompletableFuture<Integer> late(boolean never) {
            return never ? new CompletableFuture<>() : CompletableFuture.completedFuture(1);
        }
    }

    static class Base {
        @Next
        public CompletableFuture<Integer> inherited() {
            return CompletableFuture.completedFuture(1);
        }
    }

    static class Small extends Base {}

    static class Large extends Base {}

    interface AsyncOrders {
        @Next(label = "of the facade")
        CompletableFuture<Integer> load(int id);
    }

    static class BlockingOrders {
        public int load(int id) {
            return id;
        }
    }
}
