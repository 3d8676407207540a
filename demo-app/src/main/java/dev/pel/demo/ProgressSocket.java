package dev.pel.demo;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.pel.PeriodicTimer;
import dev.pel.spring.PelTemplate;
import dev.pel.spring.websocket.BoundWebSocketSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells how far an alert is. A client sends its id, and gets its {@link AlertView} as JSON, at once and whenever it has changed, until it has finished.
 * Then the session is closed with code 1000, or with 4404 when there is no such alert. Refused rows, which do not change and may be many, are in the first
 * view only.
 *
 * <p>All state is plain: the methods run on the active thread, because {@link Sockets} wraps this in pel's bound handler, and so does the body of the timer
 * that looks for changes. Sending waits for nobody here.
 *
 * <p>There is a timer only while somebody watches. A stop of the loop ends it at once, and that is told to whoever watches: the session is closed with code
 * 1001. Clients come back until the loop has been started again, and the first of them sets a new timer.
 */
@Component
@SuppressWarnings("FutureReturnValueIgnored") // a failure that nobody deals with reaches pel's error handler
class ProgressSocket extends TextWebSocketHandler {
    private static final int LONGEST_ID = 36;
    private static final CloseStatus UNKNOWN = new CloseStatus(4404, AlertController.UNKNOWN);

    private final PelTemplate pel;
    private final AlertService alerts;
    private final DemoProperties.Progress settings;
    private final JsonMapper firstViews;
    private final JsonMapper laterViews;

    // from here on confined to the active thread
    private final Map<String, Watch> watches = new HashMap<>(); // by the id of the session
    private @Nullable PeriodicTimer timer;

    ProgressSocket(PelTemplate pel, AlertService alerts, DemoProperties properties, JsonMapper json) {
        this.pel = pel;
        this.alerts = alerts;
        this.settings = properties.progress();
        this.firstViews = json;
        this.laterViews =
                json.rebuild().addMixIn(AlertView.class, LaterView.class).build();
    }

    /** What is sent of an alert from the second time on. */
    private interface LaterView {
        @JsonIgnore
        @SuppressWarnings("UnusedMethod") // Jackson reads its annotation
        List<RefusedRow> refused();
    }

    /** A session, the alert that it watches, and what it was told last. */
    private static final class Watch {
        final BoundWebSocketSession session;
        final String alert;

        @Nullable AlertView told;

        Watch(BoundWebSocketSession session, String alert) {
            this.session = session;
            this.alert = alert;
        }
    }

    // ------------------------------------------------------------------ sessions

    /** The id of an alert; it takes the place of one that was sent before. */
    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        Watch watch = new Watch((BoundWebSocketSession) session, message.getPayload());
        watches.remove(session.getId());
        CloseStatus refusal = refusal(watch.alert);
        if (refusal != null) {
            watch.session.close(refusal);
        } else if (!isOver(watch, alerts.look(watch.alert))) {
            watches.put(session.getId(), watch);
        }
        setOrEndTimer();
    }

    private @Nullable CloseStatus refusal(String id) {
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            return CloseStatus.BAD_DATA.withReason(
                    "the id of an alert must have 1 to %d characters but has %d".formatted(LONGEST_ID, id.length()));
        } else if (watches.size() == settings.maxWatchers()) {
            return CloseStatus.SERVICE_OVERLOAD.withReason("%d others watch alerts".formatted(watches.size()));
        }
        return null;
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        watches.remove(session.getId());
        setOrEndTimer();
    }

    // ------------------------------------------------------------------ the timer

    private void setOrEndTimer() {
        PeriodicTimer set = timer;
        if (set != null && watches.isEmpty()) {
            timer = null;
            set.cancel(false);
        } else if (set == null && !watches.isEmpty()) {
            PeriodicTimer made =
                    pel.call("tell progress").every(settings.interval()).run(this::tellChanges);
            timer = made;
            made.exceptionally(
                    end -> { // in a later turn
                        ended(made, end);
                        return null;
                    });
        }
    }

    private void tellChanges() {
        Map<String, Optional<AlertView>> found = new HashMap<>();
        watches.values().removeIf(watch -> isOver(watch, found.computeIfAbsent(watch.alert, alerts::look)));
        setOrEndTimer();
    }

    /** Tells what has changed, and says whether that was the end. */
    private boolean isOver(Watch watch, Optional<AlertView> found) {
        if (found.isEmpty()) {
            watch.session.close(UNKNOWN);
            return true;
        }
        AlertView view = found.get();
        if (!view.equals(watch.told)) {
            JsonMapper json = watch.told == null ? firstViews : laterViews;
            watch.session.sendMessage(new TextMessage(json.writeValueAsString(view)));
            watch.told = view;
        }
        if (view.finished() != null) {
            watch.session.close(CloseStatus.NORMAL);
        }
        return view.finished() != null;
    }

    /** Nobody is told anything any more: the loop begins to stop, or has too many timers. When nobody watched, that is no loss. */
    private void ended(PeriodicTimer which, Throwable end) {
        if (timer != which) {
            return;
        }
        timer = null;
        watches.values().forEach(watch -> watch.session.close(Sockets.statusOf(end)));
        watches.clear();
    }
}
