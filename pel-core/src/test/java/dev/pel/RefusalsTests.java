package dev.pel;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the log says of refused calls whose handles nobody looks at. Most loops here have no threads but the watch, by hand. */
class RefusalsTests {
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final Pattern COUNT = Pattern.compile("refused (\\d+) call");

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    private final ManualMachine machine = new ManualMachine();
    private final LoopRun run = machine.running(EventLoopOptions.defaults()
            .withUnobservedGrace(GRACE)
            .withTimerCapacity(1)
            .withActive(lane -> lane.withCapacity(1))
            .withPassive(lane -> lane.withCapacity(1))
            .withWork(lane -> lane.withCapacity(1)));

    private LoopFuture<Void> refused(Lane lane) {
        Task task = () -> {};
        LoopFuture<Void> call = run.submissions.submit(lane, task, null, null, null);
        while (!call.isRefused()) {
            call = run.submissions.submit(lane, task, null, null, null);
        }
        return call;
    }

    private List<String> lines() {
        return log.with("nobody looked at their handles");
    }

    private List<String> linesAtOnce() {
        return log.with("refused a call, submitted at ");
    }

    private long told() {
        long sum = 0;
        for (String line : lines()) {
            Matcher matcher = COUNT.matcher(line);
            assertThat(matcher.find()).isTrue();
            sum += Long.parseLong(matcher.group(1));
        }
        return sum;
    }

    /** Lets the watch run; whenever it has nothing to wait for the next of these happens, and at last the stop. */
    private void run(Runnable... steps) {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        for (Runnable step : steps) {
            machine.onLongSleep.add(() -> {
                try {
                    step.run();
                } catch (Throwable e) { // the watch would survive it
                    failed.compareAndSet(null, e);
                }
            });
        }
        machine.onLongSleep.add(() -> run.stop(Duration.ZERO, true));
        run.watchdog.start();
        run.watchdog.run();
        assertThat(machine.isStuck()).isFalse();
        assertThat(failed).hasNullValue();
    }

    @Test
    void refusalsThatNobodyLooksAtAreOneLineWithTheirNumberAndASite() {
        for (int i = 0; i < 100; i++) {
            refused(Lane.PASSIVE);
        }
        run(() -> assertThat(lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith(
                                "Loop 'pel' refused 100 call(s) within 1 s and nobody looked at their handles; one was"
                                        + " submitted at dev.pel.RefusalsTests.refused(RefusalsTests.java:")
                        .contains("The PASSIVE lane of loop 'pel' is full: 1 are waiting, its capacity is 1.")));
        assertThat(lines()).hasSize(1);
    }

    static Stream<Arguments> looks() {
        return Stream.<Arguments>of(
                look("join", LoopFuture::join),
                look("get", LoopFuture::get),
                look("get in time", handle -> handle.get(1, TimeUnit.SECONDS)),
                look("getNow", handle -> handle.getNow(null)),
                look("outcome", LoopFuture::outcome),
                look("isCompletedExceptionally", LoopFuture::isCompletedExceptionally),
                look("toCompletableFuture", LoopFuture::toCompletableFuture),
                look("whenComplete", handle -> handle.whenComplete((value, error) -> {})),
                look("exceptionally", handle -> handle.exceptionally(error -> null)),
                look("handle", handle -> handle.handle((value, error) -> value)),
                look("exceptionallyCompose", handle -> handle.exceptionallyCompose(CompletableFuture::failedFuture)),
                look("orTimeout", handle -> handle.orTimeout(1, TimeUnit.DAYS).join()));
    }

    /** What somebody does with a handle, which may throw the refusal. */
    interface Look {
        Object at(LoopFuture<Object> handle) throws Exception;
    }

    private static Arguments look(String name, Look look) {
        return Arguments.of(name, look);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("looks")
    @SuppressWarnings("unchecked")
    void refusalThatSomebodyLooksAtIsNotLogged(String name, Look look) {
        List<LoopFuture<?>> handles = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            handles.add(refused(lane));
        }
        run.submissions.delay(Duration.ofDays(1), () -> {}).cancel(true);
        run.submissions.delay(Duration.ofDays(1), () -> {});
        handles.add(run.submissions.delay(Duration.ofDays(1), () -> {}));
        handles.add(run.submissions.joined.submit(Lane.WORK, () -> 1, () -> 2, (a, b) -> {}, null));
        for (LoopFuture<?> handle : handles) {
            assertThat(handle.isRefused()).isTrue();
            try {
                look.at((LoopFuture<Object>) handle);
            } catch (Exception e) {
                // the refusal
            }
        }
        // those that filled the lanes are none of it; the same look twice takes back once
        handles.forEach(handle -> assertThat(handle.outcome()).isEqualTo(Outcome.REJECTED));
        run();
        assertThat(told()).isZero();
    }

    static Stream<Arguments> passings() {
        return Stream.<Arguments>of(
                look("thenRun", handle -> handle.thenRun(() -> {})),
                look("thenAccept", handle -> handle.thenAccept(value -> {})),
                look("thenCompose", handle -> handle.thenCompose(CompletableFuture::completedFuture)),
                look("thenCombine", handle -> handle.thenCombine(new CompletableFuture<>(), (a, b) -> a)),
                look("copy", LoopFuture::copy));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passings")
    @SuppressWarnings("unchecked")
    void whatOnlyPassesARefusalOnIsNoLook(String name, Look passing) throws Exception {
        passing.at((LoopFuture<Object>) (LoopFuture<?>) refused(Lane.WORK));
        run.refusals.tellRest();
        assertThat(told()).isEqualTo(1);
    }

    @Test
    void refusalOfTwoOperationsBoundAtOnceCountsOnce() {
        refused(Lane.WORK).outcome();
        run.submissions.joined.submit(Lane.WORK, () -> 1, () -> 2, (a, b) -> {}, null);
        run.refusals.tellRest();
        assertThat(told()).isEqualTo(1);
    }

    @Test
    void whoOnlyAsksWhetherItIsDoneOrPrintsItHasNotLooked() {
        LoopFuture<Void> handle = refused(Lane.WORK);
        assertThat(handle.isDone()).isTrue();
        assertThat(handle.toString()).contains("CallRejectedException");
        run(() -> assertThat(told()).isEqualTo(1));
    }

    @Test
    void oneLineInTenSecondsTellsAllRefusalsSinceTheLast() {
        Runnable burst = () -> {
            for (int i = 0; i < 10; i++) {
                refused(Lane.WORK);
                machine.clock += Duration.ofMillis(100).toNanos();
            }
        };
        long start = machine.clock;
        List<Long> at = new ArrayList<>();
        Runnable note = () -> at.add((machine.clock - start) / 1_000_000_000);
        burst.run();
        run(
                () -> {
                    assertThat(told()).isEqualTo(10);
                    note.run();
                    burst.run();
                },
                () -> {
                    assertThat(lines()).hasSize(2);
                    assertThat(told()).isEqualTo(20);
                    note.run();
                });
        assertThat(at.get(0)).isLessThan(3L);
        assertThat(at.get(1)).isGreaterThanOrEqualTo(10L);
    }

    @Test
    void lookAfterTheLineTakesNothingBack() {
        LoopFuture<Void> early = refused(Lane.WORK);
        List<LoopFuture<?>> late = new ArrayList<>();
        run(
                () -> {
                    assertThat(told()).isEqualTo(1);
                    late.add(refused(Lane.WORK));
                    late.add(refused(Lane.WORK));
                    early.outcome();
                    late.get(0).outcome();
                },
                () -> assertThat(told()).isEqualTo(2));
    }

    @Test
    void siteIsThatOfARefusalThatNobodyLookedAt() {
        LoopFuture<Void> seen = refused(Lane.WORK);
        seen.outcome();
        assertThat(submittedElsewhere(run).isRefused()).isTrue();
        run(() -> assertThat(lines()).singleElement().asString().contains("RefusalsTests.submittedElsewhere"));
    }

    private static LoopFuture<?> submittedElsewhere(LoopRun run) {
        return run.submissions.submit(Lane.WORK, (Task) () -> {}, null, null, null);
    }

    @Test
    void eachLaneAndReasonHasALineOfItsOwn() {
        for (Lane lane : List.of(Lane.WORK, Lane.PASSIVE, Lane.ACTIVE)) { // a full active lane refuses for all
            refused(lane);
        }
        run.submissions.delay(Duration.ofDays(1), () -> {});
        run.submissions.delay(Duration.ofDays(1), () -> {});
        run.state.change(LoopState.RUNNING, LoopState.DRAINING);
        refused(Lane.WORK);
        refused(Lane.WORK);
        run.refusals.tellRest();
        assertThat(lines()).hasSize(5);
        assertThat(lines()).anySatisfy(line -> assertThat(line).contains("timers pending"));
        assertThat(lines())
                .anySatisfy(
                        line -> assertThat(line).contains("refused 2 call(s)").contains("DRAINING"));
    }

    @Test
    void commandThatAnExecutorRefusesIsKnownToItsCaller() {
        for (Lane lane : Lane.values()) {
            refused(lane).outcome();
            assertThatThrownBy(() -> run.submissions.execute(lane, () -> {})).isInstanceOf(CallRejectedException.class);
        }
        run.refusals.tellRest();
        assertThat(lines()).isEmpty();
    }

    // ------------------------------------------------------------------ on real threads

    private final List<Failure> failures = new CopyOnWriteArrayList<>();

    /** A loop whose passive lane is full. */
    private EventLoop full(Duration grace, CountDownLatch gate) {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(grace)
                .withErrorHandler(failures::add)
                .withPassive(passive -> passive.withThreads(1).withCapacity(1)));
        loop.next(() -> Loops.block(gate));
        await().atMost(LONG).until(() -> loop.running(Lane.PASSIVE) == 1);
        loop.next(() -> 1);
        return loop;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passings")
    void refusalThatIsPassedOnIsCountedAndNotHandled(String name, Look passing) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofMillis(1), gate);
        for (int i = 0; i < 100; i++) {
            passing.at(loop.next(() -> new Object()));
        }
        get(loop.enqueue(Lane.ACTIVE, () -> {})); // what was attached has run
        gate.countDown();
        get(loop.forceStop());
        assertThat(told()).isEqualTo(100);
        assertThat(failures).isEmpty();
    }

    @Test
    void refusalOfALaterLinkIsCountedAndNotHandled() {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ZERO, gate);
        LoopFuture<Void> end =
                loop.work(() -> 1).thenCompose(one -> loop.next(() -> 2)).thenAccept(two -> {});
        Loops.awaitDone(end);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isEqualTo(1);
        assertThat(failures).isEmpty();
    }

    static Stream<Arguments> lateLooks() {
        return Stream.<Arguments>of(
                look("join", LoopFuture::join),
                look("get", LoopFuture::get),
                look("whenComplete", handle -> handle.whenComplete((value, error) -> {})),
                look("handle", handle -> handle.handle((value, error) -> value)),
                look("exceptionally", handle -> handle.thenRun(() -> {}).exceptionally(error -> null)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lateLooks")
    @SuppressWarnings("unchecked")
    void refusalThatSomebodySeesAtTheEndOfAChainIsNotLogged(String name, Look look) {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofDays(1), gate);
        for (int i = 0; i < 100; i++) {
            try {
                look.at((LoopFuture<Object>) (LoopFuture<?>) loop.next(() -> 1).thenAccept(one -> {}));
            } catch (Exception e) {
                // the refusal
            }
        }
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isZero();
        assertThat(failures).isEmpty();
    }

    @Test
    void refusalsOfAStoppedLoopAreLoggedWhenTheGraceIsOver() {
        EventLoop loop = loops.started(
                options -> options.withUnobservedGrace(Duration.ofMillis(1)).withErrorHandler(failures::add));
        get(loop.stop(LONG));
        for (int i = 0; i < 100; i++) {
            loop.next(() -> 1).thenAccept(one -> {});
        }
        loop.start(); // what was refused last would have to wait for ten seconds
        assertThat(told()).isEqualTo(100);
        assertThat(failures).isEmpty();
    }

    @Test
    void lastRefusalOfAStoppedLoopNeedsNoOtherToBeLogged() {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(Duration.ofMillis(1)));
        get(loop.stop(LONG));
        loop.next(() -> 1);
        await().atMost(LONG).until(() -> told() == 1);
    }

    static Stream<Arguments> verbs() {
        return Stream.of(
                verb("enqueue", loop -> loop.enqueue(Lane.WORK, () -> {})),
                verb("enqueue with a label", loop -> loop.call("x").enqueue(Lane.ACTIVE, () -> {})),
                verb("next", loop -> loop.next(() -> 1)),
                verb("next with a body", loop -> loop.next(() -> 1, one -> {})),
                verb("next of two", loop -> loop.next(() -> 1, () -> 2, (a, b) -> {})),
                verb("delay", loop -> loop.delay(Duration.ZERO, () -> {})));
    }

    private static Arguments verb(String name, Consumer<EventLoop> submit) {
        return Arguments.of(name, submit);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("verbs")
    void refusalOfAStoppedLoopIsLoggedByTheWatch(String name, Consumer<EventLoop> submit) {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(Duration.ofMillis(1)));
        get(loop.stop(LONG));
        submit.accept(loop);
        await().atMost(LONG).until(() -> told() == 1);
        assertThat(lines())
                .singleElement()
                .asString()
                .contains("submitted at dev.pel.RefusalsTests.")
                .contains("state is STOPPED");
    }

    @Test
    void firstRefusalOfAFullLaneBeforeTheStartIsLoggedAtOnce() {
        EventLoop loop = loops.made(options -> options.withActive(lane -> lane.withCapacity(1)));
        for (int i = 0; i < 4; i++) {
            loop.enqueue(Lane.ACTIVE, () -> {});
        }
        assertThat(linesAtOnce()).singleElement().asString().contains("The ACTIVE lane of loop");
        assertThat(lines()).isEmpty();
        get(loop.stop(LONG)); // writes what would wait for ten seconds otherwise
        assertThat(told()).isEqualTo(2);
    }

    @Test
    void refusalThatAnExecutorThrowsIsNotLogged() {
        EventLoop loop = loops.started();
        get(loop.stop(LONG));
        for (Lane lane : Lane.values()) {
            assertThatThrownBy(() -> loop.executor(lane).execute(() -> {})).isInstanceOf(CallRejectedException.class);
        }
        assertThat(linesAtOnce()).isEmpty();
        loop.start();
        assertThat(lines()).isEmpty();
    }

    @Test
    void refusalsBehindTheFirstBeforeTheStartAreToldWithTheNextAfterTenSeconds() {
        LoopRun fresh = new LoopRun(
                EventLoopOptions.defaults().withName("x").withWork(work -> work.withCapacity(1)),
                machine,
                LoopState.NEW);
        Runnable submit = () -> fresh.submissions.submit(Lane.WORK, (Task) () -> {}, null, null, null);
        submit.run(); // is accepted
        for (int i = 0; i < 3; i++) {
            submit.run();
        }
        assertThat(linesAtOnce()).hasSize(1);
        machine.clock += QuietTimes.INTERVAL - 1;
        submit.run();
        assertThat(lines()).isEmpty();
        machine.clock++;
        submit.run();
        assertThat(told()).isEqualTo(3);
        assertThat(linesAtOnce()).hasSize(1);
    }

    @Test
    void watchOfARunningLoopWritesTheLine() {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(Duration.ofMillis(1))
                .withWork(work -> work.withThreads(1).withCapacity(1)));
        CountDownLatch gate = new CountDownLatch(1);
        loop.work(() -> Loops.block(gate));
        await().atMost(LONG).until(() -> loop.running(Lane.WORK) == 1);
        loop.work(() -> 1);
        loop.work(() -> 2);
        await().atMost(LONG).until(() -> told() == 1);
        gate.countDown();
    }

    @Test
    void noRefusalIsLostOrToldTwiceWhenManyAreRefusedAndLookedAtAtOnce() {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(Duration.ofDays(1)));
        get(loop.stop(LONG));
        int each = 20_000;
        Consumer<Integer> refuse = thread -> {
            for (int i = 0; i < each; i++) {
                LoopFuture<Integer> handle = loop.next(() -> 1);
                if (i % 4 != 0) {
                    handle.outcome();
                    handle.outcome();
                }
            }
        };
        Loops.together(() -> refuse.accept(1), () -> refuse.accept(2));
        assertThat(lines()).isEmpty();
        loop.start();
        assertThat(lines()).hasSize(1);
        assertThat(told()).isEqualTo(2 * each / 4);
    }

    @Test
    void refusalOfAnotherLoopThatABodyThrowsStaysCountedThere() {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(LONG));
        LoopFuture<Void> refused = refused(Lane.PASSIVE);
        CallRejectedException why = (CallRejectedException) refused.error();
        LoopFuture<Void> both = loop.next(() -> 1, () -> 2, (a, b) -> {
            throw why;
        });
        assertThat(Loops.failureOf(both)).isSameAs(why);
        assertThat(both.outcome()).isEqualTo(Outcome.FAILED);
        run(() -> assertThat(told()).isEqualTo(1));
    }

    // ------------------------------------------------------------------ refusals that are joined

    /** A dependent of two handles. */
    interface Join {
        LoopFuture<?> of(LoopFuture<Integer> one, LoopFuture<Integer> other);
    }

    private static Arguments join(String name, Join join) {
        return Arguments.of(name, join);
    }

    static Stream<Arguments> joins() {
        return Stream.of(
                join("thenCombine", (one, other) -> one.thenCombine(other, Integer::sum)),
                join("thenAcceptBoth", (one, other) -> one.thenAcceptBoth(other, (a, b) -> {})),
                join("runAfterBoth", (one, other) -> one.runAfterBoth(other, () -> {})),
                join("applyToEither", (one, other) -> one.applyToEither(other, a -> a)),
                join("acceptEither", (one, other) -> one.acceptEither(other, a -> {})),
                join("runAfterEither", (one, other) -> one.runAfterEither(other, () -> {})),
                join(
                        "links",
                        (one, other) -> one.thenApply(a -> a)
                                .thenCombine(other.thenApply(b -> b), Integer::sum)
                                .thenApply(a -> a)
                                .copy()));
    }

    private void areKnown(Join join, EventLoop loop) {
        for (Look look : List.<Look>of(
                handle -> handle.whenComplete((value, error) -> {}),
                handle -> handle.handle((value, error) -> value),
                handle -> handle.exceptionally(error -> null),
                LoopFuture::join)) {
            @SuppressWarnings("unchecked") // only looked at
            LoopFuture<Object> joined = (LoopFuture<Object>) join.of(loop.next(() -> 1), loop.next(() -> 2));
            try {
                look.at(joined);
            } catch (Exception e) {
                // the refusal
            }
            Loops.awaitDone(joined);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("joins")
    void refusalsOfAFullLaneThatAreJoinedAreKnownToWhoeverSeesTheEnd(String name, Join join) {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofDays(1), gate);
        areKnown(join, loop);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isZero();
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("joins")
    void refusalsOfAStoppedLoopThatAreJoinedAreKnownToWhoeverSeesTheEnd(String name, Join join) {
        EventLoop loop = loops.started(options -> options.withUnobservedGrace(Duration.ofDays(1)));
        get(loop.stop(LONG));
        areKnown(join, loop);
        await().atMost(LONG)
                .until(() -> Loops.threadsOf(loop).stream().noneMatch(thread -> thread.contains("completion")));
        loop.start();
        assertThat(told()).isZero();
    }

    @Test
    void refusalThatIsJoinedWithAnyOtherEndIsKnownToWhoeverSeesTheEnd() {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofDays(1), gate);
        LoopFuture<Integer> failed = loop.work(() -> {
            throw new IllegalStateException("on purpose");
        });
        LoopFuture<Integer> succeeded = loop.work(() -> 1);
        for (LoopFuture<Integer> other : List.of(failed, succeeded)) {
            for (LoopFuture<Integer> joined : List.of(
                    loop.next(() -> 1).thenCombine(other, Integer::sum),
                    other.thenCombine(loop.next(() -> 1), Integer::sum))) {
                Loops.awaitDone(joined.whenComplete((value, error) -> {}));
            }
        }
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("joins")
    void refusalsThatAreJoinedAreCountedWhenNobodySeesTheEnd(String name, Join join) {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofDays(1), gate);
        LoopFuture<Integer> one = loop.next(() -> 1);
        LoopFuture<Integer> other = loop.next(() -> 2);
        Loops.awaitDone(join.of(one, other));
        one.outcome(); // which says nothing of the other
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isEqualTo(1);
    }

    @Test
    void refusalsThatAreJoinedInACompositionAreKnownToWhoeverSeesItsEnd() {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofDays(1), gate);
        LoopFuture<Integer> composed =
                loop.work(() -> 1).thenCompose(one -> loop.next(() -> 1).thenCombine(loop.next(() -> 2), Integer::sum));
        Loops.awaitDone(composed.handle((value, error) -> value));
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isZero();
    }

    @Test
    void longRowOfRefusalsThatAreJoinedIsKnownToWhoeverSeesItsEnd() {
        CountDownLatch gate = new CountDownLatch(1);
        EventLoop loop = full(Duration.ofDays(1), gate);
        LoopFuture<Integer> sum = loop.next(() -> 1);
        for (int i = 0; i < 10_000; i++) {
            sum = sum.thenCombine(loop.next(() -> 1), Integer::sum);
        }
        assertThatThrownBy(sum::join).hasRootCauseInstanceOf(CallRejectedException.class);
        gate.countDown();
        get(loop.stop(LONG));
        assertThat(told()).isZero();
    }
}
