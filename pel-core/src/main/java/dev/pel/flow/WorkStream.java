package dev.pel.flow;

import dev.pel.Body;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.StreamProgress;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The description of a stream of work: where its items come from, how many may be under way at once, and what becomes of failures. Immutable; made by
 * {@link EventLoop#forEach(Iterable)} and its kin, and started by {@link #run} or {@link #map}.
 *
 * <pre>{@code
 * ForEach load = loop.forEach(List.of(1L, 2L, 3L))
 *         .label("load orders")
 *         .concurrency(8)
 *         .collectFailures(100)
 *         .onProgress(Duration.ofSeconds(1), progress -> System.out.println(progress.done()))
 *         .run(key -> loop.next(() -> repository.load(key)));
 * load.future().thenAccept(report -> System.out.println(report.done() + " orders"));
 * }</pre>
 *
 * <p><b>Nothing is read ahead.</b> An item is taken from the source only when fewer than {@link #concurrency} items are under way, so a stream takes
 * no more memory for ten million items than for ten. A collection is read on the active thread. An iterator, a {@code Stream} and any other iterable
 * may block: they are read on a passive thread, by one operation at a time, and closed at the end, whatever that is, when they are
 * {@code AutoCloseable}; see {@link #readOn}. A publisher is asked for as many items as there are places.
 *
 * <p><b>The function</b> runs on the active thread, in slices of {@link dev.pel.EventLoopOptions#turnBudget}, between which other bodies and timers have their
 * turns. When it throws or returns null, or its call is cancelled, the item has failed. When the handle that it returns was refused because a lane is full, that is no failure:
 * the stream takes no more items, and calls the function again for this one, after 5 ms and then less and less often, for about a minute. That goes for
 * the handle of the refused call alone. What was attached to it, even a mere {@code thenApply}, has failed, and so has the item: nobody can tell whether something
 * was done before the refusal that must not be done twice. So return the call itself, give it its body ({@code loop.next(operation, body)}), or take the result in
 * the body of {@link #map}. After a failure of that kind the stream waits, for about a minute at most, until that lane has room before it takes the next item.
 *
 * <p><b>The end.</b> By default the first failure ends the stream: no new item begins, and when those in flight have ended the handle fails with a
 * {@link WorkStreamException}. With {@link #collectFailures} it goes on, and the {@link StreamReport} tells of the failures. When the source throws, the
 * items in flight end, and the handle fails likewise. A stop of the loop drains the stream to its end, unless its deadline comes first: then the
 * handle ends as {@link dev.pel.Outcome#STOPPED}. An endless stream is to be cancelled before.
 *
 * @param <T> the type of the items
 */
public final class WorkStream<T> {
    private static final StreamTerms DEFAULTS =
            new StreamTerms("for each", null, 16, -1, false, 16, Lane.PASSIVE, List.of());

    private final EventLoop loop;
    private final SourceFactory<T> sources;
    private final StreamTerms terms;

    private WorkStream(EventLoop loop, SourceFactory<T> sources, StreamTerms terms) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.sources = sources;
        this.terms = terms;
    }

    private WorkStream<T> with(StreamTerms changed) {
        return new WorkStream<>(loop, sources, changed);
    }

    /**
     * As {@link EventLoop#forEach(Iterable)}.
     *
     * @param loop the loop
     * @param items where the items come from
     * @param <T> the type of the items
     * @return the description
     */
    public static <T> WorkStream<T> of(EventLoop loop, Iterable<? extends T> items) {
        Objects.requireNonNull(items, "items");
        SourceFactory<T> sources = read(items::iterator, items);
        return items instanceof Collection<?> known
                ? new WorkStream<>(
                        loop, sources, DEFAULTS.withReadOn(Lane.ACTIVE).withSize(known.size()))
                : new WorkStream<>(loop, sources, DEFAULTS);
    }

    /**
     * As {@link EventLoop#forEach(Iterator)}.
     *
     * @param loop the loop
     * @param items where the items come from
     * @param <T> the type of the items
     * @return the description, which can be started once
     */
    public static <T> WorkStream<T> of(EventLoop loop, Iterator<? extends T> items) {
        Objects.requireNonNull(items, "items");
        return new WorkStream<>(loop, once(read(() -> items, items)), DEFAULTS);
    }

    /**
     * As {@link EventLoop#forEach(Stream)}.
     *
     * @param loop the loop
     * @param items where the items come from
     * @param <T> the type of the items
     * @return the description, which can be started once
     */
    public static <T> WorkStream<T> of(EventLoop loop, Stream<? extends T> items) {
        Objects.requireNonNull(items, "items");
        return new WorkStream<>(loop, once(read(items::iterator, items)), DEFAULTS);
    }

    /**
     * As {@link EventLoop#forEach(Flow.Publisher)}.
     *
     * @param loop the loop
     * @param items where the items come from
     * @param <T> the type of the items
     * @return the description
     */
    public static <T> WorkStream<T> of(EventLoop loop, Flow.Publisher<? extends T> items) {
        Objects.requireNonNull(items, "items");
        return new WorkStream<>(
                loop, (services, readOn, wake) -> new PublisherSource<>(services, items, wake), DEFAULTS);
    }

    private static <T> SourceFactory<T> read(Callable<? extends Iterator<? extends T>> opens, Object origin) {
        return (services, readOn, wake) -> {
            ItemReader<T> reader = new ItemReader<>(opens, origin);
            return readOn == Lane.ACTIVE
                    ? new ActiveSource<>(services, reader)
                    : new PassiveSource<>(services, reader, wake);
        };
    }

    private static <T> SourceFactory<T> once(SourceFactory<T> sources) {
        AtomicBoolean used = new AtomicBoolean();
        return (services, readOn, wake) -> {
            if (used.getAndSet(true)) {
                throw new IllegalStateException(
                        "The items of an iterator or a Stream come once, and this has been started before: make a new description");
            }
            return sources.open(services, readOn, wake);
        };
    }

    static int atLeastOne(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("'" + what + "' must be at least 1 but was " + value);
        }
        return value;
    }

    /**
     * The same with a label, which names the stream and its calls of its own in failures, reports and figures.
     *
     * @param label from a small set of constants
     * @return the changed copy
     * @throws IllegalArgumentException when it is blank
     */
    public WorkStream<T> label(String label) {
        if (Objects.requireNonNull(label, "label").isBlank()) {
            throw new IllegalArgumentException("'label' must not be blank but was '" + label + "'");
        }
        return with(terms.withLabel(label));
    }

    /**
     * The same with another number of items that may be under way at once; 16 by default. {@link ForEach#concurrency(int)} changes it later.
     *
     * @param items at least 1
     * @return the changed copy
     * @throws IllegalArgumentException when it is less
     */
    public WorkStream<T> concurrency(int items) {
        return with(terms.withConcurrency(atLeastOne("concurrency", items)));
    }

    /**
     * The same with the number of items, which estimates need. That of a collection is known.
     *
     * @param items how many there are; what comes is not compared with it
     * @return the changed copy
     * @throws IllegalArgumentException when it is negative
     */
    public WorkStream<T> size(long items) {
        if (items < 0) {
            throw new IllegalArgumentException("'size' must not be negative but was " + items);
        }
        return with(terms.withSize(items));
    }

    /**
     * The same with a limit of time for the whole: when it has passed the handle ends as {@link dev.pel.Outcome#TIMED_OUT}, and the calls in flight are
     * cancelled.
     *
     * @param timeout from the start to the end; more than zero
     * @return the changed copy
     * @throws IllegalArgumentException when it is not
     */
    public WorkStream<T> timeout(Duration timeout) {
        return with(terms.withTimeout(moreThanZero("timeout", timeout)));
    }

    private static Duration moreThanZero(String what, Duration value) {
        if (Objects.requireNonNull(value, what).isNegative() || value.isZero()) {
            throw new IllegalArgumentException("'" + what + "' must be more than zero but was " + value);
        }
        return value;
    }

    /**
     * The same for a stream that goes on after failures. All are counted, and the first ones are kept for the {@link StreamReport}, together with
     * their items.
     *
     * @param kept how many failures to keep; at least 1
     * @return the changed copy
     * @throws IllegalArgumentException when it is less
     */
    public WorkStream<T> collectFailures(int kept) {
        return with(terms.collecting(atLeastOne("kept", kept)));
    }

    /**
     * The same with a listener that is told how far the stream has come: when something has happened, at most once in that time, and at the end. What
     * it throws reaches the error handler of the loop, and changes nothing.
     *
     * @param interval more than zero
     * @param listener runs on the active thread
     * @return the changed copy
     * @throws IllegalArgumentException when the interval is not more than zero
     */
    public WorkStream<T> onProgress(Duration interval, Consumer<? super StreamProgress> listener) {
        return with(terms.withListener(new StreamTerms.ProgressListener(
                moreThanZero("interval", interval), Objects.requireNonNull(listener, "listener"))));
    }

    /**
     * The same with another lane for reading an iterable, an iterator or a {@code Stream}: the passive one when it may block, which is the default for all
     * but collections, or the active one for what comes from memory, and what only bodies may touch. Closing happens there, too; only where the
     * passive lane stays full for about a minute, or the loop has stopped, it happens on the active thread, or where the end is told. A publisher is not
     * read, and is always asked on the active thread.
     *
     * @param lane {@link Lane#PASSIVE} or {@link Lane#ACTIVE}
     * @return the changed copy
     * @throws IllegalArgumentException when it is {@link Lane#WORK}
     */
    public WorkStream<T> readOn(Lane lane) {
        if (Objects.requireNonNull(lane, "lane") == Lane.WORK) {
            throw new IllegalArgumentException("'lane' must be PASSIVE or ACTIVE but was WORK");
        }
        return with(terms.withReadOn(lane));
    }

    /**
     * Starts the stream, whose results nobody needs. They come in any order.
     *
     * @param call runs on the active thread for each item
     * @return the stream under way; its handle is rejected when the loop does not accept calls
     * @throws IllegalStateException when the items come from an iterator or a {@code Stream} that has been started before
     */
    public ForEach run(ItemCall<? super T, ?> call) {
        return this.<@Nullable Object>start(checked("run", call), null);
    }

    /**
     * Starts the stream, and hands the results on, in the order of the items. An item counts as under way until its result has been handed on, so a
     * slow one holds up no more than {@link #concurrency} others. Where the first failure ends the stream, the body is not given what comes behind the
     * item that has failed; where failures are collected, it is given all others.
     *
     * @param call runs on the active thread for each item
     * @param body runs on the active thread with each result; what it throws is the failure of the item
     * @param <R> the type of the results
     * @return the stream under way; its handle is rejected when the loop does not accept calls
     * @throws IllegalStateException when the items come from an iterator or a {@code Stream} that has been started before
     */
    public <R extends @Nullable Object> ForEach map(ItemCall<? super T, ? extends R> call, Body<? super R> body) {
        return this.<R>start(checked("map", call), Objects.requireNonNull(body, "body"));
    }

    /** The same, but that it returns no null, which is the failure of the item. */
    private <R extends @Nullable Object> ItemCall<T, R> checked(String verb, ItemCall<? super T, ? extends R> call) {
        Objects.requireNonNull(call, "call");
        return item -> Returned.stage(call.call(item), () -> "Stream '%s'".formatted(terms.label()), verb);
    }

    private <R extends @Nullable Object> ForEach start(
            ItemCall<? super T, ? extends R> call, @Nullable Body<? super R> body) {
        StreamServices services = new LoopStreamServices(loop, terms.label(), terms.timeout());
        StreamRun<T, R> run = new StreamRun<>(services, terms, sources, call, body);
        run.start();
        return new ForEach(run);
    }
}
