package dev.pel.flow;

import dev.pel.Body;
import dev.pel.CallRejectedException;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Outcome;
import dev.pel.StreamProgress;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is under way. Confined to the active thread but for what its comments say: it takes items while there are places, begins their calls,
 * and is told of their ends. It works in slices, and lets others have their turn between two of them. Where the loop has no active thread any more
 * its last step runs as what is attached to any handle does.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of handle, whose function takes the failure over
final class StreamRun<T, R extends @Nullable Object> implements ForEach.Run {
    private final StreamServices services;
    private final StreamTerms terms;
    private final ItemCall<? super T, ? extends R> call;

    /** What becomes of the results, in the order of the items; null when nothing does, and their order does not matter. */
    private final @Nullable Body<? super R> body;

    private final Source<T> source;
    private final Wake wake;
    private final Backoff backoff;
    private final StreamFigures figures;
    private final Failing failing;
    private final ProgressTold told;
    private final Slots<T, R> slots = new Slots<>();
    private final LoopFuture<StreamReport> handle;
    private final long slice;

    /** Knows where the stream was begun, which says more than where its failure was found. */
    private final Throwable start = new Throwable();

    /** How many items may be under way; written by any thread. */
    private volatile int concurrency;

    /** The item whose call was refused, because a lane was full. */
    private @Nullable Slot<T, R> refused;

    /** The lane that has refused a call of this stream; null when it has had room since. */
    private @Nullable Lane fullLane;

    private boolean begun;

    /** All results from here on come behind the failure that ends the stream. */
    private boolean discards;

    private boolean over;

    /** Nothing is left to do but to let go of the source. */
    private boolean finishing;

    /** The handle is told what has failed. */
    private boolean saysIt;

    StreamRun(
            StreamServices services,
            StreamTerms terms,
            SourceFactory<T> sources,
            ItemCall<? super T, ? extends R> call,
            @Nullable Body<? super R> body) {
        this.services = services;
        this.terms = terms;
        this.call = call;
        this.body = body;
        this.concurrency = terms.concurrency();
        this.slice = StreamFigures.nanos(services.turnBudget());
        this.wake = new Wake(services, this::goOn);
        this.backoff = new Backoff(services, wake);
        this.source = sources.open(services, terms.readOn(), wake);
        this.figures = new StreamFigures(services.nanoTime());
        this.failing = new Failing(terms);
        this.told = new ProgressTold(services, terms, this);
        this.handle = services.handle(this::ended);
    }

    /** Called once, by the thread that begins the stream. */
    void start() {
        if (!handle.isDone()) {
            wake.again();
        }
    }

    // ------------------------------------------------------------------ for others, from any thread

    @Override
    public LoopFuture<StreamReport> handle() {
        return handle;
    }

    @Override
    public StreamProgress progress() {
        return figures.progress(terms.label(), concurrency, terms.size(), services.nanoTime());
    }

    @Override
    public StreamReport report() {
        return figures.report(terms.label(), failing.kept());
    }

    @Override
    public void concurrency(int places) {
        concurrency = places;
        wake.fire();
    }

    // ------------------------------------------------------------------ slices

    private void goOn() {
        if (finishing || isOver() || isStopping()) { // a stop ends the handle
            return;
        }
        if (!begun) {
            begun = true;
            told.begins();
        }
        long now = services.nanoTime();
        long until = now + slice;
        figures.tick(now);
        told.tick(now);
        while (step()) {
            if (services.nanoTime() - until >= 0) {
                wake.again();
                return;
            }
        }
        rest();
    }

    private boolean isOver() {
        return over || handle.isDone();
    }

    /** Does one thing; false when there is nothing to do. */
    private boolean step() {
        return !isOver() && (deliverNext() || beginNext());
    }

    /** There is nothing to do now: says what it waits for. */
    private void rest() {
        if (isOver()) {
            return;
        }
        int places = concurrency;
        if (isOpen()) {
            source.want(places - slots.size());
        }
        if (isFinished()) {
            finish();
            return;
        }
        // the concurrent one changes the concurrency, and then fires: either it finds the code attached, or the change
        // is seen here
        wake.rest(() -> hasNews() || concurrency != places);
    }

    private boolean hasNews() {
        return isFinished() || (isOpen() && slots.size() < concurrency && source.hasNews());
    }

    /** Whether items may begin now. */
    private boolean isOpen() {
        return !failing.isOver() && !source.isAtEnd() && refused == null && !backoff.isWaiting();
    }

    private boolean isFinished() {
        return slots.size() == 0 && (failing.isOver() || source.isAtEnd());
    }

    // ------------------------------------------------------------------ items

    private boolean beginNext() {
        Slot<T, R> again = refused;
        if (again != null && failing.isOver()) {
            giveUpRefused(again);
            return true;
        }
        if (again != null && !backoff.isWaiting()) {
            refused = null;
            begin(again);
            return true;
        }
        if (!isOpen() || slots.size() >= concurrency || pausesForLane()) {
            return false;
        }
        T item = source.poll();
        if (item == null) {
            noteFailureOfSource();
            return false;
        }
        Slot<T, R> slot = new Slot<>(item, figures.took());
        slots.add(slot);
        backoff.reset();
        begin(slot);
        return true;
    }

    /** The stream has failed, and begins no more calls. */
    private void giveUpRefused(Slot<T, R> slot) {
        refused = null;
        backoff.stop();
        slots.remove(slot);
        figures.discarded();
    }

    /**
     * Waits for room in the lane that has refused a call of this stream, where it may refuse the next one in the middle of a chain, which cannot be
     * told from a failure. Other lanes do not matter: the stream may not use them.
     */
    private boolean pausesForLane() {
        Lane full = fullLane;
        if (full == null) {
            return false;
        }
        if (services.isFull(full) && backoff.begin()) {
            return true;
        }
        fullLane = null;
        return false;
    }

    private void noteFailureOfSource() {
        Throwable error = source.failure();
        if (error != null) {
            failing.source(error);
        }
    }

    private void begin(Slot<T, R> slot) {
        CompletionStage<? extends R> stage;
        try {
            stage = call.call(slot.item);
        } catch (Throwable e) { // it is code of users, and its failure that of the item
            if (slot.isGivenUp()) {
                tell(e);
            } else {
                end(slot, null, e);
            }
            return;
        }
        CallRejectedException full = Refusal.of(stage);
        if (!isOver() && full != null && backoff.begin()) {
            fullLane = full.lane();
            refused = slot;
            return;
        }
        backoff.reset();
        follow(slot, stage);
    }

    private <S extends R> void follow(Slot<T, R> slot, CompletionStage<S> stage) {
        LoopFuture<S> adopted = services.adopt(stage);
        slot.begun(stage, adopted);
        if (slot.isGivenUp()) { // the function itself has ended the stream
            slot.giveUp(services::later);
        }
        adopted.handle((value, error) -> {
            if (slot.isGivenUp() || (error != null && endsWithStream(error))) {
                endedLate(error);
            } else {
                end(slot, value, error == null ? null : Thrown.cause(error));
                goOnAfterCall();
            }
            return null;
        });
    }

    /** While the loop drains this must not be in what is attached to a call: when that was a timer, the next one could not be set. */
    private void goOnAfterCall() {
        wake.goOn(services.state() == LoopState.DRAINING);
    }

    /** Whether the stream ends, or has ended, and gives up what is in flight. */
    private boolean endsWithStream(Throwable error) {
        return handle.isDone() || (isStopping() && Refusal.isStop(error));
    }

    private boolean isStopping() {
        LoopState state = services.state();
        return state == LoopState.STOPPING || state == LoopState.STOPPED;
    }

    /** Nobody but the error handler is interested in a failure any more. */
    private static void endedLate(@Nullable Throwable error) {
        if (error != null && !Refusal.isEndByOthers(error)) {
            Thrown.again(error);
        }
    }

    private void end(Slot<T, R> slot, @Nullable R value, @Nullable Throwable error) {
        slot.end(value, error);
        if (error != null) {
            fail(slot, error);
        }
        if (body == null) {
            slots.remove(slot);
            if (error == null) {
                figures.succeeded();
            }
        }
    }

    private void fail(Slot<T, R> slot, Throwable error) {
        figures.failed();
        Lane full = Refusal.fullLane(error);
        fullLane = full == null ? fullLane : full;
        failing.item(slot.index, Objects.requireNonNull((Object) slot.item), error);
        tellLate(error);
    }

    /** The handle cannot tell it any more: the error handler is told. */
    private void tell(Throwable error) {
        services.later(() -> Thrown.again(error));
    }

    /** Hands the result of the first item on, when that has ended. */
    @SuppressWarnings("NullAway") // a result may be null where R is
    private boolean deliverNext() {
        Body<? super R> receiver = body;
        Slot<T, R> first = slots.first();
        if (receiver == null || first == null || !first.hasEnded()) {
            return false;
        }
        slots.remove(first);
        if (first.hasFailed()) {
            discards |= failing.isOver();
        } else if (discards) {
            figures.discarded();
        } else {
            try {
                receiver.accept(first.value());
                figures.succeeded();
            } catch (Throwable e) { // it is code of users, and its failure that of the item
                fail(first, e);
                discards |= failing.isOver();
            }
        }
        return true;
    }

    // ------------------------------------------------------------------ the end

    private void finish() {
        finishing = true;
        wake.stop();
        noteFailureOfSource();
        source.close().handle((nothing, error) -> {
            if (error != null && !Refusal.isEndByOthers(error)) { // a stop ends the handle
                failing.closing(Thrown.cause(error));
                tellLate(Thrown.cause(error));
            }
            finished();
            return null;
        });
    }

    /** Where the code of an item has ended the stream, or the source is closed after the end: what had failed until then is told. */
    private void tellLate(Throwable error) {
        if (over) {
            tell(error);
        }
    }

    private void finished() {
        saysIt = true;
        StreamReport report = report();
        WorkStreamException failure = failing.failure(report);
        if (failure == null) {
            handle.complete(report);
        } else {
            failure.setStackTrace(start.getStackTrace());
            handle.completeExceptionally(failure);
        }
    }

    /** The handle has ended, by whomever: lets go of all that is left. */
    private void ended(Outcome outcome) {
        over = true;
        wake.stop();
        backoff.stop();
        figures.end(services.nanoTime());
        slots.drain(slot -> {
            if (!slot.hasFailed()) { // that is counted
                figures.discarded();
            }
            slot.giveUp(services::later);
        });
        tellLost(outcome);
        told.ends(outcome);
        if (!finishing) {
            finishing = true;
            source.close();
        }
    }

    /** The handle says that it was cancelled, has timed out or was stopped, and not what had failed before. */
    private void tellLost(Outcome outcome) {
        WorkStreamException lost = failing.lost(report(), outcome);
        boolean said = outcome == Outcome.SUCCEEDED || (outcome == Outcome.FAILED && saysIt);
        if (lost != null && !said) {
            lost.setStackTrace(start.getStackTrace());
            tell(lost);
        }
    }
}
