package dev.pel.demo;

import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Not now: answered as 503 with {@code Retry-After} and the reason. */
final class TryLaterException extends ErrorResponseException {
    private static final long serialVersionUID = 1L;

    TryLaterException(String reason, Duration retryAfter) {
        super(HttpStatus.SERVICE_UNAVAILABLE, problem(reason), null);
        getHeaders().set(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter.toSeconds()));
    }

    private static ProblemDetail problem(String reason) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, reason);
        problem.setTitle("Try again later");
        return problem;
    }
}
