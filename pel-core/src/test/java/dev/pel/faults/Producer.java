package dev.pel.faults;

import static dev.pel.Ledger.BODY;
import static dev.pel.Ledger.OPERATION;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.Ledger;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.PeriodicSpec;
import dev.pel.PeriodicTimer;
import dev.pel.Priority;
import dev.pel.Retry;
import dev.pel.Task;
import dev.pel.flow.WorkStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Submits calls of every kind until the loop accepts no more, and judges how they ended. */
final class Producer {
    private static final Lane[] LANES = Lane.values();

    private final EventLoop loop;
    private final Ledger ledger;
    private final Crowd crowd;
    private final OneAtATime resource;
    private final SplittableRandom random;
    private final Items items;
    private final List<Entry> entries = new ArrayList<>();
    private final Verdict verdict = new Verdict();
    private int run;

    Producer(EventLoop loop, Ledger ledger, Crowd crowd, OneAtATime resource, SplittableRandom random) {
        this.loop = loop;
        this.ledger = ledger;
        this.crowd = crowd;
        this.resource = resource;
        this.random = random;
        this.items = new Items(loop, ledger, random);
    }

    // ------------------------------------------------------------------ submitting

    /** Submits until the loop refuses because of its state, and then some more. */
    void submitUntilRefused() {
        run = ledger.run();
        items.begin().forEach(handle -> keep(0, 0, handle));
        int more = 1 + random.nextInt(8);
        while (more > 0 && !ledger.isFull()) {
            LoopFuture<?> handle = submitOne();
            if (handle.outcome() == Outcome.REJECTED && loop.state() != LoopState.RUNNING) {
                more--;
            }
            if (entries.size() % 16 == 0) {
                giveWay();
            }
        }
    }

    /** The loop tells how full it is; who does not heed that is refused, which happens here too, now and then. */
    private void giveWay() {
        boolean heedless = random.nextInt(200) == 0;
        while (!heedless && isCrowded() && loop.state() == LoopState.RUNNING) {
            Thread.yield();
        }
    }

    private boolean isCrowded() {
        for (Lane lane : LANES) {
            if (loop.size(lane) > 1_000) {
                return true;
            }
        }
        return false;
    }

    private LoopFuture<?> submitOne() {
        long call = ledger.issue();
        return switch (random.nextInt(36)) {
            case 0, 1, 2 -> keep(call, OPERATION, loop.next(() -> operate(call)));
            case 3, 4, 5, 6 -> keep(call, OPERATION | BODY, loop.next(() -> operate(call), value -> goOn(call)));
            case 7, 8 -> keep(call, OPERATION, loop.work(() -> operate(call)));
            case 9, 10 -> keep(call, OPERATION | BODY, loop.work(() -> operate(call), value -> goOn(call)));
            case 11, 12 -> keep(call, BODY, loop.enqueue(LANES[random.nextInt(LANES.length)], () -> goOn(call)));
            case 13 -> keepTimer(call);
            case 14 -> cancelledTimer(call);
            case 15, 16 -> cancelled(call);
            case 17 -> twoAtOnce(call);
            case 18 -> chained(call);
            case 19 -> keyed(call);
            case 20 -> limited(call);
            case 21 -> triedAgain(call);
            case 22 ->
                keep(
                        call,
                        OPERATION | BODY,
                        loop.call("low").priority(Priority.LOW).next(() -> operate(call), value -> goOn(call)));
            case 23 -> sliced(call);
            case 24 -> periodic(call);
            case 25 -> idle(call);
            case 26 -> keep(call, BODY, hurried(random.nextInt(Crowd.KEYS)).enqueue(Lane.ACTIVE, () -> goOn(call)));
            case 27 ->
                keep(call, BODY, hurried(random.nextInt(Crowd.KEYS)).delay(Duration.ofNanos(1), () -> goOn(call)));
            case 28 -> random.nextInt(4) == 0 ? streamed(call) : limited(call);
            case 29 -> forked(call);
            case 30 -> random.nextInt(4) == 0 ? scripted(call) : limited(call);
            case 31 -> joined(call);
            case 32 -> owned(call);
            case 33, 34 -> pushedOrPublished(call);
            default -> timed(call);
        };
    }

    private Duration upToFiveMillis() {
        return Duration.ofNanos(random.nextInt(5_000_001));
    }

    private int operate(long call) throws InterruptedException {
        ledger.ran(call, OPERATION, run);
        if (call % 4_096 == 0) {
            Thread.sleep(1); // so that some are blocked when the stop comes
        }
        return 1;
    }

    private void goOn(long call) {
        ledger.ran(call, BODY, run);
    }

    private LoopFuture<?> cancelledTimer(long call) {
        LoopFuture<?> timer = keepTimer(call);
        Entry victim = anyEntryOfTheLast(256);
        (victim.isTimer ? victim.handle : timer).cancel(true);
        return timer;
    }

    private LoopFuture<?> cancelled(long call) {
        LoopFuture<?> handle = keep(call, OPERATION | BODY, loop.next(() -> operate(call), value -> goOn(call)));
        LoopFuture<?> victim = anyEntryOfTheLast(64).handle;
        if (victim != null) {
            victim.cancel(random.nextBoolean());
        }
        return handle;
    }

    private Entry anyEntryOfTheLast(int most) {
        return entries.get(entries.size() - 1 - random.nextInt(Math.min(entries.size(), most)));
    }

    private LoopFuture<?> timed(long call) {
        Duration timeout = Duration.ofNanos(1 + random.nextInt(2_000_000));
        return keep(
                call,
                OPERATION | BODY,
                loop.call("timed").timeout(timeout).next(() -> operate(call), value -> goOn(call)));
    }

    /** Two operations are two calls; when one is refused the other may have run already. */
    private LoopFuture<?> twoAtOnce(long call) {
        long other = ledger.issue();
        LoopFuture<?> both = random.nextBoolean()
                ? loop.next(() -> operate(call), () -> operate(other), (a, b) -> goOn(call))
                : loop.work(() -> operate(call), () -> operate(other), (a, b) -> goOn(call));
        entries.add(new Entry(other, OPERATION, 0, both));
        entries.add(new Entry(call, OPERATION | BODY, BODY, both));
        return both;
    }

    /** Its body submits the next link, on the active thread, also while the loop drains. */
    private LoopFuture<?> chained(long call) {
        Entry link = new Entry(ledger.issue(), OPERATION | BODY, OPERATION | BODY, null);
        LoopFuture<?> handle = loop.next(() -> operate(call), value -> {
            goOn(call);
            link.handle = loop.work(() -> operate(link.call), result -> goOn(link.call));
        });
        entries.add(link);
        return keep(call, OPERATION | BODY, handle);
    }

    /** One of a few keys, sometimes with a limit, attempts and a timeout, and sometimes one of them is cancelled. */
    private LoopFuture<?> keyed(long call) {
        int key = random.nextInt(Crowd.KEYS);
        CallSpec spec = loop.call("keyed").key(key);
        if (random.nextInt(4) == 0) {
            spec = spec.limit(Crowd.LIMIT)
                    .retry(Retry.times(1))
                    .timeout(upToFiveMillis().plusNanos(1));
        }
        LoopFuture<?> handle = keep(
                call,
                OPERATION | BODY,
                spec.next(
                        () -> crowd.alone(key, () -> operate(call)),
                        value -> crowd.alone(key, () -> {
                            goOn(call);
                            return 0;
                        })));
        LoopFuture<?> victim = random.nextInt(4) == 0 ? anyEntryOfTheLast(64).handle : null;
        if (victim != null) {
            victim.cancel(random.nextBoolean());
        }
        return handle;
    }

    /** One whose timeout comes at any moment of its way. */
    private CallSpec hurried(int key) {
        return loop.call("hurried").key(key).timeout(Duration.ofNanos(2 + random.nextInt(1_000_000)));
    }

    private LoopFuture<?> idle(long call) {
        LoopFuture<?> handle = keep(call, BODY, loop.onIdle(() -> goOn(call)));
        if (random.nextInt(4) == 0) {
            handle.cancel(true);
        }
        return handle;
    }

    private LoopFuture<?> limited(long call) {
        return keep(
                call,
                OPERATION | BODY,
                loop.call("limited")
                        .limit(Crowd.LIMIT)
                        .next(() -> crowd.few(() -> operate(call)), value -> goOn(call)));
    }

    /** Its first attempt fails; a stop may come before the next. */
    private LoopFuture<?> triedAgain(long call) {
        AtomicBoolean hasFailed = new AtomicBoolean();
        Retry retry = Retry.times(1).backoff(random.nextBoolean() ? Duration.ZERO : upToFiveMillis());
        LoopFuture<?> handle = loop.call("tried again")
                .retry(retry)
                .next(
                        () -> {
                            if (hasFailed.compareAndSet(false, true)) {
                                throw new FirstAttemptFailed();
                            }
                            return operate(call);
                        },
                        value -> goOn(call));
        return keepThatMayFail(call, OPERATION | BODY, handle);
    }

    private LoopFuture<?> sliced(long call) {
        AtomicInteger steps = new AtomicInteger(1 + random.nextInt(3));
        return keep(call, BODY, loop.loopWhile(() -> {
            boolean goesOn = steps.decrementAndGet() > 0;
            if (!goesOn) {
                goOn(call);
            }
            return goesOn;
        }));
    }

    /** Two runs, bodies or calls, of which the second is the last. */
    private LoopFuture<?> periodic(long call) {
        AtomicInteger runs = new AtomicInteger();
        Task each = () -> {
            if (runs.incrementAndGet() == 2) {
                goOn(call);
            }
        };
        PeriodicSpec spec =
                loop.every(upToFiveMillis().plusNanos(1)).first(Duration.ZERO).times(2);
        return keep(call, BODY, random.nextBoolean() ? spec.run(each) : spec.next(() -> 1, one -> each.run()));
    }

    private LoopFuture<?> streamed(long call) {
        long other = ledger.issue();
        WorkStream<Long> stream = loop.forEach(List.of(call, other)).concurrency(1 + random.nextInt(2));
        LoopFuture<?> handle =
                stream.run(item -> loop.next(() -> operate(item))).future();
        if (random.nextInt(4) == 0) {
            handle.cancel(true);
        }
        return keep(call, OPERATION, keep(other, OPERATION, handle));
    }

    /** It fails when there is no room for a part, or when the loop stops; joined after the stop it ends on another thread. */
    private LoopFuture<?> forked(long call) {
        List<Long> items = List.of(call, ledger.issue());
        LoopFuture<?> handle = loop.fork(items, 1, part -> operate(part.get(0)));
        handle.exceptionally(error -> null);
        for (long item : items) {
            keepThatMayFail(item, OPERATION, handle);
        }
        return handle;
    }

    /** It fails when its call is refused. */
    private LoopFuture<?> scripted(long call) {
        LoopFuture<?> handle = loop.script(script -> {
            int value = script.await(loop.next(() -> operate(call)));
            script.sleep(Duration.ZERO);
            goOn(call);
            return value;
        });
        handle.exceptionally(error -> null);
        if (random.nextInt(4) == 0) {
            handle.cancel(true);
        }
        return keepThatMayFail(call, OPERATION | BODY, handle);
    }

    /** The join fails when one of its parts is refused. */
    private LoopFuture<?> joined(long call) {
        long other = ledger.issue();
        List<LoopFuture<Integer>> parts = List.of(loop.next(() -> operate(call)), loop.work(() -> operate(other)));
        LoopFuture<?> all = switch (random.nextInt(3)) {
            case 0 -> keepThatMayFail(call, OPERATION, keepThatMayFail(other, OPERATION, loop.all(parts)));
            case 1 -> loop.allSettled(parts);
            default -> loop.any(parts);
        };
        keep(call, OPERATION, parts.get(0));
        keep(other, OPERATION, parts.get(1));
        return keepThatMayFail(0, 0, all);
    }

    /** Sometimes the resource breaks, and the next attempt opens it again. */
    private LoopFuture<?> owned(long call) {
        AtomicBoolean breaks = new AtomicBoolean(random.nextInt(8) == 0);
        Retry retry = Retry.times(1).backoff(Duration.ZERO);
        return keepThatMayFail(
                call,
                OPERATION | BODY,
                resource.use(
                        calls -> calls.retry(retry),
                        () -> {
                            if (breaks.getAndSet(false)) {
                                throw new FirstAttemptFailed();
                            }
                            return operate(call);
                        },
                        () -> goOn(call)));
    }

    private LoopFuture<?> pushedOrPublished(long item) {
        if (random.nextBoolean()) {
            items.push(item);
        } else {
            items.publish(item);
        }
        return LoopFuture.completed(item);
    }

    private LoopFuture<?> keepTimer(long call) {
        LoopFuture<?> timer = keep(call, BODY, loop.delay(upToFiveMillis(), () -> goOn(call)));
        entries.get(entries.size() - 1).isTimer = true;
        return timer;
    }

    private LoopFuture<?> keepThatMayFail(long call, int parts, LoopFuture<?> handle) {
        keep(call, parts, handle);
        entries.get(entries.size() - 1).mayFail = true;
        return handle;
    }

    private LoopFuture<?> keep(long call, int parts, LoopFuture<?> handle) {
        entries.add(new Entry(call, parts, parts, handle));
        return handle;
    }

    // ------------------------------------------------------------------ judging

    /** After the report of the stop: every handle has ended, and the ledger agrees with how. */
    void judge() {
        for (Entry entry : entries) {
            judge(entry, ledger.parts(entry.call));
        }
        entries.clear();
        items.judge(verdict);
    }

    private void judge(Entry entry, int ran) {
        LoopFuture<?> handle = entry.handle;
        if (handle == null) {
            verdict.ranUnsubmitted += ran == 0 ? 0 : 1; // a link whose first call did not get to its body
            verdict.unsubmitted++;
            return;
        }
        if (entry.mayFail) {
            Loops.awaitDone(handle);
        }
        Outcome outcome = handle.outcome();
        if (outcome == null) {
            verdict.notEnded++;
            return;
        }
        if (outcome == Outcome.FAILED && entry.mayFail) {
            return;
        }
        if (handle instanceof PeriodicTimer timer && timer.failures() > 0) {
            return; // a run that a full lane has refused counts as one
        }
        verdict.outcomes.merge(outcome, 1L, Long::sum);
        switch (outcome) {
            case SUCCEEDED -> verdict.lost += (ran & entry.needed) == entry.needed ? 0 : 1;
            case REJECTED -> verdict.rejectedButRan += (ran & entry.forbidden) == 0 ? 0 : 1;
            case CANCELLED -> verdict.cancelledTimerRan += entry.isTimer && ran != 0 ? 1 : 0;
            case STOPPED, TIMED_OUT -> {} // it may have run or not
            case FAILED -> verdict.failed++;
        }
    }

    Verdict verdict() {
        return verdict;
    }

    /** What was found, in how many calls. All but the outcomes must be zero. */
    static final class Verdict {
        final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        long lost;
        long rejectedButRan;
        long cancelledTimerRan;
        long notEnded;
        long failed;
        long ranUnsubmitted;
        long unsubmitted;

        /** Of queues and topics. */
        long items;

        long refusedItems;

        void add(Verdict other) {
            other.outcomes.forEach((outcome, calls) -> outcomes.merge(outcome, calls, Long::sum));
            lost += other.lost;
            rejectedButRan += other.rejectedButRan;
            cancelledTimerRan += other.cancelledTimerRan;
            notEnded += other.notEnded;
            failed += other.failed;
            ranUnsubmitted += other.ranUnsubmitted;
            unsubmitted += other.unsubmitted;
            items += other.items;
            refusedItems += other.refusedItems;
        }
    }

    /** What the first attempt of some operations throws. */
    @SuppressWarnings("serial") // it is never written
    static final class FirstAttemptFailed extends Exception {
        FirstAttemptFailed() {
            super("the first attempt", null, false, false);
        }
    }

    /** One call. Its handle is null until it is submitted, which the body before it may do on the active thread. */
    private static final class Entry {
        private final long call;

        /** The parts that must have run when it succeeded, and those that must not have when it was refused. */
        private final int needed;

        private final int forbidden;
        private boolean isTimer;

        /** Whether it fails when what it consists of is refused, or a stop comes between its first attempt, which fails, and the next. */
        private boolean mayFail;

        private volatile @Nullable LoopFuture<?> handle;

        Entry(long call, int needed, int forbidden, @Nullable LoopFuture<?> handle) {
            this.call = call;
            this.needed = needed;
            this.forbidden = forbidden;
            this.handle = handle;
        }
    }
}
