package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.CallTimeoutException;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Failure;
import dev.pel.LoopFuture;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;

class OffloadTests {

    private final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
    private final EventLoop loop = EventLoop.create(EventLoopOptions.defaults().withErrorHandler(failures::add));
    private final PelTemplate pel = new PelTemplate(loop);

    @BeforeEach
    void start() {
        loop.start();
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    // ------------------------------------------------------------------ calls

    @Test
    void runsEachMethodOnItsLane() throws Exception {
        Async facade = pel.offload(Async.class, new Blocking());
        assertThat(facade.load(7).get(10, SECONDS)).isEqualTo("7 on pel-passive");
        assertThat(facade.compute().toCompletableFuture().get(10, SECONDS)).startsWith("pel-work-");
    }

    @Test
    void returnsTheHandleOfTheCall() {
        Async facade = pel.offload(Async.class, new Blocking());
        assertThat(facade.load(7)).isInstanceOf(LoopFuture.class);
    }

    @Test
    void boxesWhatTheServiceReturns() throws Exception {
        assertThat(pel.offload(Async.class, new Blocking()).count().get(10, SECONDS))
                .isEqualTo(42);
    }

    @Test
    void unwrapsAFutureOfTheService() throws Exception {
        assertThat(pel.offload(Async.class, new Blocking()).already().get(10, SECONDS))
                .isEqualTo("already");
    }

    @Test
    void carriesTheVeryThrowableThatTheServiceThrows() {
        Async facade = pel.offload(Async.class, new Blocking());
        assertThatThrownBy(() -> facade.fail(Blocking.CHECKED).get(10, SECONDS))
                .cause()
                .isSameAs(Blocking.CHECKED);
        assertThatThrownBy(() -> facade.fail(Blocking.ERROR).get(10, SECONDS))
                .cause()
                .isSameAs(Blocking.ERROR);
    }

    @Test
    void aVoidMethodFiresAndForgets() throws Exception {
        pel.offload(Async.class, new Blocking()).fire();
        Failure failure = failures.poll(10, SECONDS);
        assertThat(failure.error()).isSameAs(Blocking.CHECKED);
        assertThat(failure.label()).isEqualTo("Async.fire");
    }

    @Test
    void aTimeoutInterruptsTheService() throws Exception {
        Blocking service = new Blocking();
        assertThatThrownBy(() -> pel.offload(Async.class, service).slow().get(10, SECONDS))
                .hasCauseInstanceOf(CallTimeoutException.class);
        assertThat(service.interrupted.await(10, SECONDS)).isTrue();
    }

    @Test
    void aDefaultMethodRunsOnTheCaller() throws Exception {
        Async facade = pel.offload(Async.class, new Blocking());
        assertThat(facade.loadBoth(1, 2).get(10, SECONDS)).isEqualTo("1 on pel-passive, 2 on pel-passive");
        assertThat(facade.caller()).isEqualTo(Thread.currentThread().getName());
    }

    @Test
    void theAnnotationOfTheInterfaceCountsForItsMethods() throws Exception {
        assertThat(pel.offload(AllNext.class, new Blocking()).where().get(10, SECONDS))
                .startsWith("pel-passive-");
    }

    @Test
    void findsTheMethodsOfAGenericService() throws Exception {
        ByLong facade = pel.offload(ByLong.class, new LongRepository());
        assertThat(facade.find(5L).get(10, SECONDS)).containsExactly("5");
    }

    @Test
    void standsInFrontOfClassesOfTheJdkAndOfLambdas() throws Exception {
        AsyncMap facade = pel.offload(AsyncMap.class, Map.of("a", "b"));
        assertThat(facade.size().get(10, SECONDS)).isEqualTo(1);
        AsyncSupplier supplier = pel.offload(AsyncSupplier.class, (Supplier<String>) () -> "s");
        assertThat(supplier.get().get(10, SECONDS)).isEqualTo("s");
    }

    @Test
    void standsInFrontOfAProxy() throws Exception {
        Supplier<?> proxy = (Supplier<?>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Supplier.class}, (self, method, arguments) -> "proxied");
        assertThat(pel.offload(AsyncSupplier.class, proxy).get().get(10, SECONDS))
                .isEqualTo("proxied");
        ProxyFactory byClass = new ProxyFactory(new Named());
        byClass.setProxyTargetClass(true);
        assertThat(pel.offload(AsyncSupplier.class, byClass.getProxy()).get().get(10, SECONDS))
                .isEqualTo("named");
    }

    @Test
    void findsInheritedGenericMethodsByWhatTheClassMakesOfThem() throws Exception {
        ByLong facade = pel.offload(ByLong.class, new InheritsAll());
        assertThat(facade.find(5L).get(10, SECONDS)).containsExactly("5");
        ProxyFactory byClass = new ProxyFactory(new InheritsAll());
        byClass.setProxyTargetClass(true);
        assertThat(pel.offload(ByLong.class, byClass.getProxy()).find(5L).get(10, SECONDS))
                .containsExactly("5");
    }

    @Test
    void findsGenericMethodsOfAProxyByItsInterface() throws Exception {
        LongRepository target = new LongRepository();
        Longs proxy = (Longs) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Longs.class},
                (self, method, arguments) ->
                        method.getName().equals("save") ? arguments[0] : target.find((Long) arguments[0]));
        ByLong facade = pel.offload(ByLong.class, proxy);
        assertThat(facade.find(5L).get(10, SECONDS)).containsExactly("5");
        assertThat(pel.offload(Saves.class, proxy).save("text").get(10, SECONDS))
                .isEqualTo("text");
    }

    @Test
    void findsMethodsWhoseTypeNobodyKnows() throws Exception {
        List<String> list = new ArrayList<>(List.of("a"));
        AsyncList facade = pel.offload(AsyncList.class, list);
        assertThat(facade.add("b").get(10, SECONDS)).isTrue();
        assertThat(facade.get(1).get(10, SECONDS)).isEqualTo("b");
        assertThat(facade.addAll(List.of("c", "d")).get(10, SECONDS)).isTrue();
        assertThat(list).containsExactly("a", "b", "c", "d");
    }

    @Test
    void nullInsteadOfAFutureOfTheServiceIsAFailure() {
        assertThatThrownBy(() -> pel.offload(Async.class, new Blocking() {
                            @Override
                            public CompletableFuture<String> already() {
                                return null;
                            }
                        })
                        .already()
                        .get(10, SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining(".already() returned null, but must return a future");
    }

    @Test
    void isAnObjectLikeOthers() {
        Async facade = pel.offload(Async.class, new Blocking());
        assertThat(Set.of(facade)).contains(facade).doesNotContain(pel.offload(Async.class, new Blocking()));
        assertThat(facade).hasToString("Async in front of the service");
    }

    // ------------------------------------------------------------------ creation

    @Test
    void refusesAClassAsFacade() {
        refuses(Blocking.class, "'facade' must be an interface but was class dev.pel.spring.OffloadTests$Blocking");
    }

    @Test
    void namesTheParameterThatIsNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> pel.offload(Async.class, null))
                .withMessage("service");
        assertThatNullPointerException()
                .isThrownBy(() -> pel.offload(null, new Blocking()))
                .withMessage("facade");
    }

    @Test
    void aWrongFacadeIsAnalyzedLikeAWrongMethod() {
        assertThatThrownBy(() -> pel.offload(Missing.class, new Blocking()))
                .isInstanceOfSatisfying(InvalidCallMethodException.class, e -> {
                    assertThat(e.problem()).contains("Missing.load(long) must have exactly one counterpart");
                    assertThat(e.action()).contains("Give it the name and the parameter types of a public method");
                });
        for (Class<?> facade : List.of(Blocking.class, NotAnnotated.class, WrongResult.class, NoFuture.class)) {
            assertThatThrownBy(() -> pel.offload(facade, new Blocking()))
                    .isInstanceOf(InvalidCallMethodException.class);
        }
    }

    @Test
    void refusesAGenericMethodForAnotherType() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pel.offload(Saves.class, new InheritsAll()))
                .withMessageContaining("Saves.save(String) must have exactly one counterpart");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pel.offload(ByText.class, new InheritsAll()))
                .withMessageContaining("ByText.find(String) must have exactly one counterpart");
    }

    @Test
    void refusesAMethodWithoutAnnotation() {
        refuses(
                NotAnnotated.class,
                "NotAnnotated.load(int) must be annotated with @Next or @Work, or be a default method");
    }

    @Test
    void refusesAnotherReturnType() {
        refuses(NoFuture.class, "@Next method dev.pel.spring.OffloadTests$NoFuture.load(int) returns String");
    }

    @Test
    void refusesAMethodThatTheServiceLacks() {
        refuses(
                Missing.class,
                "Missing.load(long) must have exactly one counterpart in dev.pel.spring.OffloadTests$Blocking, a public"
                        + " method with its name and parameter types, but there is none, only these: ");
    }

    @Test
    void refusesAFutureOfSomethingElse() {
        refuses(
                WrongResult.class,
                "WrongResult.count() must return a future of what its counterpart returns, int, but its future is of"
                        + " java.lang.Long");
    }

    @Test
    void refusesAFutureOfAResultThatThereIsNot() {
        refuses(WrongVoid.class, "WrongVoid.fire() must return a future of what its counterpart returns, void");
    }

    @Test
    void takesAFutureOfVoidForAMethodWithoutResult() {
        assertThat(pel.offload(FutureOfVoid.class, new Blocking())).isNotNull();
    }

    @Test
    void refusesAWrongTimeout() {
        refuses(WrongTimeout.class, "WrongTimeout.load(int) must be a duration of more than zero but was 'soon'");
    }

    private void refuses(Class<?> facade, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pel.offload(facade, new Blocking()))
                .withMessageContaining(message);
    }

    // ------------------------------------------------------------------ facades and services

    interface Async {
        @Next
        CompletableFuture<String> load(int id);

        @Work
        CompletionStage<String> compute();

        @Next
        Future<Integer> count();

        @Next
        CompletableFuture<String> already();

        @Next
        CompletableFuture<String> fail(Throwable error);

        @Next
        void fire();

        @Next(timeout = "20ms")
        CompletableFuture<Void> slow();

        default CompletableFuture<String> loadBoth(int first, int second) {
            return load(first).thenCombine(load(second), (a, b) -> a + ", " + b);
        }

        default String caller() {
            return Thread.currentThread().getName();
        }
    }

    static class Blocking {
        static final IOException CHECKED = new IOException("on purpose");
        static final Error ERROR = new AssertionError("on purpose");
        final CountDownLatch interrupted = new CountDownLatch(1);

        public String load(int id) {
            return id + " on " + Thread.currentThread().getName().replaceAll("-[0-9]+", "");
        }

        public String compute() {
            return Thread.currentThread().getName();
        }

        public String where() {
            return Thread.currentThread().getName();
        }

        public int count() {
            return 42;
        }

        public CompletableFuture<String> already() {
            return CompletableFuture.completedFuture("already");
        }

        public String fail(Throwable error) throws Throwable {
            throw error;
        }

        public void fire() throws IOException {
            throw CHECKED;
        }

        public void slow() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }

        @Override
        public String toString() {
            return "the service";
        }
    }

    @Next
    interface AllNext {
        CompletableFuture<String> where();
    }

    interface Repository<K, V> {
        List<V> find(K key);
    }

    static class LongRepository implements Repository<Long, String> {
        @Override
        public List<String> find(Long key) {
            return List.of(key.toString());
        }
    }

    static class AllOf<K> {
        public List<String> find(K key) {
            return List.of(key.toString());
        }
    }

    static class InheritsAll extends AllOf<Long> {}

    interface Longs extends Repository<Long, String> {
        <S extends CharSequence> S save(S entity);
    }

    interface Saves {
        @Next
        CompletableFuture<String> save(String entity);
    }

    interface ByText {
        @Next
        CompletableFuture<List<String>> find(String key);
    }

    interface AsyncList {
        @Next
        CompletableFuture<Boolean> add(String element);

        @Next
        CompletableFuture<String> get(int index);

        @Next
        CompletableFuture<Boolean> addAll(Collection<String> elements);
    }

    interface ByLong {
        @Next
        CompletableFuture<List<String>> find(Long key);
    }

    interface AsyncMap {
        @Next
        CompletableFuture<Integer> size();
    }

    interface AsyncSupplier {
        @Next
        CompletableFuture<Object> get();
    }

    static class Named implements Supplier<String> {
        @Override
        public String get() {
            return "named";
        }
    }

    interface NotAnnotated {
        CompletableFuture<String> load(int id);
    }

    interface NoFuture {
        @Next
        String load(int id);
    }

    interface Missing {
        @Next
        CompletableFuture<String> load(long id);
    }

    interface WrongResult {
        @Next
        CompletableFuture<Long> count();
    }

    interface WrongVoid {
        @Next
        CompletableFuture<String> fire();
    }

    interface FutureOfVoid {
        @Next
        CompletableFuture<Void> fire();
    }

    interface WrongTimeout {
        @Next(timeout = "soon")
        CompletableFuture<String> load(int id);
    }
}
