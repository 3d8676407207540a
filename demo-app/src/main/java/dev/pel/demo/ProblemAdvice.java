package dev.pel.demo;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.multipart.MaxUploadSizeExceededException;

/** Says what Spring would not say of itself; everything else is Spring's own problem details. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class ProblemAdvice {
    private final Intake intake;
    private final DataSize maxFileSize;

    ProblemAdvice(Intake intake, @Value("${spring.servlet.multipart.max-file-size}") DataSize maxFileSize) {
        this.intake = intake;
        this.maxFileSize = maxFileSize;
    }

    /** The loop stopped while the request waited for its turn, or the active thread is stuck. */
    @ExceptionHandler({CallStoppedException.class, CallRejectedException.class, AsyncRequestTimeoutException.class})
    ResponseEntity<ProblemDetail> noTurn() {
        TryLaterException later = intake.later("The event loop did not come to this request.");
        return ResponseEntity.status(later.getStatusCode())
                .headers(later.getHeaders())
                .body(later.getBody());
    }

    @ExceptionHandler
    ProblemDetail tooLarge(MaxUploadSizeExceededException e) {
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.CONTENT_TOO_LARGE,
                "The file must have at most %d kB. Send the people in parts.".formatted(maxFileSize.toKilobytes()));
    }
}
