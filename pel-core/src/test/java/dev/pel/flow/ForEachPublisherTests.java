package dev.pel.flow;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Loops;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A publisher as the source of a stream: the rules of Reactive Streams for a subscriber. */
@SuppressWarnings("NullAway") // what is forbidden is tried
class ForEachPublisherTests {
    @RegisterExtension
    final Loops loops = new Loops();

    /** A publisher by hand. */
    private static class Hand implements Flow.Publisher<Integer>, Flow.Subscription {
        final AtomicLong requested = new AtomicLong();
        final AtomicInteger cancelled = new AtomicInteger();
        volatile Flow.Subscriber<? super Integer> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super Integer> other) {
            subscriber = other;
            other.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            requested.addAndGet(n);
        }

        @Override
        public void cancel() {
            cancelled.incrementAndGet();
        }

        void subscribed() {
            Loops.until(() -> requested.get() > 0);
        }
    }

    private static ForEach run(EventLoop loop, Flow.Publisher<Integer> items) {
        return loop.forEach(items).concurrency(3).run(item -> loop.next(() -> item));
    }

    @Test
    void publisherOfTheJdkIsReadToItsEnd() {
        EventLoop loop = loops.started();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        ForEach stream;
        try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
            stream = loop.forEach(publisher).concurrency(3).map(item -> loop.next(() -> item), seen::add);
            Loops.until(publisher::hasSubscribers);
            for (int i = 0; i < 1_000; i++) {
                publisher.submit(i);
            }
        }
        assertThat(get(stream.future()).done()).isEqualTo(1_000);
        assertThat(seen).hasSize(1_000).isSorted();
    }

    @Test
    void subscriptionThatIsGrantedWhileTheStreamIsAboutToRestIsNews() {
        StreamServices unused = null;
        Wake notArmedYet = new Wake(unused, () -> {});
        Hand hand = new Hand();
        PublisherSource<Integer> source = new PublisherSource<>(unused, subscriber -> {}, notArmedYet);
        source.want(2);
        assertThat(source.hasNews()).isFalse();
        source.onSubscribe(hand); // by a concurrent thread, which finds nobody to wake
        assertThat(source.hasNews()).isTrue();
        source.want(2);
        assertThat(hand.requested).hasValue(2);
        assertThat(source.hasNews()).isFalse();
    }

    @Test
    void asManyItemsAreRequestedAsThereArePlaces() {
        EventLoop loop = loops.started();
        Hand hand = new Hand();
        List<CompletableFuture<Object>> calls = new CopyOnWriteArrayList<>();
        ForEach stream = loop.forEach(hand).concurrency(3).run(item -> {
            CompletableFuture<Object> call = new CompletableFuture<>();
            calls.add(call);
            return call;
        });
        hand.subscribed();
        assertThat(hand.requested.get()).isEqualTo(3);
        hand.subscriber.onNext(1);
        hand.subscriber.onNext(2);
        Loops.until(() -> calls.size() == 2);
        assertThat(hand.requested.get()).isEqualTo(3);
        calls.get(0).complete("done");
        Loops.until(() -> hand.requested.get() == 4);
        calls.get(1).complete("done");
        Loops.until(() -> hand.requested.get() == 5);
        hand.subscriber.onComplete();
        assertThat(get(stream.future()).done()).isEqualTo(2);
    }

    @Test
    void raiseOfTheConcurrencyWhileItemsAreRequestedIsSeen() {
        EventLoop loop = loops.made(options -> options);
        CompletableFuture<ForEach> begun = new CompletableFuture<>();
        Hand hand = new Hand() {
            @Override
            public void request(long n) {
                super.request(n);
                begun.join().concurrency(5);
            }
        };
        ForEach stream = loop.forEach(hand).concurrency(3).run(item -> loop.next(() -> item));
        begun.complete(stream);
        loop.start();
        Loops.until(() -> hand.requested.get() == 5);
        hand.subscriber.onComplete();
        get(stream.future());
    }

    @Test
    void publisherThatSendsInsideRequestMakesNoDeepStack() {
        EventLoop loop = loops.started();
        int items = 100_000;
        Flow.Publisher<Integer> eager = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            private int next;

            @Override
            public void request(long n) {
                for (long i = 0; i < n && next < items; i++) {
                    subscriber.onNext(next++);
                }
                if (next == items) {
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {
                next = items;
            }
        });
        StreamReport report = get(loop.forEach(eager)
                .concurrency(1)
                .run(CompletableFuture::completedFuture)
                .future());
        assertThat(report.done()).isEqualTo(items);
    }

    @Test
    void errorEndsTheStreamWhenThoseInFlightHaveEnded() {
        EventLoop loop = loops.started();
        Hand hand = new Hand();
        CompletableFuture<Object> call = new CompletableFuture<>();
        ForEach stream = loop.forEach(hand).label("feed").run(item -> call);
        hand.subscribed();
        hand.subscriber.onNext(1);
        hand.subscriber.onError(new IOException("planted"));
        Loops.until(() -> stream.progress().inFlight() == 1);
        assertThat(stream.future().isDone()).isFalse();
        call.complete("done");
        assertThat(failureOf(stream.future()))
                .hasMessage("Stream 'feed' has ended, because its source has failed, with 1 item(s) done, 0 failed and"
                        + " 0 discarded: java.io.IOException: planted");
    }

    @Test
    void nullsAreRefusedAndEndTheStream() {
        EventLoop loop = loops.started();
        for (boolean item : new boolean[] {true, false}) {
            Hand hand = new Hand();
            ForEach stream = run(loop, hand);
            hand.subscribed();
            assertThatThrownBy(() -> {
                        if (item) {
                            hand.subscriber.onNext(null);
                        } else {
                            hand.subscriber.onError(null);
                        }
                    })
                    .isInstanceOf(NullPointerException.class);
            assertThat(failureOf(stream.future())).hasRootCauseInstanceOf(NullPointerException.class);
        }
        AtomicInteger refused = new AtomicInteger();
        ForEach stream = run(loop, subscriber -> {
            try {
                subscriber.onSubscribe(null);
            } catch (NullPointerException e) {
                refused.incrementAndGet();
                throw e;
            }
        });
        assertThat(failureOf(stream.future())).hasMessageContaining("subscription");
        assertThat(refused.get()).isOne();
    }

    @Test
    void secondSubscriptionIsCancelledAndTheFirstGoesOn() {
        EventLoop loop = loops.started();
        Hand hand = new Hand();
        ForEach stream = run(loop, hand);
        hand.subscribed();
        Hand second = new Hand();
        hand.subscriber.onSubscribe(second);
        assertThat(second.cancelled.get()).isOne();
        assertThat(hand.cancelled.get()).isZero();
        hand.subscriber.onNext(1);
        hand.subscriber.onComplete();
        assertThat(get(stream.future()).done()).isOne();
    }

    @Test
    void publisherThatSendsMoreThanItWasAskedForEndsTheStream() {
        EventLoop loop = loops.started();
        Hand hand = new Hand();
        CompletableFuture<Object> call = new CompletableFuture<>();
        ForEach stream = loop.forEach(hand).concurrency(3).run(item -> call);
        hand.subscribed();
        for (int i = 0; i < 5; i++) {
            hand.subscriber.onNext(i);
        }
        assertThat(hand.cancelled.get()).isPositive();
        Loops.until(() -> stream.progress().inFlight() == 3);
        call.complete("done");
        assertThat(failureOf(stream.future()))
                .hasMessageContaining("with 3 item(s) done")
                .hasRootCauseMessage("the publisher has sent more items than it was asked for");
    }

    @Test
    void signalsBehindTheEndAreIgnored() {
        EventLoop loop = loops.started();
        Hand hand = new Hand();
        ForEach stream = run(loop, hand);
        hand.subscribed();
        hand.subscriber.onNext(1);
        hand.subscriber.onComplete();
        hand.subscriber.onNext(2);
        hand.subscriber.onError(new IOException("late"));
        hand.subscriber.onComplete();
        assertThat(get(stream.future()).done()).isOne();
    }

    @Test
    void cancelCancelsTheSubscription() {
        EventLoop loop = loops.started();
        Hand hand = new Hand();
        ForEach stream = run(loop, hand);
        hand.subscribed();
        stream.cancel();
        Loops.until(() -> hand.cancelled.get() > 0);
        hand.subscriber.onNext(1); // on its way at that moment
        assertThat(get(loop.stop(LONG)).isClean()).isTrue();
        assertThat(stream.progress().done()).isZero();
    }

    @Test
    void subscriptionThatComesAfterTheEndIsCancelled() {
        EventLoop loop = loops.started();
        CompletableFuture<Flow.Subscriber<? super Integer>> subscriber = new CompletableFuture<>();
        ForEach stream = run(loop, subscriber::complete);
        Flow.Subscriber<? super Integer> late = get(subscriber);
        stream.cancel();
        get(loop.stop(LONG));
        Hand hand = new Hand();
        late.onSubscribe(hand);
        assertThat(hand.cancelled.get()).isOne();
        assertThat(hand.requested.get()).isZero();
    }

    @Test
    void publisherThatThrowsEndsTheStream() {
        EventLoop loop = loops.started();
        assertThat(failureOf(run(loop, subscriber -> {
                            throw new IllegalStateException("planted");
                        })
                        .future()))
                .hasRootCauseMessage("planted");
        Hand hand = new Hand() {
            @Override
            public void request(long n) {
                throw new IllegalStateException("planted too");
            }
        };
        assertThat(failureOf(run(loop, hand).future())).hasRootCauseMessage("planted too");
        Loops.until(() -> hand.cancelled.get() > 0);
    }
}
