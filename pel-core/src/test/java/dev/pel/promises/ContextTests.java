package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.ContextPropagator;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.LoopState;
import dev.pel.Loops;
import dev.pel.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** Promise 9: context travels, and is cleared afterwards. */
class ContextTests {
    @RegisterExtension
    final Loops loops = new Loops();

    @AfterEach
    void leaveNothing() {
        MDC.clear();
    }

    @Test
    void loggingContextOfTheSubmitterIsInOperationBodyTimerAndDependent() {
        EventLoop loop = loops.started();
        List<String> seen = new CopyOnWriteArrayList<>();
        MDC.put("user", "ann");
        get(loop.next(() -> seen.add("operation " + MDC.get("user")), added -> seen.add("body " + MDC.get("user"))));
        get(loop.work(() -> seen.add("work " + MDC.get("user"))));
        get(loop.delay(Duration.ofMillis(1), () -> seen.add("timer " + MDC.get("user"))));
        get(loop.next(() -> 1).thenAccept(one -> seen.add("dependent " + MDC.get("user"))));
        assertThat(seen).containsExactly("operation ann", "body ann", "work ann", "timer ann", "dependent ann");
    }

    @Test
    void errorHandlerRunsInTheContextOfTheSubmitter() {
        List<String> seen = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> seen.add(MDC.get("user"))));
        MDC.put("user", "ann");
        loop.next(() -> {
            throw new IllegalStateException("x");
        });
        await().atMost(LONG).untilAsserted(() -> assertThat(seen).containsExactly("ann"));
    }

    @Test
    void contextIsClearedFromTheThreadsAfterwards() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        MDC.put("user", "ann");
        get(loop.next(() -> 1, one -> {}));
        MDC.clear();
        assertThat(get(loop.next(() -> "" + MDC.getCopyOfContextMap()))).isIn("null", "{}");
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(MDC.get("user")).isNull()));
    }

    @Test
    void whatAnOperationOrBodyPutsThereItselfIsClearedToo() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        get(loop.next(() -> MDC.put("leak", "operation"), () -> MDC.put("leak", "body")));
        assertThat(get(loop.next(() -> "" + MDC.get("leak")))).isEqualTo("null");
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(MDC.get("leak")).isNull()));
    }

    @Test
    void callThatRunsInAJoinGivesTheJoinerItsContextBack() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        MDC.put("user", "ann");
        String seen = get(loop.next(() -> {
            MDC.put("step", "outer");
            LoopFuture<String> inner = loop.next(() -> MDC.get("step") + MDC.getCopyOfContextMap());
            MDC.remove("step");
            return inner.join() + MDC.get("user") + MDC.get("step");
        }));
        assertThat(seen).startsWith("outer").endsWith("annnull");
    }

    @Test
    void callWithoutContextThatRunsInAJoinDoesNotSeeThatOfTheJoiner() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        String seen = get(loop.next(() -> {
            LoopFuture<String> inner = loop.next(() -> "" + MDC.get("user"));
            MDC.put("user", "ann");
            return inner.join() + MDC.get("user");
        }));
        assertThat(seen).isEqualTo("nullann");
    }

    @Test
    void twoUsersInterleavedChainsNeverMix() throws InterruptedException {
        EventLoop loop = loops.started(options -> options.withActive(active -> active.withCapacity(100_000))
                .withPassive(passive -> passive.withCapacity(100_000)));
        Queue<String> mixed = new ConcurrentLinkedQueue<>();
        CountDownLatch done = new CountDownLatch(2 * 2_000);
        Thread[] users = new Thread[2];
        for (int u = 0; u < users.length; u++) {
            String user = "user" + u;
            users[u] = new Thread(() -> {
                MDC.put("user", user);
                for (int i = 0; i < 2_000; i++) {
                    loop.next(() -> check(user, mixed), ok -> {
                        check(user, mixed);
                        loop.work(() -> check(user, mixed))
                                .thenCompose(ok2 -> loop.next(() -> check(user, mixed)))
                                .thenAccept(ok3 -> {
                                    check(user, mixed);
                                    loop.delay(Duration.ofNanos(1), () -> {
                                        check(user, mixed);
                                        done.countDown();
                                    });
                                });
                    });
                }
            });
            users[u].start();
        }
        for (Thread user : users) {
            user.join();
        }
        Loops.pass(done);
        assertThat(mixed).isEmpty();
    }

    private static boolean check(String user, Queue<String> mixed) {
        String seen = MDC.get("user");
        if (!user.equals(seen)) {
            mixed.add(user + " saw " + seen);
        }
        return true;
    }

    @Test
    void propagatorsAreOpenedInOrderAndClosedInTheOppositeOne() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options -> options.withHooks(
                options.hooks().withPropagators(List.of(propagator("a", events), propagator("b", events)))));
        int threads = 7; // each looks once what it came with
        await().atMost(LONG)
                .untilAsserted(() ->
                        assertThat(events.stream().filter("capture b"::equals)).hasSize(threads));
        int before = events.size();
        get(loop.next(() -> events.add("operation")));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(events.subList(before, events.size()))
                        .containsExactly(
                                "capture a", "capture b", "open a", "open b", "operation", "close b", "close a"));
    }

    private static ContextPropagator propagator(String name, List<String> events) {
        return () -> {
            events.add("capture " + name);
            return () -> {
                events.add("open " + name);
                return () -> events.add("close " + name);
            };
        };
    }

    @Test
    void propagatorThatFailsCostsItsContextAndNotTheCall() {
        ContextPropagator noCapture = () -> {
            throw new IllegalStateException("capture");
        };
        ContextPropagator noOpen = () -> () -> {
            throw new IllegalStateException("open");
        };
        ContextPropagator noClose = () -> () -> () -> {
            throw new IllegalStateException("close");
        };
        EventLoop loop = loops.started(options ->
                options.withPropagator(noCapture).withPropagator(noOpen).withPropagator(noClose));
        MDC.put("user", "ann");
        assertThat(get(loop.next(() -> Map.of("user", MDC.get("user"))))).containsEntry("user", "ann");
    }

    @Test
    void whatCodeAttachedPastPelPutsThereIsClearedFromTheWorkersThread() {
        EventLoop loop = loops.started(options -> options.withPassive(passive -> passive.withThreads(1)));
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> call = loop.next(() -> {
            Loops.block(gate);
            return 1;
        });
        CompletableFuture<Void> leaks = CompletableFuture.allOf(call).thenRun(() -> MDC.put("leak", "past pel"));
        gate.countDown();
        get(leaks);
        assertThat(get(loop.next(() -> "" + MDC.get("leak")))).isEqualTo("null");
    }

    @Test
    void whatCodeAttachedPastPelPutsThereIsClearedFromTheActiveThread() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<Integer> blocked = loop.next(() -> {
            Loops.block(gate);
            return 2;
        });
        LoopFuture<Integer> both = loop.next(() -> 1).thenCombine(blocked, Integer::sum);
        LoopFuture<Integer> composed = both.thenCompose(sum -> loop.next(() -> sum));
        CompletableFuture<Void> leaks =
                CompletableFuture.allOf(both, composed).thenRun(() -> MDC.put("leak", "past pel"));
        gate.countDown();
        get(leaks);
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(MDC.get("leak")).isNull()));
    }

    @Test
    void whatAnErrorHandlerOrListenerPutsThereIsClearedToo() {
        CountDownLatch handled = new CountDownLatch(1);
        EventLoop loop = loops.started(options -> options.withActive(
                        active -> active.withCapacity(4).withWaterMarks(50, 25))
                .withErrorHandler(failure -> {
                    MDC.put("leak", "handler");
                    handled.countDown();
                })
                .withListener(new EventLoopListener() {
                    @Override
                    public void pressureLow(Lane lane, int size) {
                        MDC.put("leak", "listener");
                    }
                }));
        get(loop.enqueue(Lane.ACTIVE, () -> {
            loop.enqueue(Lane.ACTIVE, () -> assertThat(MDC.get("leak")).isNull());
            loop.enqueue(Lane.ACTIVE, () -> assertThat(MDC.get("leak")).isNull());
            loop.next(() -> {
                throw new IllegalStateException("x");
            });
        }));
        Loops.pass(handled);
        get(loop.enqueue(Lane.ACTIVE, () -> assertThat(MDC.get("leak")).isNull()));
        assertThat(loop.stats().lane(Lane.ACTIVE).outcomes().get(Outcome.FAILED))
                .isZero();
    }

    @Test
    void ownThreadKeepsItsContextAndBodiesDoNotSeeIt() {
        EventLoop loop = loops.made(options -> options);
        List<String> seen = new CopyOnWriteArrayList<>();
        Thread starter = new Thread(() -> {
            await().atMost(LONG).until(() -> loop.state() == LoopState.RUNNING);
            loop.enqueue(Lane.ACTIVE, () -> {
                seen.add("body " + MDC.get("user"));
                MDC.put("user", "bob");
            });
            loop.enqueue(Lane.ACTIVE, () -> seen.add("next " + MDC.get("user")));
            loop.stop(LONG);
        });
        MDC.put("user", "ann");
        starter.start();
        loop.runOnCurrentThread();
        seen.add("after " + MDC.get("user"));
        assertThat(seen).containsExactly("body null", "next null", "after ann");
    }

    /** As in the Javadoc of {@link ContextPropagator}. */
    private static final class TenantPropagator implements ContextPropagator {
        private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

        @Override
        public @Nullable Snapshot capture() {
            String tenant = TENANT.get();
            return tenant == null ? null : () -> put(tenant);
        }

        @Override
        public Scope clear() {
            return put(null);
        }

        private static Scope put(@Nullable String tenant) {
            String before = TENANT.get();
            TENANT.set(tenant);
            return () -> TENANT.set(before);
        }
    }

    private EventLoop withTenants() {
        return loops.started(options ->
                options.withPassive(passive -> passive.withThreads(1)).withPropagator(new TenantPropagator()));
    }

    @Test
    void whatCodeWithoutContextLeavesBehindIsTakenOffByThePropagator() {
        EventLoop loop = withTenants();
        get(loop.next(
                () -> TenantPropagator.TENANT.set("left"), () -> TenantPropagator.TENANT.set("left by the body")));
        assertThat(get(loop.next(() -> "" + TenantPropagator.TENANT.get()))).isEqualTo("null");
        get(loop.enqueue(
                Lane.ACTIVE, () -> assertThat(TenantPropagator.TENANT.get()).isNull()));
    }

    @Test
    void callWithoutContextInAJoinSeesNothingOfTheJoinerWhoGetsItsContextBack() {
        EventLoop loop = withTenants();
        CompletableFuture<LoopFuture<String>> inner = new CompletableFuture<>();
        TenantPropagator.TENANT.set("outer");
        LoopFuture<String> outer = loop.next(() -> {
            String seen = inner.get().join();
            return seen + " " + TenantPropagator.TENANT.get();
        });
        TenantPropagator.TENANT.remove();
        inner.complete(loop.next(() -> {
            String seen = "" + TenantPropagator.TENANT.get();
            TenantPropagator.TENANT.set("left");
            return seen;
        }));
        assertThat(get(outer)).isEqualTo("null outer");
    }

    @Test
    void callWithoutLoggingContextStillCarriesWhatAnotherPropagatorHas() {
        EventLoop loop = withTenants();
        get(loop.next(() -> MDC.put("leak", "operation")));
        TenantPropagator.TENANT.set("ann");
        assertThat(get(loop.next(() -> {
                    MDC.put("leak", "operation");
                    return TenantPropagator.TENANT.get();
                })))
                .isEqualTo("ann");
        TenantPropagator.TENANT.remove();
        assertThat(get(loop.next(() -> TenantPropagator.TENANT.get() + " " + MDC.get("leak"))))
                .isEqualTo("null null");
    }

    @Test
    void ownThreadHasItsContextBackAtTheEndAndEntriesDoNotSeeIt() {
        EventLoop loop = loops.made(options -> options.withPropagator(new TenantPropagator()));
        loop.enqueue(Lane.ACTIVE, () -> {
            assertThat(TenantPropagator.TENANT.get()).isNull();
            TenantPropagator.TENANT.set("left");
        });
        LoopFuture<?> second = loop.enqueue(
                Lane.ACTIVE, () -> assertThat(TenantPropagator.TENANT.get()).isNull());
        second.thenRun(() -> loop.stop(LONG));
        TenantPropagator.TENANT.set("own");
        try {
            // what is submitted before carries nothing, although this thread has something now
            loop.runOnCurrentThread();
            assertThat(TenantPropagator.TENANT.get()).isEqualTo("own");
        } finally {
            TenantPropagator.TENANT.remove();
        }
        assertThat(second.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void propagatorThatNeverReturnsNullIsOpenedForEachEntry() {
        List<String> events = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(options ->
                options.withPassive(passive -> passive.withThreads(1)).withPropagator(propagator("mine", events)));
        get(loop.next(() -> 1, one -> {}));
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(events.stream().filter("open mine"::equals).count()).isGreaterThanOrEqualTo(3);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(
                                events.stream().filter("close mine"::equals).count())
                        .isEqualTo(events.stream().filter("open mine"::equals).count()));
    }
}
