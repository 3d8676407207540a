package dev.pel.spring.web;

import dev.pel.CallRejectedException;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Returns and throws what a loop of its own answers when it is full, too slow, or stopped. */
@RestController
class EndedController implements DisposableBean {
    static final String SECRET = "PEL-SECRET-51c0";

    private final CountDownLatch open = new CountDownLatch(1);
    private final EventLoop full = EventLoop.create(EventLoopOptions.defaults()
            .withName(SECRET)
            .withPassive(lane -> lane.withThreads(1).withCapacity(1)));
    private final EventLoop stopped =
            EventLoop.create(EventLoopOptions.defaults().withName(SECRET + "-stopped"));
    private final LoopFuture<String> unfinished;

    EndedController() throws InterruptedException {
        CountDownLatch occupied = new CountDownLatch(2);
        full.start();
        full.next(() -> {
            occupied.countDown();
            open.await();
        });
        stopped.start();
        unfinished = stopped.next(() -> {
            occupied.countDown();
            open.await();
            return "too late";
        });
        occupied.await();
        full.next(() -> "waits");
        stopped.forceStop();
    }

    private LoopFuture<String> refused() {
        return full.next(() -> "never");
    }

    CompletionException refusal() {
        return (CompletionException) refused()
                .thenApply(String::trim)
                .handle((value, error) -> error)
                .join();
    }

    @GetMapping("/refused/returned")
    LoopFuture<String> returned() {
        return refused();
    }

    @GetMapping("/refused/dependent")
    LoopFuture<String> dependent() {
        return refused().thenApply(String::trim);
    }

    @GetMapping("/refused/joined")
    String joined() {
        return refused().join();
    }

    @GetMapping("/refused/got")
    String got() throws InterruptedException, ExecutionException {
        return refused().get();
    }

    @GetMapping("/refused/executed")
    String executed() {
        full.executor(Lane.PASSIVE).execute(() -> {});
        return "never";
    }

    /** As a view, for a browser. */
    @GetMapping(path = "/refused/page", produces = MediaType.TEXT_HTML_VALUE)
    LoopFuture<String> page() {
        return refused();
    }

    @GetMapping("/slow/returned")
    LoopFuture<String> slow() {
        return full.call(SECRET).timeout(Duration.ofMillis(10)).work(() -> {
            open.await();
            return "too late";
        });
    }

    @GetMapping("/slow/joined")
    String slowJoined() {
        return slow().join();
    }

    @GetMapping("/stopped/returned")
    LoopFuture<String> stoppedReturned() {
        return unfinished;
    }

    @GetMapping("/stopped/joined")
    String stoppedJoined() {
        return unfinished.join();
    }

    @GetMapping("/stopped/refused")
    LoopFuture<String> stoppedRefused() {
        return stopped.next(() -> "never");
    }

    @GetMapping("/own/annotated")
    String annotated() {
        throw new OwnException(refused().handle((value, error) -> error).join());
    }

    @GetMapping("/own/status")
    String status() {
        throw new ResponseStatusException(
                HttpStatus.PRECONDITION_FAILED,
                null,
                refused().handle((value, error) -> error).join());
    }

    @GetMapping("/own/handled")
    String handled() {
        throw new HandledException(refused().handle((value, error) -> error).join());
    }

    @GetMapping("/own/failed")
    LoopFuture<String> failed() {
        return full.work(() -> {
            throw new IllegalStateException(SECRET);
        });
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.GONE)
    String handle(HandledException e) {
        return "handled by the controller";
    }

    @Override
    public void destroy() {
        open.countDown();
        full.forceStop();
    }

    /** The application's word for it. */
    @ResponseStatus(HttpStatus.CONFLICT)
    static final class OwnException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OwnException(Throwable cause) {
            super(cause);
        }
    }

    static final class HandledException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HandledException(Throwable cause) {
            super(cause);
            if (!(cause instanceof CallRejectedException)) {
                throw new IllegalArgumentException(cause);
            }
        }
    }
}
