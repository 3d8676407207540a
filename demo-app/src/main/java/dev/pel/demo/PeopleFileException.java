package dev.pel.demo;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** The file as a whole is of no use; answered as 400 with the reason. */
final class PeopleFileException extends ErrorResponseException {
    private static final long serialVersionUID = 1L;

    PeopleFileException(String reason) {
        this(reason, List.of());
    }

    PeopleFileException(String reason, List<RefusedRow> refused) {
        super(HttpStatus.BAD_REQUEST, problem(reason, refused), null);
    }

    private static ProblemDetail problem(String reason, List<RefusedRow> refused) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, reason);
        problem.setTitle("The file of people cannot be used");
        if (!refused.isEmpty()) {
            problem.setProperty("refused", refused);
        }
        return problem;
    }
}
