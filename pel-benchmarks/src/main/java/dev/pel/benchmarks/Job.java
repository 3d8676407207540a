package dev.pel.benchmarks;

import dev.pel.Body;
import io.vertx.core.Handler;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An operation and its body, as every peer wants to be given them: so no peer pays for an adapter, and what is allocated per
 * round trip is the peer's own.
 */
abstract class Job implements Callable<Integer>, Supplier<Integer>, Body<Integer>, Consumer<Integer>, Handler<Integer> {
    /**
     * The operation. Runs on a thread of the peer's pool.
     *
     * @return what the body is given
     */
    @Override
    public abstract Integer call();

    /**
     * The body. Runs on the peer's one thread.
     *
     * @param value what the operation returned
     */
    @Override
    public abstract void accept(Integer value);

    @Override
    public final Integer get() {
        return call();
    }

    @Override
    public final void handle(Integer value) {
        accept(value);
    }
}
