package dev.pel.promises;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.Loops;
import dev.pel.promises.TriedFuture.Kind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Makes the futures on which a class of tests tries its rules: one loop for all of them, since the rules are many and small. */
final class TriedFutures implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final Loops loops = new Loops();
    private final List<TriedFuture> made = new CopyOnWriteArrayList<>();
    private EventLoop loop;
    private EventLoop otherLoop;

    @Override
    public void beforeAll(ExtensionContext context) {
        loop = started();
        otherLoop = started();
    }

    private EventLoop started() {
        return loops.started(options ->
                options.withPassive(passive -> passive.withThreads(32)).withErrorHandler(failure -> {}));
    }

    /** No operation waits into the next test. */
    @Override
    public void afterEach(ExtensionContext context) {
        made.forEach(TriedFuture::letGo);
        made.clear();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        loops.afterEach(context);
    }

    EventLoop loop() {
        return loop;
    }

    TriedFuture of(Kind kind) {
        return made(new TriedFuture(kind, loop));
    }

    /** The same, made by another loop where it is a handle. */
    TriedFuture ofAnotherLoop(Kind kind) {
        return made(new TriedFuture(kind, otherLoop));
    }

    private TriedFuture made(TriedFuture future) {
        made.add(future);
        return future;
    }

    /** Waits until the active thread has run what is queued, and what that has queued, some links of a chain far. */
    void settle() {
        for (int i = 0; i < 4; i++) {
            Loops.get(loop.enqueue(Lane.ACTIVE, () -> {}));
        }
    }
}
