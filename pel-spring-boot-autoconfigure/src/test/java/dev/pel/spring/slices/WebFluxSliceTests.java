package dev.pel.spring.slices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A reactive controller that uses the loop can be tested with nothing else of the application. */
@WebFluxTest(AnswerController.class)
class WebFluxSliceTests {

    @Autowired
    private WebTestClient client;

    @Test
    void theControllersCallsRunOnTheLoop() {
        client.get()
                .uri("/answer")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .value(text -> assertThat(text).matches("pel-passive-\\d+, pel-active"));
    }

    @Test
    void aCallThatTimesOutIsAnsweredAsInTheApplication() {
        client.get()
                .uri("/late")
                .exchange()
                .expectStatus()
                .isEqualTo(HttpStatus.GATEWAY_TIMEOUT)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }
}
