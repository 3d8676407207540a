package dev.pel.spring.slices;

import dev.pel.LoopFuture;
import dev.pel.spring.PelTemplate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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

    /** A call that never ends by itself. */
    @GetMapping("/late")
    LoopFuture<String> late() {
        return pel.call("late").timeout(Duration.ofMillis(1)).next(() -> {
            new CountDownLatch(1).await();
            return "never";
        });
    }
}
