package dev.pel.spring.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.spring.PelTemplate;
import dev.pel.spring.RunningApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodParameter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.StandardServletAsyncWebRequest;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.DeferredResultMethodReturnValueHandler;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Handles that controllers return, on a real Tomcat, when their requests end before them. */
class MvcAbandonedRequestTests {
    private static RunningApplication impatient;
    private static GateController gates;

    @BeforeAll
    static void start() {
        impatient = start("300ms");
        gates = impatient.bean(GateController.class);
    }

    @AfterAll
    static void stop() {
        impatient.close();
    }

    private static RunningApplication start(String timeout, String... properties) {
        String[] all = Arrays.copyOf(properties, properties.length + 1);
        all[properties.length] = "spring.mvc.async.request-timeout=" + timeout;
        return RunningApplication.start(List.of(GateController.class, Others.class, Pages.class), all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"handle", "future", "stage", "object"})
    void cancelsAHandleWhoseRequestTimesOut(String declared) throws Exception {
        Gate gate = gates.gate("timeout-" + declared);
        HttpResponse<String> answer = impatient.get("/" + declared + "/timeout-" + declared);
        assertThat(answer.statusCode()).isEqualTo(503);
        gate.awaitCancel();
    }

    @Test
    void cancelsTheHandleThatWasReturnedAndNotWhatItDependsOn() throws Exception {
        Gate gate = gates.gate("upstream");
        assertThat(impatient.get("/dependent/upstream").statusCode()).isEqualTo(503);
        gate.open();
        assertThat(gate.handle().get(20, SECONDS)).isEqualTo("passed");
    }

    @Test
    void skipsACallThatStillWaitsAndHarmsNoOther() throws Exception {
        try (RunningApplication narrow = start("300ms", "pel.passive.threads=1")) {
            GateController doors = narrow.bean(GateController.class);
            PelTemplate pel = narrow.bean(PelTemplate.class);
            Gate running = doors.gate("running");
            LoopFuture<String> other = running.submit(pel);
            running.awaitStart();
            Gate waiting = doors.gate("waiting");

            assertThat(narrow.get("/handle/waiting").statusCode()).isEqualTo(503);
            assertThatThrownBy(() -> waiting.handle().get(20, SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(waiting.handle().outcome()).isEqualTo(Outcome.CANCELLED);

            running.open();
            assertThat(other.get(20, SECONDS)).isEqualTo("passed");
            assertThat(pel.next(() -> "next in the queue").get(20, SECONDS)).isEqualTo("next in the queue");
            assertThat(waiting.started.getCount()).as("not started").isEqualTo(1);
        }
    }

    @Test
    void cancelsAtTheTimeoutAlsoWhenTheClientHasLeftBefore() throws Exception {
        Gate gate = gates.gate("left");
        LeavingClient client = new LeavingClient(impatient.port(), "/handle/left");
        gate.awaitStart();
        client.leave();
        gate.awaitCancel();
    }

    @Test
    void cancelsWhenAClientOfHttp2ResetsItsStream() throws Exception {
        try (RunningApplication patient = start("1h", "server.http2.enabled=true")) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            URI root = URI.create("http://localhost:" + patient.port());
            // the request that upgrades the connection is HTTP/1.1 to Tomcat, and has no stream to be reset
            HttpResponse<String> upgrade =
                    client.send(HttpRequest.newBuilder(root.resolve("/plain")).build(), BodyHandlers.ofString());
            assertThat(upgrade.version()).isEqualTo(HttpClient.Version.HTTP_2);
            Gate gate = patient.bean(GateController.class).gate("reset");

            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    HttpRequest.newBuilder(root.resolve("/handle/reset")).build(), BodyHandlers.ofString());
            gate.awaitStart();
            answer.cancel(true);

            gate.awaitCancel();
        }
    }

    @Test
    void cancelsHoweverTheApplicationHasSetUpItsAdapter() throws Exception {
        try (RunningApplication custom = RunningApplication.start(
                List.of(GateController.class, OwnAdapter.class), "spring.mvc.async.request-timeout=300ms")) {
            Gate gate = custom.bean(GateController.class).gate("custom");
            assertThat(custom.get("/handle/custom").statusCode()).isEqualTo(503);
            gate.awaitCancel();
        }
    }

    @Test
    void leavesHandlesRunningWhenSwitchedOff() throws Exception {
        try (RunningApplication off = start("300ms", "pel.web.cancel-abandoned=false")) {
            Gate gate = off.bean(GateController.class).gate("off");
            assertThat(off.get("/handle/off").statusCode()).isEqualTo(503);
            gate.open();
            assertThat(gate.handle().get(20, SECONDS)).isEqualTo("passed");
            assertThat(gate.wasInterrupted()).isFalse();
        }
    }

    @Test
    void cancelsAHandleThatNobodyCanWaitFor() throws Exception {
        Gate gate = new Gate();
        LoopFuture<String> handle = gate.submit(impatient.bean(PelTemplate.class));
        gate.awaitStart();
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setAsyncSupported(false); // as behind a filter that does not allow it
        ServletWebRequest web = new ServletWebRequest(request);
        WebAsyncUtils.getAsyncManager(web)
                .setAsyncWebRequest(new StandardServletAsyncWebRequest(request, new MockHttpServletResponse()));

        assertThatThrownBy(() -> new HandleReturnValueHandler(true)
                        .handleReturnValue(handle, returned(), new ModelAndViewContainer(), web))
                .hasMessageContaining("Async support must be enabled");

        gate.awaitCancel();
    }

    // ------------------------------------------------------------------ answers as before

    @ParameterizedTest
    @ValueSource(strings = {"handle", "future", "stage", "object"})
    void answersWithTheResult(String declared) throws Exception {
        gates.gate("open").open();
        HttpResponse<String> answer = impatient.get("/" + declared + "/open");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("passed");
    }

    @Test
    void answersWithAResponseEntity() throws Exception {
        gates.gate("entity").open();
        HttpResponse<String> answer = impatient.get("/entity/entity");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("passed");
    }

    @Test
    void answersNothingForNoHandle() throws Exception {
        HttpResponse<String> answer = impatient.get("/none");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void takesTheNameOfAViewAsTheResult() throws Exception {
        HttpResponse<String> answer = impatient.get("/page");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).get().asString().endsWith("/elsewhere");
    }

    @Test
    void leavesPlainFuturesAndStreamsToSpring() throws Exception {
        assertThat(impatient.get("/plain").body()).isEqualTo("plain");
        assertThat(impatient.get("/stream").body()).isEqualTo("streamed");
    }

    @Test
    void leavesADeferredResultOfTheApplicationAlone() throws Exception {
        Gate gate = gates.gate("own");
        assertThat(impatient.get("/deferred/own").statusCode()).isEqualTo(503);
        gate.open();
        assertThat(gate.handle().get(20, SECONDS)).isEqualTo("passed");
    }

    private static MethodParameter returned() throws NoSuchMethodException {
        return new MethodParameter(GateController.class.getDeclaredMethod("none"), -1);
    }

    @RestController
    static class Others {
        private final GateController gates;
        private final PelTemplate pel;

        Others(GateController gates, PelTemplate pel) {
            this.gates = gates;
            this.pel = pel;
        }

        @GetMapping("/deferred/{name}")
        DeferredResult<String> deferred(@PathVariable String name) {
            DeferredResult<String> result = new DeferredResult<>();
            gates.gate(name).submit(pel).thenAccept(result::setResult);
            return result;
        }

        @GetMapping("/stream")
        StreamingResponseBody stream() {
            return output -> output.write("streamed".getBytes(UTF_8));
        }
    }

    @Controller
    static class Pages {
        private final PelTemplate pel;

        Pages(PelTemplate pel) {
            this.pel = pel;
        }

        @GetMapping("/page")
        LoopFuture<String> page() {
            return pel.next(() -> "redirect:/elsewhere");
        }
    }

    static class OwnAdapter {
        @Bean
        WebMvcRegistrations registrations() {
            return new WebMvcRegistrations() {
                @Override
                public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
                    return new RequestMappingHandlerAdapter() {
                        @Override
                        public void afterPropertiesSet() {
                            super.afterPropertiesSet();
                            List<HandlerMethodReturnValueHandler> handlers = new ArrayList<>(getReturnValueHandlers());
                            handlers.add(0, new DeferredResultMethodReturnValueHandler());
                            setReturnValueHandlers(handlers);
                        }
                    };
                }
            };
        }
    }
}
