package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The loop: hands everything to its current run, and replaces that at a start. */
final class PretendEventLoop extends FurtherVerbs {
    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(PretendEventLoop.class, "current", LoopRun.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EventLoopOptions options;
    private volatile LoopRun current;

    private PretendEventLoop(EventLoopOptions options, Machine machine) {
        this.options = options;
        this.current = new LoopRun(options, machine, LoopState.NEW);
    }

    static PretendEventLoop create(EventLoopOptions options, Machine machine) {
        checkKind("passive", options.passive().kind());
        checkKind("work", options.work().kind());
        return new PretendEventLoop(options, machine);
    }

    private static void checkKind(String lane, ThreadKind kind) {
        if (kind == ThreadKind.VIRTUAL && !JdkMachine.hasVirtualThreads()) {
            throw new InvalidOptionException(
                    lane + " thread kind",
                    "must be PLATFORM on Java %d, because virtual threads need Java 21,"
                            .formatted(Runtime.version().feature()),
                    "VIRTUAL");
        }
    }

    @Override
    public LoopRun loopRun() {
        return current;
    }

    // ------------------------------------------------------------------ verbs

    private <T extends @Nullable Object> LoopFuture<T> submit(Lane lane, Object operation) {
        return loopRun().submissions.submit(lane, operation, null, null, null);
    }

    private <T extends @Nullable Object> LoopFuture<T> submit(Lane lane, Object operation, Object body) {
        return loopRun().submissions.submit(lane, operation, Objects.requireNonNull(body, "body"), null, null);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation) {
        return submit(Lane.PASSIVE, operation);
    }

    @Override
    public LoopFuture<@Nullable Void> next(Task operation) {
        return submit(Lane.PASSIVE, PlainTask.of(operation));
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> next(Callable<? extends T> operation, Body<? super T> body) {
        return submit(Lane.PASSIVE, operation, body);
    }

    @Override
    public LoopFuture<@Nullable Void> next(Task operation, Task body) {
        return submit(Lane.PASSIVE, PlainTask.of(operation), PlainTask.of(body));
    }

    @Override
    public <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> next(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body) {
        return loopRun().submissions.joined.submit(Lane.PASSIVE, first, second, body, null);
    }

    @Override
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body) {
        return loopRun().submissions.joined.submit(Lane.PASSIVE, first, second, third, body, null);
    }

    @Override
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            LoopFuture<@Nullable Void> next(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body) {
        return loopRun().submissions.joined.submit(Lane.PASSIVE, first, second, third, fourth, body, null);
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation) {
        return submit(Lane.WORK, operation);
    }

    @Override
    public LoopFuture<@Nullable Void> work(Task operation) {
        return submit(Lane.WORK, PlainTask.of(operation));
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> work(Callable<? extends T> operation, Body<? super T> body) {
        return submit(Lane.WORK, operation, body);
    }

    @Override
    public LoopFuture<@Nullable Void> work(Task operation, Task body) {
        return submit(Lane.WORK, PlainTask.of(operation), PlainTask.of(body));
    }

    @Override
    public <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> work(
            Callable<? extends A> first, Callable<? extends B> second, BiBody<? super A, ? super B> body) {
        return loopRun().submissions.joined.submit(Lane.WORK, first, second, body, null);
    }

    @Override
    public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body) {
        return loopRun().submissions.joined.submit(Lane.WORK, first, second, third, body, null);
    }

    @Override
    public <
                    A extends @Nullable Object,
                    B extends @Nullable Object,
                    C extends @Nullable Object,
                    D extends @Nullable Object>
            LoopFuture<@Nullable Void> work(
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body) {
        return loopRun().submissions.joined.submit(Lane.WORK, first, second, third, fourth, body, null);
    }

    @Override
    public CallSpec call(String label) {
        return new CallSpec(this, new CallTerms(CallDetails.labelled(label)));
    }

    @Override
    public LoopFuture<@Nullable Void> enqueue(Lane lane, Task task) {
        Objects.requireNonNull(lane, "lane");
        return submit(lane, PlainTask.of(Objects.requireNonNull(task, "task")));
    }

    @Override
    public <T extends @Nullable Object> LoopFuture<T> enqueue(Lane lane, Callable<? extends T> task) {
        Objects.requireNonNull(lane, "lane");
        return submit(lane, PlainCallable.of(Objects.requireNonNull(task, "task")));
    }

    @Override
    public LoopFuture<@Nullable Void> delay(Duration delay, Task body) {
        return loopRun().submissions.delay(delay, PlainTask.of(body));
    }

    @Override
    public Executor executor(Lane lane) {
        Objects.requireNonNull(lane, "lane");
        return new LaneExecutor(this, lane);
    }

    // ------------------------------------------------------------------ figures

    @Override
    public int size(Lane lane) {
        return loopRun().books(Objects.requireNonNull(lane, "lane")).counters().size();
    }

    @Override
    public int running(Lane lane) {
        return loopRun()
                .books(Objects.requireNonNull(lane, "lane"))
                .counters()
                .snapshot()
                .running();
    }

    @Override
    public boolean isFull(Lane lane) {
        return loopRun().books(Objects.requireNonNull(lane, "lane")).isFull();
    }

    @Override
    public LoopStats stats() {
        return loopRun().stats();
    }

    @Override
    public List<String> leftToDo() {
        return new LeftToDo(loopRun()).at(nanoTime());
    }

    @Override
    public EventLoopOptions options() {
        return options;
    }

    @Override
    public LoopState state() {
        return loopRun().state();
    }

    @Override
    public String toString() {
        return "loop '%s' (%s)".formatted(options.name(), state());
    }

    @Override
    public boolean onActiveThread() {
        return loopRun().threads.isActiveCurrent();
    }

    @Override
    public void resize(Lane lane, int threads) {
        loopRun().resize(Objects.requireNonNull(lane, "lane"), threads);
    }

    @Override
    public void changeLimit(String limit, UnaryOperator<LimitOptions> change) {
        Objects.requireNonNull(change, "change");
        LimitQueue known = loopRun().admissions.limit(Objects.requireNonNull(limit, "limit"));
        if (known == null) {
            throw CallTerms.unknownLimit(options, limit);
        }
        known.change(change);
    }

    // ------------------------------------------------------------------ life

    @Override
    public void start() {
        LoopRun fresh = replace();
        if (fresh != null) {
            fresh.start(null);
        }
    }

    @Override
    public StopReport runOnCurrentThread() {
        if (loopRun().threads.isOneCurrent()) {
            throw new WaitOnLoopThreadException(
                    "Loop '%s' cannot run on one of its own threads".formatted(options.name()));
        }
        LoopRun fresh = replace();
        if (fresh == null) {
            throw new IllegalStateException("Loop '%s' is running already".formatted(options.name()));
        }
        fresh.start(Thread.currentThread());
        boolean interrupted = Thread.interrupted(); // the caller's own, given back at the end
        fresh.activeThread.run();
        StopReport report = fresh.stop(Duration.ZERO, false).join();
        if (interrupted || fresh.current.wasInterrupted()) {
            Thread.currentThread().interrupt();
        }
        return report;
    }

    /** Makes a new run the current one, unless one is running. */
    private @Nullable LoopRun replace() {
        while (true) {
            LoopRun before = loopRun();
            before.stack.ensureRoom();
            LoopState state = before.state();
            switch (state) {
                case RUNNING -> {
                    return null;
                }
                case DRAINING, STOPPING ->
                    throw new IllegalStateException(
                            "Loop '%s' is %s; start it again when the report of its stop is there"
                                    .formatted(options.name(), state));
                case NEW -> {
                    // what has been submitted to it waits for its threads
                    if (before.leaveNew(LoopState.RUNNING)) {
                        return before;
                    }
                }
                case STOPPED -> {
                    // it accepts calls from here on; they wait for its threads
                    LoopRun fresh = before.next();
                    if (fresh.takeOver(() -> CURRENT.compareAndSet(this, before, fresh))) {
                        before.refusals.tellRest(); // what it refused after its stop, and nobody else tells
                        return fresh;
                    }
                }
            }
        }
    }

    @Override
    public CompletableFuture<StopReport> stop(Duration deadline) {
        Objects.requireNonNull(deadline, "deadline");
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("'deadline' must not be negative but was " + DurationText.of(deadline));
        }
        return stop(deadline, false);
    }

    @Override
    public CompletableFuture<StopReport> forceStop() {
        return stop(Duration.ZERO, true);
    }

    private CompletableFuture<StopReport> stop(Duration deadline, boolean forced) {
        return loopRun().stop(deadline, forced); // of a run that has stopped, the report it had
    }

    @Override
    public void close() {
        LoopRun now = loopRun();
        CompletableFuture<StopReport> report = now.stop(options.stopDeadline(), false);
        if (!now.threads.isOneCurrent()) {
            report.join();
        }
    }
}
