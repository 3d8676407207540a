package dev.pel.spring.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.spring.PelTemplate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** An operation that passes when a test opens it, and tells how far it came. */
final class Gate {
    final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CompletableFuture<LoopFuture<String>> handle = new CompletableFuture<>();

    LoopFuture<String> submit(PelTemplate pel) {
        LoopFuture<String> call = pel.next(() -> {
            started.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return "passed";
        });
        handle.complete(call);
        return call;
    }

    /** Waits for somebody to submit it. */
    LoopFuture<String> handle() throws InterruptedException, ExecutionException, TimeoutException {
        return handle.get(20, SECONDS);
    }

    void open() {
        open.countDown();
    }

    void awaitStart() throws InterruptedException {
        assertThat(started.await(20, SECONDS)).as("started").isTrue();
    }

    void awaitCancel() throws InterruptedException, ExecutionException, TimeoutException {
        assertThat(interrupted.await(20, SECONDS)).as("interrupted").isTrue();
        await().atMost(Duration.ofSeconds(20)).until(handle()::isDone);
        assertThat(handle().outcome()).isEqualTo(Outcome.CANCELLED);
    }

    boolean wasInterrupted() {
        return interrupted.getCount() == 0;
    }
}
