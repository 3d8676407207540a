package dev.pel.spring.web;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/**
 * Answers in WebFlux for calls that pel has ended. It comes after the exception handlers of controllers and those of the application
 * that stand before Boot's own, and directly before that one, which answers whatever reaches it.
 */
final class WebFluxProblemHandler implements WebExceptionHandler, Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(WebFluxProblemHandler.class);

    /** That of Boot's handler; among equals the one that was registered first comes first. */
    private static final int ORDER = -1;

    private final CallProblems problems;
    private final ServerCodecConfigurer codecs;

    /**
     * For all requests.
     *
     * @param problems what is answered
     * @param codecs know how the application writes JSON
     */
    WebFluxProblemHandler(CallProblems problems, ServerCodecConfigurer codecs) {
        this.problems = problems;
        this.codecs = codecs;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        ServerHttpResponse response = exchange.getResponse();
        ErrorResponseException answer = problems.answer(thrown);
        if (answer == null || response.isCommitted()) {
            return Mono.error(thrown);
        }
        response.getHeaders().putAll(answer.getHeaders());
        if (CallProblems.prefersPage(accepted(exchange)) || !writesJson()) {
            // Boot's handler makes a page, or what it can, of it
            return Mono.error(new ResponseStatusException(answer.getStatusCode(), null, thrown));
        }
        return ServerResponse.status(answer.getStatusCode())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyValue(answer.getBody())
                .flatMap(problem -> problem.writeTo(exchange, new Writers(codecs.getWriters())));
    }

    private static List<MediaType> accepted(ServerWebExchange exchange) {
        try {
            return exchange.getRequest().getHeaders().getAccept();
        } catch (InvalidMediaTypeException e) {
            LOG.debug("Problem details are answered, because what the client accepts cannot be read", e);
            return List.of();
        }
    }

    private boolean writesJson() {
        ResolvableType type = ResolvableType.forClass(ProblemDetail.class);
        return codecs.getWriters().stream()
                .anyMatch(writer -> writer.canWrite(type, MediaType.APPLICATION_PROBLEM_JSON));
    }

    private record Writers(List<HttpMessageWriter<?>> messageWriters) implements ServerResponse.Context {
        @Override
        public List<ViewResolver> viewResolvers() {
            return List.of();
        }
    }
}
