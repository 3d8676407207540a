package dev.pel.spring.slices;

import dev.pel.spring.PelTemplate;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** As an application writes it: calls run on the loop, and the answer is what comes of them. */
@RestController
class AnswerController {
    private final PelTemplate pel;

    AnswerController(PelTemplate pel) {
        this.pel = pel;
    }

    @GetMapping("/answer")
    CompletableFuture<String> answer() {
        return pel.next(() -> Thread.currentThread().getName())
                .thenApply(
                        operation -> operation + ", " + Thread.currentThread().getName());
    }
}
