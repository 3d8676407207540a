package dev.pel.flow;

import dev.pel.LoopFuture;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A publisher, by the rules of Reactive Streams: it is asked for as many items as have a place. What it sends is put aside, on whatever thread, and
 * taken on the active one, so a publisher that sends inside {@code request} makes no deep stack.
 */
final class PublisherSource<T> extends InboxSource<T> implements Flow.Subscriber<T> {
    private final StreamServices services;
    private final Flow.Publisher<? extends T> publisher;
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

    /** How many items the publisher may still send. */
    private final AtomicLong demand = new AtomicLong();

    /** Confined to the active thread. */
    private boolean subscribed;

    /** Whether {@link #want} has seen the subscription; confined to the active thread. */
    private boolean hasSeenSubscription;

    private volatile boolean closed;

    PublisherSource(StreamServices services, Flow.Publisher<? extends T> publisher, Wake wake) {
        super(wake);
        this.services = services;
        this.publisher = publisher;
    }

    @Override
    public void want(int places) {
        try {
            if (!subscribed) {
                subscribed = true;
                publisher.subscribe(this);
            }
            Flow.Subscription granted = subscription.get();
            hasSeenSubscription = granted != null;
            int more = lacking(places);
            if (granted != null && more > 0 && !inbox.isClosed()) {
                expect(more);
                demand.addAndGet(more); // before the items can come
                granted.request(more);
            }
        } catch (Throwable e) { // the publisher is code of users, and its failure that of the stream
            inbox.close(e);
        }
    }

    /** Also when a concurrent thread has granted the subscription after the last look for it: nothing has been requested then. */
    @Override
    public boolean hasNews() {
        return super.hasNews() || (!hasSeenSubscription && subscription.get() != null);
    }

    @Override
    public LoopFuture<?> close() {
        closed = true;
        return services.later(() -> {
            Flow.Subscription granted = subscription.get();
            if (granted != null) {
                granted.cancel();
            }
        });
    }

    // ------------------------------------------------------------------ on threads of the publisher

    @Override
    public void onSubscribe(Flow.Subscription granted) {
        Objects.requireNonNull(granted, "subscription");
        // a concurrent end of the stream says so, and then looks for the subscription: one sees the other
        if (!subscription.compareAndSet(null, granted) || closed) {
            granted.cancel();
        } else {
            inbox.wake();
        }
    }

    @Override
    public void onNext(T item) {
        if (item == null) {
            fail(new NullPointerException("item"));
            throw new NullPointerException("item"); // as the rules want it
        }
        if (closed || inbox.isClosed()) {
            return; // on its way when the stream ended
        }
        if (demand.decrementAndGet() < 0) {
            fail(new IllegalStateException("the publisher has sent more items than it was asked for"));
        } else {
            inbox.add(item);
        }
    }

    /** The publisher breaks the rules, and is not asked any more. */
    private void fail(Throwable error) {
        inbox.close(error);
        Flow.Subscription granted = subscription.get();
        if (granted != null) {
            granted.cancel();
        }
    }

    @Override
    public void onError(Throwable error) {
        if (error == null) {
            inbox.close(new NullPointerException("error"));
            throw new NullPointerException("error");
        }
        inbox.close(error);
    }

    @Override
    public void onComplete() {
        inbox.close(null);
    }
}
