package dev.pel.spring.web;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Status, headers and problem details for the exceptions with which pel itself ends a call. The texts are constants: the
 * exceptions' own messages name loops, lanes and capacities, which are no business of a client.
 */
final class CallProblems {
    private static final String BUSY = "The service has more to do than it can take on. Try again later.";
    private static final String NOT_RUNNING = "The service is stopping or not running. Try again later.";
    private static final String TOO_SLOW = "The service could not do this in the time that it has for it.";

    private final Duration retryAfter;

    /**
     * With one advice for all clients.
     *
     * @param retryAfter when they are to try again, whole seconds
     */
    CallProblems(Duration retryAfter) {
        this.retryAfter = retryAfter;
    }

    /**
     * What a request is to be answered with.
     *
     * @param thrown how the request failed
     * @return the answer, or null when it was not pel that ended the call
     */
    @Nullable ErrorResponseException answer(Throwable thrown) {
        Throwable end = unwrapped(thrown);
        if (end instanceof CallRejectedException rejected) {
            return later(rejected.isFull() ? BUSY : NOT_RUNNING, thrown);
        } else if (end instanceof CallStoppedException) {
            return later(NOT_RUNNING, thrown);
        } else if (end instanceof CallTimeoutException) {
            return problem(HttpStatus.GATEWAY_TIMEOUT, TOO_SLOW, thrown);
        }
        return null;
    }

    private ErrorResponseException later(String detail, Throwable thrown) {
        ErrorResponseException answer = problem(HttpStatus.SERVICE_UNAVAILABLE, detail, thrown);
        answer.getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter.toSeconds()));
        return answer;
    }

    private static ErrorResponseException problem(HttpStatus status, String detail, Throwable thrown) {
        return new ErrorResponseException(status, ProblemDetail.forStatusAndDetail(status, detail), thrown);
    }

    /**
     * Looks into what futures and proxies put around an exception, which has no meaning of its own. Any other exception with a cause
     * is the application's, and so is the answer to it.
     */
    private static Throwable unwrapped(Throwable thrown) {
        Throwable inner = thrown;
        Throwable cause = thrown.getCause();
        while (cause != null && isWrapper(inner)) {
            inner = cause;
            cause = inner.getCause();
        }
        return inner;
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof CompletionException
                || thrown instanceof ExecutionException
                || thrown instanceof UndeclaredThrowableException;
    }

    /**
     * Whether somebody looks at the answer in a browser, and so gets the application's error page: a page is the first that is
     * accepted. Programs accept anything, or name what they read.
     *
     * @param accepted the media types of the request
     * @return true for a page
     */
    static boolean prefersPage(List<MediaType> accepted) {
        MediaType first = accepted.stream()
                .reduce((best, type) -> type.getQualityValue() > best.getQualityValue() ? type : best)
                .orElse(MediaType.ALL);
        return first.equalsTypeAndSubtype(MediaType.TEXT_HTML)
                || first.equalsTypeAndSubtype(MediaType.APPLICATION_XHTML_XML);
    }
}
