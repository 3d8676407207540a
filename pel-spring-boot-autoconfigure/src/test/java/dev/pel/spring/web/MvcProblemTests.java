package dev.pel.spring.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.spring.RunningApplication;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** On a real Tomcat. */
class MvcProblemTests extends ProblemContract {

    MvcProblemTests() {
        super("servlet");
    }

    @Test
    void functionalEndpointsAreAnsweredInTheSameWay() throws Exception {
        try (RunningApplication functional = start(List.of(Routes.class))) {
            assertThat(functional.get("/function").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void aResolverOfTheApplicationWins() throws Exception {
        try (RunningApplication own = start(List.of(OwnResolver.class))) {
            assertThat(own.get("/refused/returned").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void whereNothingWritesJsonStatusAndHeaderAreLeftToTheErrorPage() {
        MockHttpServletResponse response = new MockHttpServletResponse();
        ModelAndView resolved = new MvcProblemResolver(new CallProblems(Duration.ofSeconds(3)), List.of())
                .resolveException(new MockHttpServletRequest(), response, null, refusal());
        assertThat(resolved).isNotNull();
        assertThat(resolved.isEmpty()).isTrue();
        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getHeaders("Retry-After")).containsExactly("3");
        assertThat(response.isCommitted()).as("sent as an error").isTrue();
    }

    @Test
    void anAnswerThatIsUnderWayIsLeftAlone() {
        MockHttpServletResponse response = new MockHttpServletResponse();
        response.setCommitted(true);
        assertThat(new MvcProblemResolver(new CallProblems(Duration.ofSeconds(3)), List.of())
                        .resolveException(new MockHttpServletRequest(), response, null, refusal()))
                .isNull();
        assertThat(response.getStatus()).isEqualTo(200);
    }

    static class Routes {
        @Bean
        RouterFunction<ServerResponse> route(EndedController ended) {
            return RouterFunctions.route()
                    .GET("/function", request -> ServerResponse.ok().body(ended.joined()))
                    .build();
        }
    }

    static class OwnResolver implements HandlerExceptionResolver {
        @Override
        public ModelAndView resolveException(
                HttpServletRequest request, HttpServletResponse response, Object handler, Exception thrown) {
            response.setStatus(429);
            return new ModelAndView();
        }
    }
}
