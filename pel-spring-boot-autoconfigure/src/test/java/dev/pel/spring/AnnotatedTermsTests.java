package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Priority;
import dev.pel.Retry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.resilience.annotation.Retryable;

/** The terms of calls that an annotation sets: key, limit, retries and priority. */
class AnnotatedTermsTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, AopAutoConfiguration.class))
            .withPropertyValues("pel.limits.ldap.concurrency=1");

    // ------------------------------------------------------------------ keys

    @Test
    void callsWithTheSameKeyComeInTurn() {
        contextRunner.withBean(Bookings.class).run(context -> {
            Bookings bookings = context.getBean(Bookings.class);
            CountDownLatch gate = new CountDownLatch(1);
            CompletableFuture<String> first = bookings.book(new Order(1), gate);
            CompletableFuture<String> second = bookings.book(new Order(1), new CountDownLatch(0));
            assertThat(bookings.book(new Order(2), new CountDownLatch(0)).get(10, SECONDS))
                    .isEqualTo("2");
            assertThat(second).isNotDone();
            gate.countDown();
            assertThat(first.get(10, SECONDS)).isEqualTo("1");
            assertThat(second.get(10, SECONDS)).isEqualTo("1");
        });
    }

    @Test
    void theKeyOfAnAnnotatedMethodIsThatOfADescribedCall() {
        contextRunner.withBean(Bookings.class).run(context -> {
            CountDownLatch gate = new CountDownLatch(1);
            LoopFuture<?> described =
                    context.getBean(EventLoop.class).call("first").key(1L).next(() -> gate.await());
            CompletableFuture<String> annotated =
                    context.getBean(Bookings.class).book(new Order(1), new CountDownLatch(0));
            assertThat(context.getBean(EventLoop.class).stats().keys().waiting())
                    .isEqualTo(1);
            gate.countDown();
            described.get(10, SECONDS);
            assertThat(annotated.get(10, SECONDS)).isEqualTo("1");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"byName", "byPosition", "byIndex", "ofElements", "constant", "ofMap", "ofMethod", "byProperty"})
    void aKeyIsAnExpressionOverTheArguments(String method) {
        contextRunner.withPropertyValues("the.key=#number").withBean(Keys.class).run(context -> {
            Keys keys = context.getBean(Keys.class);
            CountDownLatch gate = new CountDownLatch(1);
            CompletableFuture<String> first = call(keys, method, gate);
            CompletableFuture<String> second = call(keys, method, new CountDownLatch(0));
            assertThat(context.getBean(EventLoop.class).stats().keys().waiting())
                    .isEqualTo(1);
            gate.countDown();
            assertThat(first.get(10, SECONDS)).isEqualTo("done");
            assertThat(second.get(10, SECONDS)).isEqualTo("done");
        });
    }

    @Test
    void aKeyThatIsNullIsRefusedWithItsExpression() {
        contextRunner.withBean(Bookings.class).run(context -> {
            Bookings bookings = context.getBean(Bookings.class);
            assertThatThrownBy(() -> bookings.byName(null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(
                            "The key of @Work method dev.pel.spring.AnnotatedTermsTests$Bookings.byName(String) must not be null,"
                                    + " but '#name' was null for a call.");
            assertThat(context.getBean(EventLoop.class).stats().submitted()).isZero();
        });
    }

    @Test
    void aKeyThatCannotBeWorkedOutIsRefusedWithItsExpression() {
        contextRunner
                .withBean(Bookings.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Bookings.class).book(null, new CountDownLatch(0)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'#order.id', cannot be worked out: ")
                        .hasMessageContaining("null"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"#numbers.get(0)", "1 / #numbers.size()"})
    void aKeyWhoseCodeThrowsIsRefusedWithItsExpression(String key) {
        contextRunner
                .withPropertyValues("the.key=" + key)
                .withBean(Numbers.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Numbers.class).load(List.of()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'%s', cannot be worked out: ".formatted(key)));
    }

    @Test
    void aParameterNamedRootIsMeantByItsPosition() {
        contextRunner
                .withBean(RootKey.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("says '#root', a name of SpEL's own")
                        .hasStackTraceContaining("Begin with one of #p0, #a0."));
    }

    @Test
    void theNamesOfTheParametersAreThoseWhereTheAnnotationStands() {
        contextRunner.withBean(RenamingLoads.class).run(context -> {
            Loads loads = context.getBean(Loads.class);
            CountDownLatch gate = new CountDownLatch(1);
            CompletableFuture<String> first = loads.load(1, gate);
            CompletableFuture<String> second = loads.load(1, gate);
            assertThat(context.getBean(EventLoop.class).stats().keys().waiting())
                    .isEqualTo(1);
            gate.countDown();
            assertThat(first.get(10, SECONDS)).isEqualTo("1");
            assertThat(second.get(10, SECONDS)).isEqualTo("1");
        });
    }

    @Test
    void anArrayIsNoKey() {
        contextRunner
                .withBean(ArrayKey.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(ArrayKey.class).load(new byte[1]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("must be compared by equals, but '#bytes' was an array"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "#order.        | is no expression",
                "#ordre.id      | has no parameter '#ordre'. Its code begins at",
                "order.id       | says 'order' of nothing.",
                "toString()     | says 'toString()' of nothing.",
                "#p1            | has no parameter '#p1'.",
                "@keys.of(#p0)  | names the bean '@keys', but is made of arguments only.",
                "#f(#order)     | has no parameter '#f(#order)'.",
                "#root          | says '#root', a name of SpEL's own that stands for nothing here.",
                "#this          | says '#this', a name of SpEL's own that stands for nothing here.",
                "#this.id       | says '#this', a name of SpEL's own that stands for nothing here.",
                "#order = null  | would change an argument by '#order=null'.",
                "#order.id++    | would change an argument by",
                "#order.at(id)  | says 'id' of nothing.",
                "${no.such.key} | is '${wrong.key}', which cannot be resolved",
            })
    void aKeyThatCannotWorkStopsTheStart(String key, String problem) {
        contextRunner
                .withPropertyValues("wrong.key=" + key)
                .withBean(WrongKey.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(InvalidCallMethodException.class.getName())
                        .hasStackTraceContaining("The key of @Next method " + AnnotatedTermsTests.class.getName()
                                + "$WrongKey.load(Order)")
                        .hasStackTraceContaining(problem));
    }

    @Test
    void aWrongKeyIsToldWithWhatItMayBeginWith() {
        contextRunner
                .withPropertyValues("wrong.key=order.id")
                .withBean(WrongKey.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("Begin with one of #order, #p0, #a0. Or is it '#order'?"));
    }

    // ------------------------------------------------------------------ limits

    @Test
    void callsWithALimitWaitForAPermit() {
        contextRunner
                .withPropertyValues("directory=ldap")
                .withBean(Directory.class)
                .run(context -> {
                    Directory directory = context.getBean(Directory.class);
                    CountDownLatch gate = new CountDownLatch(1);
                    CompletableFuture<String> first = directory.find(gate);
                    CompletableFuture<String> second = directory.find(gate);
                    EventLoop loop = context.getBean(EventLoop.class);
                    assertThat(loop.stats().limits().get("ldap").inUse()).isEqualTo(1);
                    assertThat(loop.stats().limits().get("ldap").waiting()).isEqualTo(1);
                    gate.countDown();
                    assertThat(first.thenCombine(second, (one, two) -> one + two)
                                    .get(10, SECONDS))
                            .isEqualTo("foundfound");
                });
    }

    @Test
    void anUnknownLimitWithADotIsSetInBrackets() {
        contextRunner
                .withPropertyValues("directory=bank.eu")
                .withBean(Directory.class)
                .run(
                        context -> assertThat(context.getStartupFailure())
                                .hasStackTraceContaining(
                                        "Correct the name, or set pel.limits[bank.eu].concurrency or pel.limits[bank.eu].rate."));
        contextRunner
                .withPropertyValues("directory=bank.eu", "pel.limits[bank.eu].concurrency=1")
                .withBean(Directory.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void anUnknownLimitStopsTheStart() {
        contextRunner
                .withPropertyValues("directory=sms")
                .withBean(Directory.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("The limit of @Next method " + AnnotatedTermsTests.class.getName()
                                + "$Directory.find(CountDownLatch) must be one of [ldap] but was 'sms'.")
                        .hasStackTraceContaining(
                                "Correct the name, or set pel.limits.sms.concurrency or pel.limits.sms.rate."));
    }

    @Test
    void anUnknownLimitOfABeanThatIsMadeLaterStopsItsCreation() {
        contextRunner
                .withPropertyValues("directory=sms")
                .withUserConfiguration(LaterDirectory.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThatThrownBy(() -> context.getBean(Directory.class))
                            .hasStackTraceContaining("must be one of [ldap] but was 'sms'");
                });
    }

    // ------------------------------------------------------------------ retries

    @Test
    void aFailedMethodIsTriedAgain() {
        contextRunner.withBean(Carrier.class).run(context -> {
            Carrier carrier = context.getBean(Carrier.class);
            assertThat(carrier.send(2).get(10, SECONDS)).isEqualTo("sent in attempt 3");
        });
    }

    @Test
    void theLastFailureIsThatOfTheHandle() {
        contextRunner
                .withBean(Carrier.class)
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Carrier.class).send(9).get(10, SECONDS))
                        .hasRootCauseMessage("attempt 3 failed"));
    }

    @Test
    void eachAttemptPassesTheAdviceAroundTheMethod() {
        contextRunner.withBean(AspectAround.class).withBean(Carrier.class).run(context -> {
            assertThat(context.getBean(Carrier.class).send(2).get(10, SECONDS)).isEqualTo("sent in attempt 3");
            assertThat(context.getBean(AspectAround.class).passed).hasValue(3);
        });
    }

    @Test
    void theRuleOfABeanIsUsed() {
        contextRunner
                .withBean(
                        "patiently",
                        Retry.class,
                        () -> Retry.times(9).backoff(Duration.ZERO).when(UncheckedIOException.class::isInstance))
                .withBean(Patient.class)
                .run(context -> {
                    Patient patient = context.getBean(Patient.class);
                    assertThat(patient.send(new AtomicInteger(9)).get(10, SECONDS))
                            .isEqualTo("sent");
                });
    }

    @Test
    void aRuleThatDoesNotExistStopsTheStart() {
        contextRunner
                .withBean(Patient.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("$Patient.send(AtomicInteger) must be the name of a bean of type")
                        .hasStackTraceContaining("but was 'patiently', and there is no such bean."));
    }

    @Test
    void aBeanThatIsNoRuleStopsTheStart() {
        contextRunner
                .withBean("patiently", String.class, () -> "")
                .withBean(Patient.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("but was 'patiently', and that is a java.lang.String."));
    }

    @Test
    void negativeRetriesStopTheStart() {
        refuses(
                Negative.class,
                "$Negative.send() must be at least 0 but were -1.",
                "Write how many attempts come after the first.");
    }

    @Test
    void bothKindsOfRetriesStopTheStart() {
        refuses(
                BothKinds.class,
                "$BothKinds.send() has retries = 2 and retry = \"patiently\", but must have one of them.",
                "Keep the retries");
    }

    @Test
    void retriesBesideRetryableStopTheStart() {
        refuses(
                Twice.class,
                "$Twice.send() is tried again by its own annotation and by @Retryable: the attempts would multiply.",
                "Remove @Retryable: the pauses of @Next hold no thread.");
    }

    // ------------------------------------------------------------------ priority

    @Test
    void aCallOfLowPriorityLetsOthersGoFirst() {
        contextRunner
                .withPropertyValues("pel.work.threads=1")
                .withBean(Archive.class)
                .run(context -> {
                    EventLoop loop = context.getBean(EventLoop.class);
                    Archive archive = context.getBean(Archive.class);
                    CountDownLatch gate = new CountDownLatch(1);
                    loop.work(() -> gate.await());
                    await().until(() -> loop.running(Lane.WORK) == 1);
                    List<CompletableFuture<?>> all = new ArrayList<>();
                    all.add(archive.low());
                    all.add(archive.normal());
                    all.add(archive.normal());
                    gate.countDown();
                    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                            .get(10, SECONDS);
                    assertThat(archive.order()).containsExactly("normal", "normal", "low");
                });
    }

    // ------------------------------------------------------------------ facades

    @Test
    void theMethodsOfAFacadeHaveTermsAsWell() {
        contextRunner
                .withBean("patiently", Retry.class, () -> Retry.times(3).backoff(Duration.ZERO))
                .run(context -> {
                    AsyncStore store =
                            context.getBean(PelTemplate.class).offload(AsyncStore.class, new BlockingStore());
                    CountDownLatch gate = new CountDownLatch(1);
                    CompletableFuture<String> first = store.save("a", gate);
                    CompletableFuture<String> second = store.save("a", gate);
                    assertThat(context.getBean(EventLoop.class).stats().keys().waiting())
                            .isEqualTo(1);
                    gate.countDown();
                    assertThat(first.get(10, SECONDS)).isEqualTo("saved in attempt 3");
                    assertThat(second.get(10, SECONDS)).isEqualTo("saved in attempt 4");
                });
    }

    @Test
    void aTemplateWithoutBeansRefusesARuleThatIsABean() {
        contextRunner.run(context -> assertThatThrownBy(() -> new PelTemplate(context.getBean(EventLoop.class))
                        .offload(AsyncStore.class, new BlockingStore()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("but was 'patiently', and there are no beans here."));
    }

    // ------------------------------------------------------------------ placeholders

    @Test
    void aLabelMayBeAPlaceholder() {
        contextRunner
                .withPropertyValues("the.label=from outside")
                .withBean(Labelled.class)
                .run(context -> {
                    assertThatThrownBy(
                                    () -> context.getBean(Labelled.class).load().get(10, SECONDS))
                            .hasStackTraceContaining("from outside");
                });
    }

    private void refuses(Class<?> type, String problem, String action) {
        contextRunner
                .withBean(type)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(InvalidCallMethodException.class.getName())
                        .hasStackTraceContaining(problem)
                        .hasStackTraceContaining(action));
    }

    // ------------------------------------------------------------------ beans

    record Order(long id) {
        String at(String place) {
            return place;
        }
    }

    static class Bookings {
        @Next(key = "#order.id")
        public CompletableFuture<String> book(Order order, CountDownLatch gate) throws InterruptedException {
            gate.await();
            return LoopFuture.completed(String.valueOf(order.id()));
        }

        @Work(key = "#name")
        public CompletableFuture<String> byName(String name) {
            return LoopFuture.completed(name);
        }
    }

    static class Numbers {
        @Next(key = "${the.key}")
        public CompletableFuture<String> load(List<Integer> numbers) {
            return LoopFuture.completed(numbers.toString());
        }
    }

    static class RootKey {
        @Next(key = "#root")
        public CompletableFuture<String> load(String root) {
            return LoopFuture.completed(root);
        }
    }

    interface Loads {
        @Next(key = "#id")
        CompletableFuture<String> load(int id, CountDownLatch gate) throws InterruptedException;
    }

    static class RenamingLoads implements Loads {
        @Override
        public CompletableFuture<String> load(int number, CountDownLatch open) throws InterruptedException {
            open.await();
            return LoopFuture.completed(String.valueOf(number));
        }
    }

    private static CompletableFuture<String> call(Keys keys, String method, CountDownLatch gate) throws Exception {
        return switch (method) {
            case "byName" -> keys.byName(1, gate);
            case "byPosition" -> keys.byPosition(1, gate);
            case "byIndex" -> keys.byIndex(1, gate);
            case "ofElements" -> keys.ofElements(List.of(new Order(1), new Order(2)), gate);
            case "constant" -> keys.constant(gate);
            case "ofMap" -> keys.ofMap(Map.of("id", 5), gate);
            case "ofMethod" -> keys.ofMethod("an order", gate);
            default -> keys.byProperty(1, gate);
        };
    }

    static class Keys {
        @Next(key = "#number")
        public CompletableFuture<String> byName(int number, CountDownLatch gate) throws InterruptedException {
            return done(gate);
        }

        @Next(key = "#p0")
        public CompletableFuture<String> byPosition(int number, CountDownLatch gate) throws InterruptedException {
            return done(gate);
        }

        @Next(key = "#a0 + 1")
        public CompletableFuture<String> byIndex(int number, CountDownLatch gate) throws InterruptedException {
            return done(gate);
        }

        @Next(key = "#orders.?[id > 1].![id]")
        public CompletableFuture<String> ofElements(List<Order> orders, CountDownLatch gate)
                throws InterruptedException {
            return done(gate);
        }

        @Next(key = "'orders'")
        public CompletableFuture<String> constant(CountDownLatch gate) throws InterruptedException {
            return done(gate);
        }

        @Next(key = "{kind: 'order', id: #order['id']}")
        public CompletableFuture<String> ofMap(Map<String, Integer> order, CountDownLatch gate)
                throws InterruptedException {
            return done(gate);
        }

        @Next(key = "#name.substring(#name.length() - 5)")
        public CompletableFuture<String> ofMethod(String name, CountDownLatch gate) throws InterruptedException {
            return done(gate);
        }

        @Next(key = "${the.key}")
        public CompletableFuture<String> byProperty(int number, CountDownLatch gate) throws InterruptedException {
            return done(gate);
        }

        private static CompletableFuture<String> done(CountDownLatch gate) throws InterruptedException {
            gate.await();
            return LoopFuture.completed("done");
        }
    }

    static class ArrayKey {
        @Next(key = "#bytes")
        public void load(byte[] bytes) {}
    }

    static class WrongKey {
        @Next(key = "${wrong.key}")
        public void load(Order order) {}
    }

    static class Directory {
        @Next(limit = "${directory}")
        public CompletableFuture<String> find(CountDownLatch gate) throws InterruptedException {
            gate.await();
            return LoopFuture.completed("found");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LaterDirectory {
        @Bean
        @Lazy
        Directory directory() {
            return new Directory();
        }
    }

    static class Carrier {
        private final AtomicInteger attempts = new AtomicInteger();

        @Next(retries = 2)
        public CompletableFuture<String> send(int failures) throws IOException {
            int attempt = attempts.incrementAndGet();
            if (attempt <= failures) {
                throw new IOException("attempt " + attempt + " failed");
            }
            return LoopFuture.completed("sent in attempt " + attempt);
        }
    }

    /** An advice of somebody else. */
    static class AspectAround extends AbstractBeanFactoryAwareAdvisingPostProcessor {
        private static final long serialVersionUID = 1L;
        private final transient AtomicInteger passed = new AtomicInteger();

        AspectAround() {
            advisor = new DefaultPointcutAdvisor(
                    new NameMatchMethodPointcut().addMethodName("send"), (MethodInterceptor) invocation -> {
                        passed.incrementAndGet();
                        return invocation.proceed();
                    });
        }
    }

    static class Patient {
        @Next(retry = "patiently")
        public CompletableFuture<String> send(AtomicInteger failures) {
            if (failures.getAndDecrement() > 0) {
                throw new UncheckedIOException(new IOException("not yet"));
            }
            return LoopFuture.completed("sent");
        }
    }

    static class Negative {
        @Next(retries = -1)
        public void send() {}
    }

    static class BothKinds {
        @Next(retries = 2, retry = "patiently")
        public void send() {}
    }

    static class Twice {
        @Next(retries = 2)
        @Retryable
        public void send() {}
    }

    static class Archive {
        private final List<String> order = new CopyOnWriteArrayList<>();

        List<String> order() {
            return order;
        }

        @Work(priority = Priority.LOW)
        public CompletableFuture<Boolean> low() {
            return LoopFuture.completed(order.add("low"));
        }

        @Work
        public CompletableFuture<Boolean> normal() {
            return LoopFuture.completed(order.add("normal"));
        }
    }

    interface AsyncStore {
        @Next(key = "#name", retry = "patiently")
        CompletableFuture<String> save(String name, CountDownLatch gate);
    }

    public static class BlockingStore {
        private final AtomicInteger attempts = new AtomicInteger();

        public String save(String name, CountDownLatch gate) throws InterruptedException {
            gate.await();
            int attempt = attempts.incrementAndGet();
            if (attempt < 3) {
                throw new IllegalStateException(name);
            }
            return "saved in attempt " + attempt;
        }
    }

    static class Labelled {
        @Next(label = "${the.label}", timeout = "1ms")
        public CompletableFuture<String> load() {
            return new CompletableFuture<>();
        }
    }
}
