package dev.pel.demo;

import dev.pel.CallRejectedException;
import dev.pel.CallStoppedException;
import dev.pel.CallTimeoutException;
import java.util.concurrent.CompletionException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientResponseException;

/** Why a person was not notified. Few on purpose, because they are counted. */
enum FailureReason {
    GATEWAY_ERROR("the gateway answered with an error"),
    GATEWAY_UNREACHABLE("the gateway could not be reached"),
    TOO_SLOW("the gateway did not answer in time"),
    LANE_FULL("a lane of the event loop was full"),
    LOOP_STOPPED("the event loop was stopped"),
    OTHER("something unforeseen went wrong");

    private final String text;

    FailureReason(String text) {
        this.text = text;
    }

    /** As people read it. */
    String text() {
        return text;
    }

    /** What the failure of a call means. */
    static FailureReason of(Throwable failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof CompletionException && cause != null) {
            return of(cause);
        } else if (failure instanceof RestClientResponseException) {
            return GATEWAY_ERROR;
        } else if (failure instanceof ResourceAccessException) {
            return GATEWAY_UNREACHABLE;
        } else if (failure instanceof CallTimeoutException) {
            return TOO_SLOW;
        } else if (failure instanceof CallRejectedException rejected) {
            return rejected.isFull() ? LANE_FULL : LOOP_STOPPED;
        }
        return failure instanceof CallStoppedException ? LOOP_STOPPED : OTHER;
    }
}
