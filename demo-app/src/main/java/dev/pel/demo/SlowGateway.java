package dev.pel.demo;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Plays the foreign systems that reach people: slow, and failing now and then. It blocks the server's thread, as they would;
 * it knows nothing of the loop.
 */
@RestController
class SlowGateway {
    static final String SIGNATURE = "X-Signature";

    private static final Pattern SIGNATURE_FORM = Pattern.compile("[0-9a-f]{64}");

    private final DemoProperties.Gateway settings;

    SlowGateway(DemoProperties properties) {
        this.settings = properties.gateway();
    }

    @PostMapping("/gateway/{channel}")
    ResponseEntity<?> send(
            @PathVariable String channel, @RequestHeader(SIGNATURE) String signature, @RequestBody Notice notice)
            throws InterruptedException {
        if (Channel.of(channel).isEmpty()) {
            return refuse(HttpStatus.NOT_FOUND, "There is no channel '%s'.".formatted(channel));
        } else if (!SIGNATURE_FORM.matcher(signature).matches()) {
            return refuse(HttpStatus.BAD_REQUEST, "A signature has 64 hexadecimal digits.");
        }
        Thread.sleep(latency().toMillis());
        return ThreadLocalRandom.current().nextDouble() < settings.failureRate()
                ? refuse(HttpStatus.SERVICE_UNAVAILABLE, "The channel '%s' is down just now.".formatted(channel))
                : ResponseEntity.noContent().build();
    }

    private Duration latency() {
        long most = settings.latencyMax().toMillis();
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(settings.latencyMin().toMillis(), most + 1));
    }

    private static ResponseEntity<ProblemDetail> refuse(HttpStatus status, String why) {
        return ResponseEntity.status(status).body(ProblemDetail.forStatusAndDetail(status, why));
    }
}
