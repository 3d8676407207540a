package dev.pel.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.CallRejectedException;
import dev.pel.spring.RunningApplication;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** How calls that pel has ended are answered, the same in Spring MVC and WebFlux. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProblemContract {
    private final String type;
    private RunningApplication application;

    ProblemContract(String type) {
        this.type = type;
    }

    RunningApplication start(List<Class<?>> beans, String... properties) {
        List<Class<?>> all = new ArrayList<>(beans);
        all.add(EndedController.class);
        if (type.equals("reactive")) {
            all.add(OwnNetty.class);
        }
        String[] keys = Arrays.copyOf(properties, properties.length + 1);
        keys[properties.length] = "spring.main.web-application-type=" + type;
        return RunningApplication.start(all, keys);
    }

    @BeforeAll
    void start() {
        application = start(List.of());
    }

    @AfterAll
    void stop() {
        application.close();
    }

    CompletionException refusal() {
        return application.bean(EndedController.class).refusal();
    }

    @ParameterizedTest
    @ValueSource(strings = {"returned", "dependent", "joined", "got", "executed"})
    void aRefusedCallIsAnsweredWithTryAgainLater(String how) throws Exception {
        HttpResponse<String> answer = application.get("/refused/" + how);
        assertProblem(
                answer,
                HttpStatus.SERVICE_UNAVAILABLE,
                "The service has more to do than it can take on. Try again later.");
        assertThat(answer.headers().allValues("Retry-After")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"returned", "joined", "refused"})
    void aCallOfAStoppedLoopIsAnsweredWithTryAgainLater(String how) throws Exception {
        HttpResponse<String> answer = application.get("/stopped/" + how);
        assertProblem(
                answer, HttpStatus.SERVICE_UNAVAILABLE, "The service is stopping or not running. Try again later.");
        assertThat(answer.headers().allValues("Retry-After")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"returned", "joined"})
    void aCallThatTimedOutIsAnsweredAsSuch(String how) throws Exception {
        HttpResponse<String> answer = application.get("/slow/" + how);
        assertProblem(
                answer, HttpStatus.GATEWAY_TIMEOUT, "The service could not do this in the time that it has for it.");
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    }

    private static void assertProblem(HttpResponse<String> answer, HttpStatus status, String detail) {
        assertThat(answer.statusCode()).isEqualTo(status.value());
        assertThat(answer.headers().allValues("Content-Type")).containsExactly("application/problem+json");
        assertThat(RunningApplication.json(answer))
                .isEqualTo(Map.of("title", status.getReasonPhrase(), "status", status.value(), "detail", detail));
    }

    @Test
    void aBrowserGetsTheErrorPageOfTheApplication() throws Exception {
        HttpResponse<String> answer = application.send(
                "GET", "/refused/page", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().allValues("Retry-After")).containsExactly("1");
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(answer.body()).contains("Whitelabel Error Page").doesNotContain(EndedController.SECRET);
    }

    @Test
    void aClientWhoseAcceptHeaderCannotBeReadGetsProblemDetails() throws Exception {
        HttpResponse<String> answer = application.send("GET", "/refused/joined", "Accept", "no media type");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().allValues("Content-Type")).containsExactly("application/problem+json");
    }

    @Test
    void theApplicationsOwnExceptionsKeepTheirStatus() throws Exception {
        assertThat(application.get("/own/annotated").statusCode()).isEqualTo(409);
        assertThat(application.get("/own/status").statusCode()).isEqualTo(412);
        assertThat(application.get("/own/handled").statusCode()).isEqualTo(410);
        assertThat(application.get("/own/handled").body()).isEqualTo("handled by the controller");
        assertThat(application.get("/own/failed").statusCode()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(classes = {OwnAdvice.class, CatchAllAdvice.class})
    void anAdviceOfTheApplicationWins(Class<?> advice) throws IOException, InterruptedException {
        try (RunningApplication own = start(List.of(advice))) {
            for (String how : List.of("returned", "joined", "got")) {
                HttpResponse<String> answer = own.get("/refused/" + how);
                assertThat(answer.statusCode()).isEqualTo(429);
                assertThat(answer.body()).isEqualTo("own");
                assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
            }
        }
    }

    @Test
    void retryAfterIsWhatThePropertySays() throws Exception {
        try (RunningApplication patient = start(List.of(), "pel.web.retry-after=2m")) {
            assertThat(patient.get("/refused/returned").headers().allValues("Retry-After"))
                    .containsExactly("120");
        }
    }

    @Test
    void switchedOffItIsAnErrorAsAnyOther() throws Exception {
        try (RunningApplication off = start(List.of(), "pel.web.problem-details=false")) {
            HttpResponse<String> answer = off.get("/refused/returned");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        }
    }

    @RestControllerAdvice
    static class OwnAdvice {
        @ExceptionHandler
        @ResponseStatus(HttpStatus.TOO_MANY_REQUESTS)
        String refused(CallRejectedException e) {
            return "own";
        }
    }

    @RestControllerAdvice
    static class CatchAllAdvice {
        @ExceptionHandler
        @ResponseStatus(HttpStatus.TOO_MANY_REQUESTS)
        String failed(Exception e) {
            return "own";
        }
    }
}
