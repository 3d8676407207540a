package dev.pel.spring.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.spring.PelTemplate;
import dev.pel.spring.RunningApplication;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Handles that controllers return, on a real Reactor Netty, when their clients leave before they end. */
class WebFluxAbandonedRequestTests {
    private static RunningApplication application;
    private static GateController gates;

    @BeforeAll
    static void start() {
        application = startReactive();
        gates = application.bean(GateController.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static RunningApplication startReactive(String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 1);
        all[properties.length] = "spring.main.web-application-type=reactive";
        return RunningApplication.start(
                List.of(GateController.class, Others.class, Departures.class, OwnNetty.class), all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"handle", "future", "stage", "object", "in-entity"})
    void cancelsAHandleWhoseClientLeaves(String declared) throws Exception {
        Gate gate = gates.gate("left-" + declared);
        LeavingClient client = new LeavingClient(application.port(), "/" + declared + "/left-" + declared);
        gate.awaitStart();
        client.leave();
        gate.awaitCancel();
    }

    @Test
    void skipsACallThatStillWaitsAndHarmsNoOther() throws Exception {
        try (RunningApplication narrow = startReactive("pel.passive.threads=1")) {
            GateController doors = narrow.bean(GateController.class);
            PelTemplate pel = narrow.bean(PelTemplate.class);
            Gate running = doors.gate("running");
            LoopFuture<String> other = running.submit(pel);
            running.awaitStart();
            Gate waiting = doors.gate("waiting");

            LoopFuture<String> left;
            LeavingClient client = new LeavingClient(narrow.port(), "/handle/waiting");
            left = waiting.handle();
            client.leave();
            await().atMost(Duration.ofSeconds(20)).until(left::isDone);
            assertThat(left.outcome()).isEqualTo(Outcome.CANCELLED);

            running.open();
            assertThat(other.get(20, SECONDS)).isEqualTo("passed");
            assertThat(pel.next(() -> "next in the queue").get(20, SECONDS)).isEqualTo("next in the queue");
            assertThat(waiting.started.getCount()).as("not started").isEqualTo(1);
        }
    }

    @Test
    void cancelsWhenATimeoutOfTheApplicationEndsTheRequest() throws Exception {
        Gate gate = gates.gate("timeout");
        assertThat(application.get("/timed/timeout").statusCode()).isEqualTo(500); // Reactor's TimeoutException
        gate.awaitCancel();
    }

    @Test
    void leavesHandlesRunningWhenSwitchedOff() throws Exception {
        try (RunningApplication off = startReactive("pel.web.cancel-abandoned=false")) {
            Gate gate = off.bean(GateController.class).gate("off");
            LeavingClient client = new LeavingClient(off.port(), "/handle/off");
            gate.awaitStart();
            client.leave();
            assertThat(off.bean(Departures.class).seen.await(20, SECONDS)).isTrue();
            gate.open();
            assertThat(gate.handle().get(20, SECONDS)).isEqualTo("passed");
            assertThat(gate.wasInterrupted()).isFalse();
        }
    }

    @Test
    void answersWithTheResultWhenSwitchedOff() throws Exception {
        try (RunningApplication off = startReactive("pel.web.cancel-abandoned=false")) {
            off.bean(GateController.class).gate("open").open();
            assertThat(off.get("/handle/open").body()).isEqualTo("passed");
            assertThat(off.get("/entity/open").statusCode()).isEqualTo(202);
            assertThat(off.get("/plain").body()).isEqualTo("plain");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"handle", "future", "stage", "in-entity"})
    void answersWithTheResult(String declared) throws Exception {
        gates.gate("open").open();
        HttpResponse<String> answer = application.get("/" + declared + "/open");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("passed");
    }

    @Test
    void leavesPlainFuturesAndStreamsToSpring() throws Exception {
        assertThat(application.get("/plain").body()).isEqualTo("plain");
        assertThat(application.get("/stream").body()).isEqualTo("data:one\n\ndata:two\n\n");
    }

    @RestController
    static class Others {
        private final GateController gates;
        private final PelTemplate pel;

        Others(GateController gates, PelTemplate pel) {
            this.gates = gates;
            this.pel = pel;
        }

        @GetMapping("/in-entity/{name}")
        ResponseEntity<LoopFuture<String>> inEntity(@PathVariable String name) {
            return ResponseEntity.ok(gates.gate(name).submit(pel));
        }

        @GetMapping("/timed/{name}")
        Mono<String> timed(@PathVariable String name) {
            return Mono.fromFuture(gates.gate(name).submit(pel)).timeout(Duration.ofMillis(300));
        }

        @GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> stream() {
            return Flux.just("one", "two");
        }
    }

    /** Tells when Netty has noticed that a client has left. */
    static class Departures {
        final CountDownLatch seen = new CountDownLatch(1);

        @Bean
        WebFilter departureFilter() {
            return (exchange, chain) -> chain.filter(exchange).doOnCancel(seen::countDown);
        }
    }
}
