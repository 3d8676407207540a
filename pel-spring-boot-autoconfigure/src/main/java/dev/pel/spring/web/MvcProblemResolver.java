package dev.pel.spring.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** Answers in Spring MVC for calls that pel has ended. The last resolver of all, so that everything of the application comes before. */
final class MvcProblemResolver implements HandlerExceptionResolver, Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(MvcProblemResolver.class);

    private final CallProblems problems;
    private final Iterable<RequestMappingHandlerAdapter> adapters;

    /**
     * For all handlers.
     *
     * @param problems what is answered
     * @param adapters know how the application writes JSON
     */
    MvcProblemResolver(CallProblems problems, Iterable<RequestMappingHandlerAdapter> adapters) {
        this.problems = problems;
        this.adapters = adapters;
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception thrown) {
        ErrorResponseException answer = problems.answer(thrown);
        if (answer == null || response.isCommitted()) {
            return null;
        }
        answer.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        try {
            if (CallProblems.prefersPage(accepted(request)) || !write(answer, response)) {
                response.sendError(answer.getStatusCode().value());
            }
        } catch (IOException e) {
            LOG.debug("The client has left before it was told that {}", answer.getMessage(), e);
        }
        return new ModelAndView(); // which says that the response is complete
    }

    private static List<MediaType> accepted(HttpServletRequest request) {
        try {
            return MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
        } catch (InvalidMediaTypeException e) {
            LOG.debug("Problem details are answered, because what the client accepts cannot be read", e);
            return List.of();
        }
    }

    /** False when the application has nothing that writes JSON. */
    @SuppressWarnings("unchecked") // it says that it can
    private boolean write(ErrorResponseException answer, HttpServletResponse response) throws IOException {
        for (HttpMessageConverter<?> converter : converters()) {
            if (converter.canWrite(ProblemDetail.class, MediaType.APPLICATION_PROBLEM_JSON)) {
                response.setStatus(answer.getStatusCode().value());
                try (ServletServerHttpResponse output = new ServletServerHttpResponse(response)) {
                    ((HttpMessageConverter<Object>) converter)
                            .write(answer.getBody(), MediaType.APPLICATION_PROBLEM_JSON, output);
                }
                return true;
            }
        }
        return false;
    }

    private List<HttpMessageConverter<?>> converters() {
        return StreamSupport.stream(adapters.spliterator(), false)
                .flatMap(adapter -> adapter.getMessageConverters().stream())
                .toList();
    }
}
