package dev.pel.demo;

import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.flow.ForEach;
import dev.pel.spring.PelTemplate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Service;

/**
 * Notifies the people of alerts: signs on the work lane, delivers on the passive lane, and keeps count on the active thread.
 *
 * <p>All state is plain fields and a {@code HashMap}. Only bodies touch it, and all bodies run on the one active thread, so
 * there is nothing to lock. Threads of the web server send a body to look for them. What hangs on calls that a stop has ended
 * runs on another thread when the active one is gone, but also one at a time, and the next run of the loop waits for it.
 *
 * <p>Nothing is to be done when the application ends. The loop drains before the web server stops: chains in flight go on until
 * everybody is notified or the deadline has passed, retries included, and new alerts are refused.
 */
@Service
@SuppressWarnings("FutureReturnValueIgnored") // a failure that nobody deals with reaches pel's error handler
final class AlertService {
    private static final Logger log = LoggerFactory.getLogger(AlertService.class);

    private final PelTemplate pel;
    private final MessageSigner signer;
    private final GatewayClient gateway;
    private final Intake intake;
    private final DemoProperties settings;

    // from here on confined to the active thread, as is all that is in an alert
    private final Map<String, Alert> alerts = new HashMap<>();
    private final Deque<String> finished = new ArrayDeque<>();

    AlertService(PelTemplate pel, MessageSigner signer, GatewayClient gateway, Intake intake, DemoProperties settings) {
        this.pel = pel;
        this.signer = signer;
        this.gateway = gateway;
        this.intake = intake;
        this.settings = settings;
    }

    // ------------------------------------------------------------------ for any thread

    /** Takes an alert in, or fails with {@link TryLaterException}. */
    CompletableFuture<AlertView> raise(String message, PeopleFile file) {
        Alert alert = new Alert(UUID.randomUUID().toString(), message, file);
        return onActiveThread("raise alert", () -> {
            admit(alert);
            alerts.put(alert.id(), alert);
            alert.begin(notifyAll(alert, file.people()));
            return alert.view();
        });
    }

    /** How far an alert is; empty when it is unknown, or finished and forgotten. */
    CompletableFuture<Optional<AlertView>> find(String id) {
        return onActiveThread("show alert", () -> look(id));
    }

    private <T> CompletableFuture<T> onActiveThread(String label, Supplier<T> body) {
        LoopFuture<@Nullable Void> turn = pel.call(label).enqueue(Lane.ACTIVE, () -> {});
        if (turn.outcome() == Outcome.REJECTED) {
            // thrown here: code that is attached to the handle of a stopped loop does not run on the active thread
            throw intake.later("The event loop accepts nothing now: it is %s."
                    .formatted(pel.stats().state()));
        }
        return turn.thenApply(nothing -> body.get());
    }

    // ------------------------------------------------------------------ bodies

    /** As {@link #find}, for who is on the active thread already. */
    Optional<AlertView> look(String id) {
        return Optional.ofNullable(alerts.get(id)).map(Alert::view);
    }

    private void admit(Alert alert) {
        int open = alerts.values().stream().mapToInt(Alert::pending).sum();
        intake.admit(alert.pending(), open);
    }

    /**
     * Works on the people of an alert. As many as the window says are in flight at once, so an alert of any size holds few places in the
     * lanes.
     */
    private ForEach notifyAll(Alert alert, List<Person> people) {
        ForEach stream = pel.forEach(people)
                .label("alert")
                .concurrency(settings.delivery().window())
                .collectFailures(1) // goes on after a failure; the alert counts them all
                .run(person -> reach(alert, person));
        stream.future().handle((report, failure) -> {
            streamEnded(alert, failure == null ? FailureReason.LANE_FULL : FailureReason.of(failure));
            return null;
        });
        return stream;
    }

    /** Signs, then delivers. */
    private LoopFuture<?> reach(Alert alert, Person person) {
        LoopFuture<String> signed = signer.sign(alert.message(), person);
        if (signed.outcome() == Outcome.REJECTED) {
            // the call itself, and nothing attached to it: so the stream knows that nothing has begun, waits, and comes
            // again with this person
            return signed;
        }
        alert.begun(person);
        return signed.thenCompose(signature -> deliver(alert, person, signature))
                .whenComplete((status, failure) -> personEnded(alert, person, failure))
                .copy(); // for the stream, which ends what it has at a stop: the original still counts the person
    }

    private LoopFuture<HttpStatusCode> deliver(Alert alert, Person person, String signature) {
        LoopFuture<HttpStatusCode> call = gateway.deliver(person, alert.message(), signature);
        return call.whenComplete((status, failure) -> alert.retried(person, call.attempts() - 1))
                .exceptionallyCompose(failure -> FailureReason.of(failure) == FailureReason.LANE_FULL
                        ? deliverLater(alert, person, signature)
                        : LoopFuture.failed(failure));
    }

    /** For a delivery that a full lane has refused. The stream cannot tell that nothing has begun, because the signature has. */
    private LoopFuture<HttpStatusCode> deliverLater(Alert alert, Person person, String signature) {
        return pel.delay(settings.delivery().pause(), () -> {}).thenCompose(over -> deliver(alert, person, signature));
    }

    private void personEnded(Alert alert, Person person, @Nullable Throwable failure) {
        if (failure == null) {
            alert.delivered(person);
        } else {
            alert.failed(person, FailureReason.of(failure));
        }
        if (alert.isFinished()) {
            finish(alert);
        }
    }

    /** Nobody waits any more, unless the loop has stopped, or the work lane was full for too long. */
    private void streamEnded(Alert alert, FailureReason reason) {
        int left = alert.end(reason);
        if (left > 0 && alert.isFinished()) {
            finish(alert);
        }
    }

    /** Keeps the newest that are finished and forgets the others, so that nothing piles up. */
    private void finish(Alert alert) {
        log.info("{}", alert);
        finished.add(alert.id());
        if (finished.size() > settings.intake().keptAlerts()) {
            alerts.remove(finished.remove());
        }
    }
}
