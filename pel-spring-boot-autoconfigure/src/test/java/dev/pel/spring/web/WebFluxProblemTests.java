package dev.pel.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.spring.RunningApplication;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** On a real Reactor Netty. */
class WebFluxProblemTests extends ProblemContract {

    WebFluxProblemTests() {
        super("reactive");
    }

    @Test
    void functionalEndpointsAreAnsweredInTheSameWay() throws Exception {
        try (RunningApplication functional = start(List.of(Routes.class))) {
            assertThat(functional.get("/function").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void aHandlerOfTheApplicationBeforeBootsOwnWins() throws Exception {
        try (RunningApplication own = start(List.of(OwnHandler.class))) {
            assertThat(own.get("/refused/returned").statusCode()).isEqualTo(429);
        }
    }

    @Test
    void whereNothingWritesJsonStatusAndHeaderAreLeftToBootsHandler() {
        ServerCodecConfigurer none = ServerCodecConfigurer.create();
        none.registerDefaults(false);
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        Mono<Void> handled =
                new WebFluxProblemHandler(new CallProblems(Duration.ofSeconds(3)), none).handle(exchange, refusal());
        assertThatThrownBy(handled::block)
                .isInstanceOfSatisfying(
                        ResponseStatusException.class,
                        error -> assertThat(error.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE));
        assertThat(exchange.getResponse().getHeaders().get("Retry-After")).containsExactly("3");
    }

    @Test
    void anAnswerThatIsUnderWayIsLeftAlone() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        exchange.getResponse().setComplete().block();
        CompletionException refusal = refusal();
        Mono<Void> handled = new WebFluxProblemHandler(
                        new CallProblems(Duration.ofSeconds(3)), ServerCodecConfigurer.create())
                .handle(exchange, refusal);
        assertThatThrownBy(handled::block).isSameAs(refusal);
    }

    static class Routes {
        @Bean
        RouterFunction<ServerResponse> route(EndedController ended) {
            return RouterFunctions.route()
                    .GET(
                            "/function",
                            request -> ServerResponse.ok().body(Mono.fromFuture(ended.returned()), String.class))
                    .build();
        }
    }

    static class OwnHandler {
        @Bean
        @Order(-2)
        WebExceptionHandler own() {
            return (exchange, error) -> {
                exchange.getResponse().setStatusCode(HttpStatus.TOO_MANY_REQUESTS);
                return exchange.getResponse().setComplete();
            };
        }
    }
}
