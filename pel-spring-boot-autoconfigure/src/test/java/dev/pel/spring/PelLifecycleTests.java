package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The loop starts before requests come, and stops after they have gone, while all that operations need is still there. */
@ExtendWith(OutputCaptureExtension.class)
class PelLifecycleTests {

    private final EventLoop loop =
            EventLoop.create(EventLoopOptions.defaults().withStopDeadline(Duration.ofSeconds(10)));
    private final PelLifecycle lifecycle = new PelLifecycle(
            () -> Map.of("loop", loop), Duration.ofSeconds(30), PelProperties.StopPhase.AFTER_WEB_SERVER);

    // ------------------------------------------------------------------ in a child context

    @Test
    void theLoopOfAChildContextStartsAndStopsWithTheChild() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
                .run(parent -> {
                    EventLoop own;
                    try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
                        child.setParent(parent);
                        child.register(LoopOfChild.class);
                        child.refresh();
                        own = child.getBean("loopOfChild", EventLoop.class);
                        assertThat(own.state()).isEqualTo(LoopState.RUNNING);
                    }
                    assertThat(own.state()).isEqualTo(LoopState.STOPPED);
                    assertThat(parent.getBean(EventLoop.class).state()).isEqualTo(LoopState.RUNNING);
                });
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(PelAutoConfiguration.class)
    static class LoopOfChild {
        @Bean
        @Primary
        EventLoop loopOfChild() {
            return EventLoop.create(EventLoopOptions.defaults().withName("child"));
        }
    }

    // ------------------------------------------------------------------ in an application

    @Test
    void aRequestInFlightIsAnsweredDuringShutdown() throws Exception {
        RunningApplication application = RunningApplication.start(List.of(Slow.class));
        Slow slow = application.bean(Slow.class);
        EventLoop running = application.bean(EventLoop.class);
        CompletableFuture<HttpResponse<String>> answer = application.getLater("/slow");
        assertThat(slow.entered.await(10, SECONDS)).isTrue();

        Thread closing = new Thread(application::close);
        closing.start();
        int port = application.port();
        await().until(() -> refuses(port));
        assertThat(running.state()).isEqualTo(LoopState.RUNNING);
        slow.release.countDown();

        assertThat(answer.get(20, SECONDS).statusCode()).isEqualTo(200);
        assertThat(answer.get().body()).isEqualTo("1, then 2");
        closing.join();
        assertThat(running.state()).isEqualTo(LoopState.STOPPED);
    }

    private static boolean refuses(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void operationsThatDrainStillHaveTheirDataSourceAndExecutors() throws Exception {
        RunningApplication application = RunningApplication.start(List.of());
        EventLoop running = application.bean(EventLoop.class);
        JdbcTemplate jdbc = application.bean(JdbcTemplate.class);
        AsyncTaskExecutor executor = application.context().getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LoopFuture<Integer> first = running.next(() -> {
            entered.countDown();
            release.await();
            return jdbc.queryForObject("select 40", Integer.class);
        });
        CompletableFuture<Integer> second = first.thenCompose(
                value -> running.next(() -> value + executor.submit(() -> 2).get()));
        assertThat(entered.await(10, SECONDS)).isTrue();

        Thread closing = new Thread(application::close);
        closing.start();
        await().until(() -> running.state() == LoopState.DRAINING);
        release.countDown();

        assertThat(second.get(20, SECONDS)).isEqualTo(42);
        closing.join();
        assertThat(running.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void everyCallEndsWhenTheApplicationIsClosedUnderLoad() throws Exception {
        RunningApplication application = RunningApplication.start(List.of());
        PelTemplate pel = application.bean(PelTemplate.class);
        JdbcTemplate jdbc = application.bean(JdbcTemplate.class);
        List<Thread> submitters = new ArrayList<>();
        List<LoopFuture<?>> handles = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger rejected = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            Thread submitter = new Thread(() -> {
                while (rejected.get() < 100) {
                    LoopFuture<?> handle = pel.next(() -> jdbc.queryForObject("select 1", Integer.class), value -> {});
                    handles.add(handle);
                    if (handle.outcome() == Outcome.REJECTED) {
                        rejected.incrementAndGet();
                        Thread.onSpinWait();
                    }
                }
            });
            submitters.add(submitter);
            submitter.start();
        }
        await().until(() -> handles.size() > 1_000);

        application.close();

        for (Thread submitter : submitters) {
            submitter.join();
        }
        assertThat(handles).allMatch(LoopFuture::isDone);
        assertThat(handles).noneMatch(handle -> handle.outcome() == Outcome.FAILED);
    }

    @Test
    void stopsAfterTheWebServerAndBeforeTheExecutors() {
        assertThat(lifecycle.getPhase())
                .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
                .isGreaterThan(ThreadPoolTaskExecutor.DEFAULT_PHASE);
    }

    // ------------------------------------------------------------------ before the web server

    @Test
    void anOperationThatDrainsMayStillCallTheOwnWebServer() throws Exception {
        RunningApplication application =
                RunningApplication.start(List.of(Greeting.class), "pel.stop.phase=before-web-server");
        EventLoop running = application.bean(EventLoop.class);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> answer = running.next(() -> {
                    entered.countDown();
                    release.await();
                    return application.get("/greeting").body();
                })
                .thenCompose(first -> running.next(
                        () -> first + ", " + application.get("/greeting").body()));
        assertThat(entered.await(10, SECONDS)).isTrue();

        Thread closing = new Thread(application::close);
        closing.start();
        await().until(() -> running.state() == LoopState.DRAINING);
        release.countDown();

        assertThat(answer.get(20, SECONDS)).isEqualTo("hello, hello");
        closing.join();
        assertThat(running.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void aRequestThatNeedsTheLoopIsRefusedWhileItDrainsBeforeTheWebServer() throws Exception {
        RunningApplication application =
                RunningApplication.start(List.of(Chains.class, Page.class), "pel.stop.phase=before-web-server");
        EventLoop running = application.bean(EventLoop.class);
        CountDownLatch release = new CountDownLatch(1);
        LoopFuture<?> last = running.next(() -> release.await());

        Thread closing = new Thread(application::close);
        closing.start();
        await().until(() -> running.state() == LoopState.DRAINING);

        HttpResponse<String> refused = application.get("/page");
        HttpResponse<String> served = application.get("/actuator/pel");
        release.countDown();
        closing.join();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(served.statusCode()).isEqualTo(200);
        assertThat(RunningApplication.json(served)).containsEntry("state", "DRAINING");
        assertThat(last.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void aRequestThatComesBeforeTheLoopHasStartedWaitsInIt() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                List.of(Chains.class, Page.class, EarlyVisitor.class), "pel.stop.phase=before-web-server")) {
            EarlyVisitor visitor = application.bean(EarlyVisitor.class);
            assertThat(visitor.answer.get(20, SECONDS)).isEqualTo("loaded");
            assertThat(visitor.stateAtArrival).isEqualTo(LoopState.NEW);
        }
    }

    @Test
    void stopsBeforeTheWebServerAndAfterWhatReceivesMessages() {
        PelLifecycle early = new PelLifecycle(
                () -> Map.of("loop", loop), Duration.ofSeconds(30), PelProperties.StopPhase.BEFORE_WEB_SERVER);
        assertThat(early.getPhase())
                .isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
                .isLessThan(SmartLifecycle.DEFAULT_PHASE - 100); // where Spring's listener containers are
    }

    @Test
    void beansWorkOnAfterThePauseOfTheContext() throws Exception {
        try (RunningApplication application = RunningApplication.start(List.of(Chains.class))) {
            EventLoop running = application.bean(EventLoop.class);
            Chains chains = application.bean(Chains.class);
            PelTemplate pel = application.bean(PelTemplate.class);
            PelLane passive = application.context().getBean("pelPassiveLane", PelLane.class);
            AsyncLoad facade = pel.offload(AsyncLoad.class, new BlockingLoad());
            assertThat(pel.next(() -> 1).get(10, SECONDS)).isEqualTo(1);

            for (int i = 0; i < 3; i++) {
                application.context().stop();
                assertThat(running.state()).isEqualTo(LoopState.STOPPED);
                assertThat(pel.next(() -> 1).outcome()).isEqualTo(Outcome.REJECTED);
                application.context().start();

                assertThat(running.state()).isEqualTo(LoopState.RUNNING);
                assertThat(passive.stats().submitted()).isZero();
                assertThat(pel.next(() -> 2).get(10, SECONDS)).isEqualTo(2);
                passive.enqueue(() -> {}).get(10, SECONDS);
                assertThat(chains.load().get(10, SECONDS)).isEqualTo("loaded");
                assertThat(facade.load().get(10, SECONDS)).isEqualTo("loaded");
                assertThat(passive.stats().submitted()).isEqualTo(4);
            }
        }
    }

    @Test
    void beansWorkOnAfterTheTestFrameworkHasPausedTheContext() throws Exception {
        try (RunningApplication application = RunningApplication.start(List.of(Chains.class))) {
            application.context().pause();
            assertThat(application.bean(EventLoop.class).state()).isEqualTo(LoopState.STOPPED);
            application.context().restart();
            assertThat(application.bean(Chains.class).load().get(10, SECONDS)).isEqualTo("loaded");
        }
    }

    // ------------------------------------------------------------------ by itself

    @Test
    void callsBackWhenTheLoopHasStopped() throws Exception {
        lifecycle.start();
        CountDownLatch called = new CountDownLatch(1);
        lifecycle.stop(called::countDown);
        assertThat(called.await(20, SECONDS)).isTrue();
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
    }

    @Test
    void callsBackWhenTheLoopWasStoppedBefore() throws Exception {
        lifecycle.start();
        loop.close();
        assertThat(lifecycle.isRunning()).isFalse();
        CountDownLatch called = new CountDownLatch(1);
        lifecycle.stop(called::countDown);
        assertThat(called.await(10, SECONDS)).isTrue();
    }

    @Test
    void callsBackWhenTheLoopNeverStarted() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        lifecycle.stop(called::countDown);
        assertThat(called.await(10, SECONDS)).isTrue();
    }

    @Test
    void doesNotBlockTheOneWhoStops() throws Exception {
        lifecycle.start();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch called = new CountDownLatch(1);
        LoopFuture<?> call = loop.next(() -> release.await());
        lifecycle.stop(called::countDown);
        assertThat(called.getCount()).isEqualTo(1);
        release.countDown();
        assertThat(called.await(20, SECONDS)).isTrue();
        assertThat(call.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void isRunningWhileSomebodyElseStopsTheLoop() throws Exception {
        lifecycle.start();
        CountDownLatch release = new CountDownLatch(1);
        loop.next(() -> release.await());
        CompletableFuture<?> report = loop.stop(Duration.ofSeconds(10));
        assertThat(lifecycle.isRunning()).isTrue();
        release.countDown();
        lifecycle.stop();
        assertThat(loop.state()).isEqualTo(LoopState.STOPPED);
        assertThat(report.get(20, SECONDS)).isNotNull(); // it is told by the same stop, after or before the lifecycle
    }

    @Test
    void startsAsOftenAsOneLikes() {
        lifecycle.start();
        lifecycle.start();
        lifecycle.stop();
        lifecycle.start();
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
        lifecycle.stop();
        assertThat(lifecycle.isRunning()).isFalse();
    }

    @Test
    void warnsOfADeadlineThatSpringWillNotWaitFor(CapturedOutput output) {
        PelLifecycle impatient = new PelLifecycle(
                () -> Map.of("loop", loop), Duration.ofSeconds(10), PelProperties.StopPhase.AFTER_WEB_SERVER);
        impatient.start();
        impatient.stop();
        assertThat(output)
                .contains(
                        "Loop 'pel' may take PT10S to stop, but Spring waits PT10S for it: set pel.stop.deadline below"
                                + " spring.lifecycle.timeout-per-shutdown-phase");
    }

    @RestController
    static class Slow {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        @Autowired
        private PelTemplate pel;

        @Autowired
        private JdbcTemplate jdbc;

        @GetMapping("/slow")
        CompletableFuture<String> slow() {
            return pel.next(() -> {
                        entered.countDown();
                        release.await();
                        return jdbc.queryForObject("select 1", String.class);
                    })
                    .thenCompose(
                            first -> pel.next(() -> first + ", then " + jdbc.queryForObject("select 2", String.class)));
        }
    }

    @RestController
    static class Greeting {
        @GetMapping("/greeting")
        String greeting() {
            return "hello";
        }
    }

    @RestController
    static class Page {
        private final CountDownLatch entered = new CountDownLatch(1);

        @Autowired
        private Chains chains;

        @GetMapping("/page")
        CompletableFuture<String> page() {
            CompletableFuture<String> loaded = chains.load();
            entered.countDown();
            return loaded;
        }
    }

    /** Comes between the start of the web server and that of the loop. */
    static class EarlyVisitor implements SmartLifecycle {
        private CompletableFuture<String> answer = new CompletableFuture<>();
        private LoopState stateAtArrival = LoopState.STOPPED;
        private boolean running;

        @Autowired
        private Page page;

        @Autowired
        private EventLoop loop;

        @Autowired
        private Environment environment;

        @Override
        public void start() {
            running = true;
            String port = environment.getRequiredProperty("local.server.port");
            answer = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/page"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .thenApply(HttpResponse::body);
            try {
                assertThat(page.entered.await(20, SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            stateAtArrival = loop.state();
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
        }
    }

    static class Chains {
        @Next
        CompletableFuture<String> load() {
            return CompletableFuture.completedFuture("loaded");
        }
    }

    interface AsyncLoad {
        @Next
        CompletableFuture<String> load();
    }

    static class BlockingLoad {
        public String load() {
            return "loaded";
        }
    }
}
