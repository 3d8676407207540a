package dev.pel.test;

import dev.pel.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one token of a simulation, its clock and its choices. A thread runs only while it holds the token. At each step it may
 * have to hand it on, to one that the seed chooses; when nobody can go on, the clock jumps to the next deadline.
 *
 * <p>Everything but the token itself is touched by its holder alone, and the token carries what one has written to the next.
 */
@SuppressWarnings("ReferenceEquality") // a strand equals itself alone
final class Scheduler {
    private static final long NEVER = Strand.NEVER;

    /** How often a thread looks, in real time. */
    static final long LOOK = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long to wait for one that somebody else has given up, and that has done nothing since. */
    private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(200);

    private final SplittableRandom random;
    private final Faults faults;

    private final RealTimeLimits limits;

    /** Where the time of a wait goes, should it be too long. */
    private final SampledCallSites places = new SampledCallSites();

    /** What a thread that fails tells of the loops. */
    private final Supplier<String> report;

    /** A thread that could go on does so with all but one in this many steps; a power of two, chosen by the seed. */
    private final int stickiness;

    private final List<Strand> strands = new ArrayList<>();
    private final List<Strand> ready = new ArrayList<>();
    private final Map<Thread, Strand> outsiders = new ConcurrentHashMap<>();

    /** Threads of others that want the token. */
    private final Queue<Strand> arrivals = new ConcurrentLinkedQueue<>();

    private final Token token = new Token();
    private final AtomicInteger ids = new AtomicInteger();

    /** Read by those who wait, to see whether it goes on. */
    private final AtomicLong decisions = new AtomicLong();

    private long hash = 0xcbf29ce484222325L;
    private long now;

    /** How many decisions there were when somebody gave up waiting for one that does nothing; -1 for never. */
    private volatile long gaveUpAt = -1;

    private @Nullable Throwable uncaught;

    /** While a report is made nobody else goes on. */
    private boolean held;

    Scheduler(SimulationOptions options, Supplier<String> report) {
        this.report = report;
        this.random = new SplittableRandom(options.seed());
        this.faults = options.faults();
        this.limits = new RealTimeLimits(options);
        this.stickiness = 2 << random.nextInt(5);
        Strand creator = outsider();
        creator.isTests = true;
        strands.add(creator);
        token.hand(creator);
    }

    // ------------------------------------------------------------------ who is who

    private Strand outsider() {
        return outsiders.computeIfAbsent(
                Thread.currentThread(),
                thread -> new Strand(
                        ids.incrementAndGet(),
                        thread.getName(),
                        Strand.Origin.OUTSIDER,
                        thread,
                        null,
                        Strand.State.READY));
    }

    /** The current thread; one from outside waits here for the token. */
    Strand current() {
        if (Thread.currentThread() instanceof SimulatedThread simulated) {
            Strand mine = simulated.strandOf(this);
            if (mine != null) {
                return mine;
            }
        }
        Strand mine = outsider();
        if (!token.enter(mine)) {
            arrive(mine);
        }
        if (mine.isTests && !mine.isAtTest) {
            mine.isAtTest = true;
        }
        String unseen = mine.unseenWait;
        if (unseen != null && !held) {
            mine.unseenWait = null;
            throw new SimulationFailure(unseen);
        }
        return mine;
    }

    /** Whether the current thread holds the token. */
    boolean isIn() {
        Token.Turn now = token.turn();
        return now != null && now.strand.thread == Thread.currentThread();
    }

    boolean isHolder(Strand strand) {
        return token.isHeldBy(strand);
    }

    /** Makes a thread that has not started. */
    Strand strand(String name, Strand.Origin origin, SimulatedThread thread, Runnable body) {
        current();
        Strand strand = new Strand(ids.incrementAndGet(), name, origin, thread, body, Strand.State.NEW);
        thread.assign(this, strand);
        strands.add(strand);
        return strand;
    }

    void start(Strand strand) {
        current();
        if (strand.state != Strand.State.NEW) {
            throw new IllegalThreadStateException(strand.name + " was started before");
        }
        strand.goOn();
        step();
    }

    /** On a simulated thread that got the token for the first time. */
    void runs(Strand strand) {
        try {
            Runnable body = strand.body;
            if (body != null) {
                body.run();
            }
        } catch (Throwable e) {
            if (uncaught == null) {
                uncaught = e;
            }
        }
        strand.state = Strand.State.ENDED;
        strands.remove(strand);
        token.hand(choose());
    }

    // ------------------------------------------------------------------ steps

    /** Another one may go on here. */
    void step() {
        Strand me = current();
        if (held) {
            return;
        }
        count(me);
        if ((random.nextInt() & (stickiness - 1)) == 0) {
            next(me);
        } else {
            record(me);
        }
    }

    /** The current thread looks again and again, so others should go on. */
    void giveWay() {
        Strand me = current();
        count(me);
        next(me);
    }

    private void next(Strand me) {
        handOver(me, choose());
    }

    private void count(Strand me) {
        decisions.lazySet(decisions.getPlain() + 1);
        if (me.origin != Strand.Origin.OUTSIDER) {
            places.sample();
        }
    }

    private void record(Strand chosen) {
        hash = (hash ^ chosen.id) * 0x100000001b3L;
        hash = (hash ^ now) * 0x100000001b3L;
    }

    // ------------------------------------------------------------------ waiting

    /** Whether the current thread goes on for no reason where it should have waited. */
    private boolean isSpurious() {
        return happens(faults.spuriousWakeUps());
    }

    void park(Object blocker, long nanos) {
        step();
        Strand me = current();
        if (me.permit || me.thread.isInterrupted() || isSpurious()) {
            me.permit = false;
            return;
        }
        me.blocker = blocker;
        block(me, Strand.State.PARKED, nanos == 0 ? NEVER : later(nanos));
        me.permit = false;
    }

    void unpark(Thread thread) {
        current();
        Strand strand = thread instanceof SimulatedThread simulated ? simulated.strandOf(this) : outsiders.get(thread);
        if (strand != null) {
            strand.permit = true;
        }
        step();
    }

    /** Waits for a future; nanos 0 for ever. */
    void await(CompletableFuture<?> future, boolean interruptible, long nanos) {
        step();
        Strand me = current();
        if (future.isDone() || (interruptible && me.thread.isInterrupted())) {
            return;
        }
        me.future = future;
        me.interruptible = interruptible;
        block(me, Strand.State.AWAITING, nanos == 0 ? NEVER : later(nanos));
    }

    void sleep(long nanos) throws InterruptedException {
        step();
        Strand me = current();
        long until = later(nanos);
        if (!Thread.interrupted()) {
            block(me, Strand.State.SLEEPING, until);
            if (!Thread.interrupted()) {
                return;
            }
        }
        throw new InterruptedException("The sleep was interrupted");
    }

    /** Lets all others go on until they have nothing to do before this instant; the clock says so then. */
    void drive(long until) {
        Strand me = current();
        count(me);
        block(me, Strand.State.DRIVING, until);
        if (until != NEVER) {
            now = Math.max(now, until);
        }
    }

    private void block(Strand me, Strand.State state, long until) {
        if (me.origin == Strand.Origin.OUTSIDER) {
            me.isTests = true;
            me.isAtTest = true;
            me.waitsSinceDecision = decisions.getPlain();
            me.waitsSinceNanos = System.nanoTime();
            me.waitsSinceNow = now;
        }
        me.state = state;
        me.wakesAt = until;
        next(me);
    }

    long later(long nanos) {
        long at = now + Math.max(0, nanos);
        return at < 0 ? NEVER : at;
    }

    // ------------------------------------------------------------------ choosing

    /** Who goes on; null when nobody can, and nobody is there to be told. */
    private @Nullable Strand choose() {
        while (true) {
            takeArrivals();
            collectReady();
            if (!ready.isEmpty()) {
                Strand tired = waitsForTooLong();
                if (tired != null) {
                    return tired;
                }
                return chosen(ready.get(random.nextInt(ready.size())));
            }
            long next = NEVER;
            Strand driver = null;
            for (Strand strand : strands) {
                if (strand.state == Strand.State.DRIVING) {
                    driver = driver == null || strand.wakesAt < driver.wakesAt ? strand : driver;
                } else if (strand.isTimed()) {
                    next = Math.min(next, strand.wakesAt);
                }
            }
            if (driver != null && (next == NEVER || next > driver.wakesAt)) {
                return chosen(driver);
            }
            if (next == NEVER) {
                return alarm("cannot go on: each of its threads waits for another one");
            }
            now = next;
        }
    }

    private void collectReady() {
        ready.clear();
        for (Strand strand : strands) {
            if (strand.isReady(now)) {
                ready.add(strand);
            }
        }
        // only while something happens: else nothing would ever come to rest
        if (!ready.isEmpty() && isSpurious()) {
            Strand dreamer = strands.get(random.nextInt(strands.size()));
            if (dreamer.state == Strand.State.PARKED) {
                ready.add(dreamer);
            }
        }
    }

    private Strand chosen(Strand strand) {
        strand.goOn();
        record(strand);
        return strand;
    }

    /** One whose wait is over its limits, and who is told; null when there is none. */
    private @Nullable Strand waitsForTooLong() {
        long decided = decisions.getPlain();
        long nanos = System.nanoTime();
        boolean isHalf = false;
        for (Strand strand : strands) {
            if (strand.isOutsiderThatWaits()) {
                long made = decided - strand.waitsSinceDecision;
                long took = nanos - strand.waitsSinceNanos;
                if (limits.isOver(strand.thread, made, took)) {
                    return tell(strand, tooLong(strand, made, took));
                }
                isHalf |= limits.isOver(strand.thread, 2 * made, 2 * took);
            }
        }
        places.turn(isHalf);
        return null;
    }

    private String tooLong(Strand strand, long made, long took) {
        return ("never comes to rest: more than %s while %s waited, %s of virtual time, and %d ms of real time.%s\n"
                        + "What goes on for ever, such as a timer that sets the next one, is tested with simulation.advance(Duration), not"
                        + " with runUntilIdle(). For what only takes long there are -Dpel.sim.decisions, -Dpel.sim.limit (seconds), and"
                        + " the attributes of these names.")
                .formatted(
                        limits.describe(strand.thread, made),
                        strand.name,
                        Duration.ofNanos(now - strand.waitsSinceNow),
                        TimeUnit.NANOSECONDS.toMillis(took),
                        places.describe());
    }

    /** Nothing goes on: a thread of the test's is told. */
    private @Nullable Strand alarm(String what) {
        for (Strand strand : strands) {
            if (strand.origin == Strand.Origin.OUTSIDER && strand.state != Strand.State.OUTSIDE) {
                return tell(strand, what);
            }
        }
        return null;
    }

    private Strand tell(Strand strand, String what) {
        strand.alarm = what + "\n" + describe();
        return chosen(strand);
    }

    RealTimeLimits limits() {
        return limits;
    }

    /** Is told where calls start. */
    SampledCallSites places() {
        return places;
    }

    // ------------------------------------------------------------------ the token

    private void handOver(Strand me, @Nullable Strand next) {
        if (next == me) {
            afterWait(me);
            return;
        }
        if (me.thread instanceof SimulatedThread simulated) {
            simulated.hideInterrupt();
            token.hand(next);
            while (!token.isHeldBy(me)) {
                LockSupport.park(this);
                simulated.hideInterrupt();
            }
            simulated.showInterrupt();
        } else {
            me.waitsForToken = true;
            token.hand(next);
            awaitToken(me);
        }
        afterWait(me);
    }

    private void afterWait(Strand me) {
        String alarm = me.alarm;
        if (alarm != null) {
            me.alarm = null;
            throw new SimulationFailure("The simulation " + alarm + report.get());
        }
    }

    /** Waits for the token, on a thread from outside, and not for ever. */
    private void awaitToken(Strand me) {
        boolean interrupted = false;
        try {
            long seen = -1;
            long since = System.nanoTime();
            Duration most = limits.patienceOf(me.thread);
            Token.Turn before = token.turn();
            while (!token.isHeldBy(me)) {
                LockSupport.parkNanos(this, LOOK);
                interrupted |= Thread.interrupted();
                Token.Turn now = token.turn();
                takeFromOneThatIsAway(me, now, now == before);
                before = now;
                long count = decisions.get();
                if (count != seen) {
                    seen = count;
                    since = System.nanoTime();
                } else if (System.nanoTime() - since > (count == gaveUpAt ? AGAIN : Machine.nanos(most))) {
                    gaveUpAt = count;
                    throw blocked(most);
                }
            }
        } finally {
            me.waitsForToken = false;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The holder may have gone on to code of its own, and block there, after this thread has begun to wait. */
    private void takeFromOneThatIsAway(Strand me, Token.@Nullable Turn now, boolean wasTheSame) {
        if (Token.isFree(me, now, wasTheSame) && token.take(now, me)) {
            leave(now);
            takeArrivals();
            if (me.state != Strand.State.READY) {
                token.hand(choose());
            }
        }
    }

    private SimulationFailure blocked(Duration waited) {
        Token.Turn now = token.turn();
        if (now == null) {
            return new SimulationFailure("The simulation cannot go on: nobody can run");
        }
        Strand strand = now.strand;
        return new SimulationFailure(
                ("%s has been in code that the simulation does not know for %d s. What blocks for real stops a simulation, since"
                                + " only one of its threads runs at a time: sleep with simulation.sleep, wait with join or get of a"
                                + " handle, and do not wait for other threads in any other way.%s")
                        .formatted(strand.name, waited.toSeconds(), UnseenWaits.stack(strand.thread)));
    }

    /** A thread from outside wants to go on. */
    private void arrive(Strand me) {
        Token.Turn now = token.turn();
        // one that has gone, or blocks for real, comes back like any other, and waits here
        while (Token.isFree(me, now, false)) {
            if (token.take(now, me)) {
                takesOver(now, me);
                return;
            }
            now = token.turn();
        }
        me.waitsForToken = true;
        // READY when the holder takes it from there: set here, it could get the token before, and be taken twice
        arrivals.add(me);
        awaitToken(me);
    }

    /** All threads that are not this simulation's own. From any thread. */
    Collection<Strand> outsiders() {
        return outsiders.values();
    }

    @Nullable Strand outsiderOf(Thread thread) {
        return outsiders.get(thread);
    }

    /** Whether a thread of the engine or the test could go on, now or later. */
    boolean hasWork() {
        return strands.stream()
                .anyMatch(
                        strand -> strand.origin != Strand.Origin.OUTSIDER && (strand.isReady(now) || strand.isTimed()));
    }

    /** The current thread, one from outside, has nothing more to do here. */
    void release() {
        Strand me = outsiders.get(Thread.currentThread());
        if (me != null) {
            me.isTests = false;
            me.isAtTest = false;
            if (token.enter(me)) {
                me.state = Strand.State.OUTSIDE;
                token.hand(null);
            }
        }
    }

    private static void leave(Token.@Nullable Turn before) {
        if (before != null) {
            before.strand.state = Strand.State.OUTSIDE;
        }
    }

    private void takesOver(Token.@Nullable Turn before, Strand me) {
        leave(before);
        me.state = Strand.State.READY;
        arrivals.add(me);
        takeArrivals();
    }

    private void takeArrivals() {
        Strand next = arrivals.poll();
        while (next != null) {
            next.state = Strand.State.READY;
            if (!strands.contains(next)) {
                strands.add(next);
            }
            next = arrivals.poll();
        }
    }

    // ------------------------------------------------------------------ what it knows

    long now() {
        return now;
    }

    /** The current thread is busy for so long. */
    void takesTime(long nanos) {
        current();
        now = later(nanos);
    }

    SplittableRandom random() {
        current();
        return random;
    }

    /** Whether something of this probability happens now. */
    boolean happens(double probability) {
        current();
        return probability > 0 && random.nextDouble() < probability;
    }

    long decisions() {
        return decisions.get();
    }

    long hash() {
        return hash;
    }

    /** What a thread has thrown that nobody caught, once. */
    @Nullable Throwable uncaught() {
        Throwable thrown = uncaught;
        uncaught = null;
        return thrown;
    }

    /** Does something without a step. */
    void hold(Runnable look) {
        current();
        boolean before = held;
        held = true;
        try {
            look.run();
        } finally {
            held = before;
        }
    }

    /** The threads that the engine or the test has made and that have not ended. */
    List<Strand> living() {
        current();
        return strands.stream()
                .filter(strand -> strand.origin != Strand.Origin.OUTSIDER)
                .toList();
    }

    /** A line for each thread, but one for all idle ones about which the same is to be said. */
    String describe() {
        Map<String, List<Strand>> byText = strands.stream()
                .collect(Collectors.groupingBy(
                        strand -> strand.isIdle() ? strand.doing(now) : strand.describe(now),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return byText.values().stream()
                .map(alike -> "  " + Strand.describe(alike, now))
                .collect(Collectors.joining("\n"));
    }
}
