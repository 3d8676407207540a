package dev.pel.spring.slices;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
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
}
