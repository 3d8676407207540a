package dev.pel.flow;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.Task;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The services of a loop for one stream, with the label of that. */
@SuppressWarnings("FutureReturnValueIgnored") // what a listener throws reaches the error handler
final class LoopStreamServices implements StreamServices {
    private final EventLoop loop;
    private final CallSpec call;
    private final @Nullable Duration timeout;

    LoopStreamServices(EventLoop loop, String label, @Nullable Duration timeout) {
        this.loop = loop;
        this.call = loop.call(label);
        this.timeout = timeout;
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public Duration turnBudget() {
        return loop.options().turnBudget();
    }

    @Override
    public boolean isFull(Lane lane) {
        return loop.isFull(lane);
    }

    @Override
    public LoopFuture<StreamReport> handle(Consumer<Outcome> onEnd) {
        return timeout == null ? call.promise(onEnd) : call.timeout(timeout).promise(onEnd);
    }

    @Override
    public LoopState state() {
        return loop.state();
    }

    @Override
    public LoopFuture<Boolean> signal() {
        return call.promise();
    }

    @Override
    public LoopFuture<@Nullable Void> block(Task operation) {
        return call.next(operation);
    }

    @Override
    public LoopFuture<@Nullable Void> wait(Duration time) {
        return call.delay(time, () -> {});
    }

    @Override
    public <R extends @Nullable Object> LoopFuture<R> adopt(CompletionStage<R> stage) {
        return loop.adopt(stage);
    }

    @Override
    public void tell(Event event) {
        for (EventLoopListener listener : loop.options().hooks().listeners()) {
            later(() -> event.tell(listener));
        }
    }
}
