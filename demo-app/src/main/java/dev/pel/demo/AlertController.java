package dev.pel.demo;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

/** Alerts over HTTP. The handles of the loop are futures, which Spring MVC waits for without a thread. */
@RestController
class AlertController {
    static final String UNKNOWN = "There is no alert with this id, or it finished long ago.";

    private final AlertService service;
    private final PeopleFileReader reader;
    private final int maxMessage;

    AlertController(AlertService service, PeopleFileReader reader, DemoProperties properties) {
        this.service = service;
        this.reader = reader;
        this.maxMessage = properties.people().maxMessage();
    }

    @PostMapping(path = "/alerts", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    CompletableFuture<ResponseEntity<AlertView>> raise(@RequestPart MultipartFile people, @RequestParam String message)
            throws IOException {
        check(message);
        return service.raise(message, reader.read(people.getBytes()))
                .thenApply(alert -> ResponseEntity.accepted()
                        .location(URI.create("/alerts/" + alert.id()))
                        .body(alert));
    }

    @GetMapping("/alerts/{id}")
    CompletableFuture<AlertView> show(@PathVariable String id) {
        return service.find(id)
                .thenApply(
                        found -> found.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, UNKNOWN)));
    }

    private void check(String message) {
        if (message.isBlank() || message.length() > maxMessage) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST,
                    "'message' must have 1 to %d characters, not only blanks, but has %d"
                            .formatted(maxMessage, message.length()));
        }
    }
}
