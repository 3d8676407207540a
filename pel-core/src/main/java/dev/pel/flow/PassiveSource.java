package dev.pel.flow;

import dev.pel.CallRejectedException;
import dev.pel.LoopFuture;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A source that may block: it is read on passive threads, by one operation at a time, each of which reads as many items as had a place when it
 * began. Each item is handed over at once.
 *
 * <p>The operation that reads has the iterator for itself. When the stream ends meanwhile, the operation is interrupted, and closes the source as
 * soon as it is back.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what goes wrong after the end reaches the error handler
final class PassiveSource<T> extends InboxSource<T> {
    private enum Phase {
        IDLE,
        READING,
        CLOSED
    }

    private final StreamServices services;
    private final ItemReader<T> reader;
    private final Backoff backoff;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

    /** The operation that reads; confined to the active thread. */
    private @Nullable LoopFuture<?> reading;

    /** Written by the operation that reads, and looked at when its handle has ended. */
    private boolean foundEnd;

    PassiveSource(StreamServices services, ItemReader<T> reader, Wake wake) {
        super(wake);
        this.services = services;
        this.reader = reader;
        this.backoff = new Backoff(services, wake);
    }

    @Override
    public void want(int places) {
        int more = lacking(places);
        if (more <= 0 || reading != null || backoff.isWaiting() || inbox.isClosed()) {
            return;
        }
        LoopFuture<@Nullable Void> read = services.block(() -> read(more));
        CallRejectedException full = Refusal.of(read);
        if (full != null && backoff.begin()) {
            return;
        }
        expect(more);
        reading = read;
        read.handle((nothing, error) -> {
            wasRead(error);
            return null;
        });
    }

    private void wasRead(@Nullable Throwable error) {
        reading = null;
        if (error == null) {
            backoff.reset();
            // told only now, when nobody reads any more: the stream closes the source at its end, and waits for that
            if (foundEnd) {
                inbox.close(null);
            } else {
                inbox.wake(); // what has a place by now may be read
            }
        } else if (phase.get() != Phase.CLOSED) {
            inbox.close(Thrown.cause(error));
        } else if (!(error instanceof CancellationException)) {
            Thrown.again(error); // nobody else looks at it any more
        }
    }

    /** On a passive thread. */
    private void read(int most) throws Exception {
        if (!phase.compareAndSet(Phase.IDLE, Phase.READING)) {
            return;
        }
        Thrown.both(() -> readItems(most), () -> {
            // the concurrent one is the end of the stream: either it finds that nobody reads, and has the source
            // closed, or it is seen here
            if (!phase.compareAndSet(Phase.READING, Phase.IDLE)) {
                reader.close();
            }
        });
    }

    private void readItems(int most) throws Exception {
        for (int i = 0; i < most && phase.get() == Phase.READING; i++) {
            T item = reader.next();
            if (item == null) {
                foundEnd = true;
                return;
            }
            inbox.add(item);
        }
    }

    @Override
    public LoopFuture<?> close() {
        backoff.stop();
        boolean isRead = phase.getAndSet(Phase.CLOSED) == Phase.READING;
        LoopFuture<?> reads = reading;
        if (reads != null) {
            reads.cancel(true);
        }
        if (isRead) {
            return services.later(() -> {}); // whoever reads closes it
        }
        return new Closing(services, reader::close).start();
    }
}
