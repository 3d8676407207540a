package dev.pel.spring.actuate;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Refuses writes to the endpoint whose parameters are in the query. A reactive server binds no request to the thread, so the endpoint
 * itself cannot see it.
 */
final class QueryRefusal implements WebFilter {
    private final PathPattern path;

    /**
     * For the endpoint.
     *
     * @param path where it is
     */
    QueryRefusal(String path) {
        this.path = PathPatternParser.defaultInstance.parse(path);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        boolean refused = HttpMethod.POST.equals(request.getMethod())
                && request.getURI().getRawQuery() != null
                && path.matches(request.getPath().pathWithinApplication());
        return refused ? refuse(exchange.getResponse()) : chain.filter(exchange);
    }

    private static Mono<Void> refuse(ServerHttpResponse response) {
        // the rule is a text of ours, in which only the quotation marks need care
        String body = "{\"error\":\"" + RequestQuery.RULE.replace("\"", "\\\"") + "\"}";
        response.setStatusCode(HttpStatus.BAD_REQUEST);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body.getBytes(UTF_8))));
    }
}
