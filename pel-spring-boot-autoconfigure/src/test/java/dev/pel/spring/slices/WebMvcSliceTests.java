package dev.pel.spring.slices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** A controller that uses the loop can be tested with nothing else of the application. */
@WebMvcTest(AnswerController.class)
class WebMvcSliceTests {

    @Autowired
    private MockMvcTester mvc;

    @Test
    void theControllersCallsRunOnTheLoop() {
        assertThat(mvc.get().uri("/answer")).hasStatusOk().bodyText().matches("pel-passive-\\d+, pel-active");
    }

    @Test
    void aCallThatTimesOutIsAnsweredAsInTheApplication() {
        assertThat(mvc.get().uri("/late"))
                .hasStatus(HttpStatus.GATEWAY_TIMEOUT)
                .hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
    }
}
