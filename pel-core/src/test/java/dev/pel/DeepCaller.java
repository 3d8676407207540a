package dev.pel;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A program for a JVM of its own: makes each call of pel with less and less stack left, a few bytes at a time until there is
 * none, from a thread of its own, in bodies and in operations. After each call the loop has to run something in every lane, and
 * in the end its books must add up. What the caller gets, a result or a {@link StackOverflowError}, is not judged.
 */
public final class DeepCaller {
    /** More calls of {@link #narrow} than there is room for where pel still refuses to begin. */
    private static final int LEVELS = 130;

    /** So many frames of {@link #wide} in place of narrow ones come to about one narrow frame. */
    private static final int STEPS = 12;

    /** More calls of {@link #narrow} than need half of that room. */
    private static final int DEEPER = 90;

    private static final Duration HOUR = Duration.ofHours(1);
    private static final int PATIENCE = 20;

    /** Something that is done deep in a stack; made beforehand, on a stack that has room. */
    public interface Preparation {
        Runnable prepare(DeepCaller caller);
    }

    /** What is called, and the names by which it is asked for. */
    public enum Verb {
        NEXT(c -> () -> c.loop.next(() -> 1, c::body)),
        BOTH(c -> () -> c.loop.next(() -> 1, () -> 2, (a, b) -> {})),
        CALL_WITH_TIMEOUT(c -> () -> c.loop.call("deep").timeout(HOUR).next(() -> 1, c::body)),
        ENQUEUE(c -> () -> c.loop.enqueue(Lane.ACTIVE, () -> {})),
        EXECUTE(c -> () -> c.loop.executor(Lane.ACTIVE).execute(() -> {})),
        EXECUTE_IN_POOL(c -> () -> c.loop.executor(Lane.PASSIVE).execute(() -> {})),
        DELAY(c -> () -> c.loop.delay(Duration.ofNanos(1), () -> {})),
        CANCEL_TIMER(c -> c.ends(c.loop.delay(HOUR, () -> {}))::cancelIt),
        CANCEL_RUNNING(c -> c.ends(c.running())::cancelIt),
        CANCEL_WAITING(c -> c.ends(c.waiting())::cancelIt),
        CANCEL_CHAIN(c -> {
            LoopFuture<Integer> source = c.running();
            c.ends(source.thenApply(x -> x));
            source.thenCompose(x -> c.loop.next(() -> x)).thenCombine(source, (a, b) -> a);
            return c.ends(source)::cancelIt;
        }),
        COMPLETE(c -> {
            LoopFuture<Integer> call = c.running();
            c.ends(call);
            return () -> call.complete(1);
        }),
        FAIL(c -> {
            LoopFuture<Integer> call = c.waiting();
            c.ends(call);
            return () -> call.completeExceptionally(new IllegalStateException("on purpose"));
        }),
        OR_TIMEOUT(c -> {
            LoopFuture<Integer> call = c.running();
            c.ends(call);
            return () -> call.orTimeout(1, MILLISECONDS);
        }),
        COMPLETE_ON_TIMEOUT(c -> {
            LoopFuture<Integer> call = c.running();
            c.ends(call);
            return () -> call.completeOnTimeout(1, 1, MILLISECONDS);
        }),
        THEN_APPLY(c -> {
            LoopFuture<Integer> call = c.running();
            c.ends(call);
            return () -> call.thenApply(x -> x);
        }),
        THEN_APPLY_TO_ENDED(c -> {
            LoopFuture<Integer> call = c.ended();
            return () -> call.thenApply(x -> x);
        }),
        WHEN_COMPLETE(c -> {
            LoopFuture<Integer> call = c.ended();
            return () -> call.whenComplete((x, e) -> {});
        }),
        THEN_COMPOSE(c -> {
            LoopFuture<Integer> call = c.ended();
            return () -> call.thenCompose(x -> c.loop.next(() -> x));
        }),
        THEN_COMBINE(c -> {
            LoopFuture<Integer> call = c.ended();
            LoopFuture<Integer> other = c.ended();
            return () -> call.thenCombine(other, Integer::sum);
        }),
        THEN_COMBINE_OUTSIDE(c -> {
            LoopFuture<Integer> call = c.ended();
            CompletableFuture<Integer> other = c.outside();
            return () -> call.thenCombine(other, Integer::sum);
        }),
        END_OUTSIDE(c -> {
            CompletableFuture<Integer> other = c.outside();
            c.unending(c.ended().thenCombine(other, Integer::sum));
            c.unending(c.ended().thenCompose(x -> other));
            return () -> other.complete(1);
        }),
        COMPLETE_ASYNC(c -> {
            LoopFuture<Integer> call = c.running();
            c.ends(call);
            return () -> call.completeAsync(() -> 1);
        }),
        COMPLETE_ASYNC_DEEPER(c -> {
            LoopFuture<Integer> call = c.running();
            c.ends(call);
            return () -> call.completeAsync(() -> 1, task -> c.narrow(DEEPER, 0, task));
        }),
        JOIN(c -> {
            LoopFuture<Integer> call = c.loop.work(() -> 1);
            return () -> {
                if (!c.loop.onActiveThread()) {
                    call.join();
                }
            };
        }),
        JOIN_CHAIN(c -> {
            LoopFuture<Integer> call =
                    c.waiting().thenCompose(x -> c.loop.next(() -> x)).thenApply(x -> x);
            return () -> {
                if (!c.loop.onActiveThread()) {
                    c.goOn.release(100);
                    call.join();
                }
            };
        }),
        STATS(c -> {
            c.waiting();
            for (int i = 0; i < 70; i++) {
                c.ends(c.loop.work(() -> 3)).cancelIt(); // until the queue is cleared of them
            }
            return c.loop::stats;
        }),
        RESIZE(c -> () -> c.loop.resize(Lane.WORK, 1 + c.trials % 2));

        private final Preparation preparation;

        Verb(Preparation preparation) {
            this.preparation = preparation;
        }
    }

    /** On which thread the stack is that comes to its end. */
    public enum Place {
        THREAD {
            @Override
            void run(EventLoop loop, Runnable code) throws InterruptedException {
                Thread thread = new Thread(null, code, "deep", STACK);
                thread.start();
                thread.join();
            }
        },
        BODY {
            @Override
            void run(EventLoop loop, Runnable code) throws Exception {
                loop.enqueue(Lane.ACTIVE, code::run).get(PATIENCE, SECONDS);
            }
        },
        OPERATION {
            @Override
            void run(EventLoop loop, Runnable code) throws Exception {
                loop.next(code::run).get(PATIENCE, SECONDS);
            }
        };

        private static final long STACK = 256 << 10;

        abstract void run(EventLoop loop, Runnable code) throws Exception;
    }

    private final EventLoop loop;
    private final Semaphore goOn = new Semaphore(0);
    private final List<LoopFuture<?>> mustEnd = new ArrayList<>();
    private final List<LoopFuture<?>> mayHang = new ArrayList<>();
    private final List<CompletableFuture<Integer>> outside = new ArrayList<>();
    private int trials;
    private int overflows;
    private int depth;

    private DeepCaller(Kind kind) {
        EventLoopOptions options = EventLoopOptions.defaults()
                .withName("deep")
                .withPassive(passive -> passive.withThreads(3))
                .withWork(work -> work.withThreads(1))
                .withErrorHandler(failure -> {});
        this.loop = EventLoop.create(
                switch (kind) {
                    case PLAIN -> options;
                    case GREEDY -> options.withListener(new Greedy()).withPropagator(new Greedy());
                    case VIRTUAL -> options.withPassive(passive -> passive.withKind(ThreadKind.VIRTUAL));
                });
        loop.start();
    }

    /** Of what kind the loop is. */
    public enum Kind {
        PLAIN,
        /** Others' code that is told things in the middle of what pel does takes all the stack there is. */
        GREEDY,
        /** Its passive lane has virtual threads. */
        VIRTUAL
    }

    private static final class Greedy implements EventLoopListener, ContextPropagator {
        @Override
        public void queued(CallInfo call, Lane lane) {
            endless(0);
        }

        @Override
        public void ended(CallInfo call, Lane lane, Outcome outcome, long waitingNanos, long runningNanos) {
            endless(0);
        }

        @Override
        public Snapshot capture() {
            endless(0);
            return () -> () -> endless(0);
        }
    }

    @SuppressWarnings("InfiniteRecursion") // until no stack is left
    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    private void body(Integer value) {}

    /** The call that is to be cancelled, and is waited for after that. */
    private Ending ends(LoopFuture<?> call) {
        mustEnd.add(call);
        return new Ending(call);
    }

    private void unending(LoopFuture<?> call) {
        mayHang.add(call);
    }

    private record Ending(LoopFuture<?> call) {
        void cancelIt() {
            call.cancel(true);
        }
    }

    private LoopFuture<Integer> running() {
        CountDownLatch runs = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            runs.countDown();
            goOn.acquire();
            return 1;
        });
        Loops.pass(runs);
        return call;
    }

    private LoopFuture<Integer> waiting() {
        LoopFuture<Integer> before = loop.work(() -> {
            goOn.acquire();
            return 1;
        });
        mustEnd.add(before);
        return loop.work(() -> 2);
    }

    private LoopFuture<Integer> ended() {
        LoopFuture<Integer> call = loop.next(() -> 1);
        call.join();
        return call;
    }

    private CompletableFuture<Integer> outside() {
        CompletableFuture<Integer> other = new CompletableFuture<>();
        outside.add(other);
        return other;
    }

    private void narrow(int levels, int wides, Runnable end) {
        if (levels > 0) {
            narrow(levels - 1, wides, end);
        } else {
            wide(wides, 0, 0, end);
        }
    }

    /** Its frame takes eight bytes more. */
    private void wide(int levels, int padding, int more, Runnable end) {
        if (levels > 0) {
            wide(levels - 1, padding, more, end);
        } else {
            end.run();
        }
    }

    private int deepest(Place place) throws Exception {
        place.run(loop, () -> {
            try {
                measure(1);
            } catch (StackOverflowError e) {
                // that is what is measured
            }
        });
        return depth;
    }

    private void measure(int level) {
        depth = level;
        narrowest(level, 0, () -> {});
    }

    /** As large as narrow. */
    @SuppressWarnings("InfiniteRecursion") // until no stack is left
    private void narrowest(int level, int nothing, Runnable end) {
        depth = level;
        narrowest(level + 1, nothing, end);
    }

    private void atEveryDepth(Verb verb, Place place, int stride) throws Exception {
        deepest(place);
        int most = deepest(place);
        for (int step = trials % stride; step <= LEVELS * STEPS; step += stride) {
            int wides = step % STEPS;
            once(verb, place, most - LEVELS + step / STEPS - wides, wides);
        }
    }

    private void once(Verb verb, Place place, int levels, int wides) throws Exception {
        trials++;
        String where = "%s from %s with %d + %d levels".formatted(verb, place, levels, wides);
        Runnable deed = verb.preparation.prepare(this);
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        try {
            place.run(loop, () -> {
                try {
                    narrow(levels, wides, deed);
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            Throwable error = thrown.get();
            if (isOverflow(error)) {
                overflows++;
            } else if (error != null) {
                throw new IllegalStateException("Unexpected at " + where, error);
            }
            afterwards();
        } catch (TimeoutException e) {
            Throwable error = thrown.get();
            String from = error == null
                    ? "nothing"
                    : error
                            + Stream.of(error.getStackTrace())
                                    .limit(20)
                                    .map(frame -> "\n\tat " + frame)
                                    .collect(Collectors.joining());
            throw new IllegalStateException(
                    "Dead after %s, which threw %s%n%s".formatted(where, from, loop.stats()), e);
        }
    }

    /** Also one that the JDK has met while it linked a lambda of this program, before anything of pel was called. */
    private static boolean isOverflow(@Nullable Throwable error) {
        return error instanceof StackOverflowError
                || (error instanceof InternalError && error.getCause() instanceof StackOverflowError);
    }

    /** Whatever was prepared comes to its end, and every lane runs what comes next. */
    private void afterwards() throws Exception {
        goOn.release(100);
        outside.forEach(other -> other.complete(2));
        outside.clear();
        for (LoopFuture<?> call : mustEnd) {
            call.cancel(true); // what could not be ended deep in a stack can be ended now
            ended(call);
        }
        mustEnd.clear();
        ended(loop.next(() -> 1, this::body));
        ended(loop.work(() -> 1));
        ended(loop.delay(Duration.ZERO, () -> {}));
        mayHang.forEach(call -> call.cancel(true));
        mayHang.clear();
        goOn.drainPermits();
    }

    private static void ended(LoopFuture<?> call) throws Exception {
        try {
            call.get(PATIENCE, SECONDS);
        } catch (TimeoutException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // it has ended, however
        }
    }

    private DeepCaller settleBooks() throws Exception {
        StopReport report = loop.stop(Duration.ofSeconds(PATIENCE)).get(2L * PATIENCE, SECONDS);
        LoopStats stats = loop.stats();
        long open = stats.queued() + stats.running() + stats.timers().pending();
        for (LaneStats lane : stats.lanes().values()) {
            long ends =
                    lane.outcomes().values().stream().mapToLong(Long::longValue).sum();
            open += Math.abs(lane.submitted() - ends) + lane.abandoned();
        }
        if (open != 0 || !report.stuck().isEmpty() || (trials > 0 && !report.isClean())) {
            throw new IllegalStateException("Wrong books: %s %s".formatted(stats, report));
        }
        return this;
    }

    /** Stops loops from deeper and deeper in a stack; each stops, at the latest when it is asked again. */
    private static void stopAtEveryDepth(Kind kind, int stride) throws Exception {
        int most = new DeepCaller(kind).settleBooks().deepest(Place.THREAD);
        for (int levels = most - LEVELS; levels <= most; levels += Math.max(1, stride / STEPS)) {
            DeepCaller caller = new DeepCaller(kind);
            int depth = levels;
            Place.THREAD.run(caller.loop, () -> {
                try {
                    caller.narrow(depth, 0, () -> caller.loop.stop(Duration.ofMillis(1)));
                } catch (StackOverflowError e) {
                    // it may
                }
            });
            caller.settleBooks();
        }
    }

    /**
     * Arguments: the kind of loop; every how many-th depth is tried, 1 for all; with how many levels left the very first call of
     * this JVM is made, while not even its classes may be loaded; and the verbs, or nothing for all.
     */
    public static void main(String[] args) {
        int code = 1;
        try {
            callAll(args);
            code = 0;
        } catch (Throwable e) {
            e.printStackTrace(System.out);
        } finally {
            System.exit(code); // also when a thread of the loop is left
        }
    }

    private static void callAll(String... args) throws Exception {
        ((Logger) LoggerFactory.getLogger(EventLoop.class)).setLevel(Level.OFF);
        Kind kind = Kind.valueOf(args[0]);
        int stride = Integer.parseInt(args[1]);
        DeepCaller caller = new DeepCaller(kind);
        caller.once(Verb.NEXT, Place.THREAD, caller.deepest(Place.THREAD) - Integer.parseInt(args[2]), 0);
        List<Verb> verbs = Stream.of(args).skip(3).map(Verb::valueOf).toList();
        for (Verb verb : verbs.isEmpty() ? List.of(Verb.values()) : verbs) {
            for (Place place : Place.values()) {
                caller.atEveryDepth(verb, place, stride);
            }
        }
        caller.settleBooks();
        stopAtEveryDepth(kind, stride);
        System.out.println("trials=" + caller.trials);
        System.out.println("overflows=" + caller.overflows);
    }
}
