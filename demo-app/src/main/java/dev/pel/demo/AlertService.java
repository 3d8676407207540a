package dev.pel.demo;

import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.Task;
import dev.pel.spring.PelTemplate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
            feed(alert);
            return alert.view();
        });
    }

    /** How far an alert is; empty when it is unknown, or finished and forgotten. */
    CompletableFuture<Optional<AlertView>> find(String id) {
        return onActiveThread(
                "show alert", () -> Optional.ofNullable(alerts.get(id)).map(Alert::view));
    }

    private <T> CompletableFuture<T> onActiveThread(String label, Supplier<T> body) {
        LoopFuture<@Nullable Void> turn = pel.call(label).enqueue(Lane.ACTIVE, () -> {});
        if (turn.outcome() == Outcome.REJECTED) {
            // said here: what is attached to the handle of a stopped loop runs, but on another thread than the active
            // one
            throw intake.later("The event loop accepts nothing now: it is %s."
                    .formatted(pel.stats().state()));
        }
        return turn.thenApply(nothing -> body.get());
    }

    // ------------------------------------------------------------------ bodies

    private void admit(Alert alert) {
        int open = alerts.values().stream().mapToInt(Alert::pending).sum();
        intake.admit(alert.pending(), open);
    }

    /**
     * Starts as many people as may be in flight. Called again whenever one has ended, so an alert of any size holds few places
     * in the lanes.
     */
    private void feed(Alert alert) {
        while (mayStart(alert)) {
            Person person = alert.next();
            if (person == null) {
                return;
            }
            start(alert, person);
        }
    }

    private boolean mayStart(Alert alert) {
        // one may always fly: it is its end that starts the next
        return alert.inFlight() == 0
                || (alert.inFlight() < settings.delivery().window() && intake.laneAtHighWater() == null);
    }

    private void start(Alert alert, Person person) {
        signer.sign(alert.message(), person).whenComplete((signature, failure) -> {
            if (failure == null) {
                deliver(alert, person, signature, settings.delivery().retries());
            } else if (FailureReason.of(failure) == FailureReason.LANE_FULL) {
                later(alert, person, () -> start(alert, person));
            } else {
                failed(alert, person, FailureReason.of(failure));
            }
        });
    }

    private void deliver(Alert alert, Person person, String signature, int retries) {
        gateway.deliver(person, alert.message(), signature).whenComplete((nothing, failure) -> {
            if (failure == null) {
                delivered(alert, person);
                return;
            }
            FailureReason reason = FailureReason.of(failure);
            if (reason == FailureReason.LANE_FULL) {
                later(alert, person, () -> deliver(alert, person, signature, retries)); // nothing was tried
            } else if (retries > 0 && reason != FailureReason.LOOP_STOPPED) {
                later(alert, person, () -> {
                    alert.retried(person);
                    deliver(alert, person, signature, retries - 1);
                });
            } else {
                failed(alert, person, reason);
            }
        });
    }

    private void later(Alert alert, Person person, Task again) {
        pel.delay(settings.delivery().pause(), again).exceptionally(failure -> {
            failed(alert, person, FailureReason.of(failure));
            return null;
        });
    }

    private void delivered(Alert alert, Person person) {
        alert.delivered(person);
        ended(alert);
    }

    private void failed(Alert alert, Person person, FailureReason reason) {
        alert.failed(person, reason);
        if (reason == FailureReason.LOOP_STOPPED) {
            alert.failWaiting(reason); // the loop would refuse them one by one
        }
        ended(alert);
    }

    private void ended(Alert alert) {
        feed(alert);
        if (alert.isFinished()) {
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
