package dev.pel.promises;

import static dev.pel.Loops.block;
import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.EventLoop;
import dev.pel.Failure;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Outcome;
import dev.pel.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a script sees, and who has the loop meanwhile. */
class ScriptTests {
    @RegisterExtension
    final Loops loops = new Loops();

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Touched by code on the loop only: not safe for use by several threads. */
    private int unsafe;

    private EventLoop loop() {
        return loops.started(options -> options.withErrorHandler(failures::add));
    }

    private static Integer number(LoopFuture<Integer> handle) {
        return get(handle);
    }

    @Test
    void scriptReturnsWhatItsCodeReturns() {
        EventLoop loop = loop();
        LoopFuture<Integer> script = loop.script(s -> {
            int one = s.await(loop.next(() -> 1));
            int two = s.await(loop.work(() -> one + 1));
            return one + two;
        });
        assertThat(get(script)).isEqualTo(3);
        assertThat(script.outcome()).isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void scriptMayReturnNullAndNeedNotWait() {
        EventLoop loop = loop();
        assertThat(number(loop.script(s -> null))).isNull();
    }

    @Test
    void scriptIsOnTheActiveThreadBeforeAndAfterAWait() {
        EventLoop loop = loop();
        get(loop.script(s -> {
            seen.add("before " + loop.onActiveThread());
            s.await(loop.next(() -> seen.add("operation " + loop.onActiveThread())));
            return seen.add("after " + loop.onActiveThread());
        }));
        assertThat(seen).containsExactly("before true", "operation false", "after true");
    }

    @Test
    void bodiesAreStillOnTheActiveThreadWhenAScriptHasHadTheLoop() {
        EventLoop loop = loop();
        get(loop.script(s -> 1));
        boolean inBody = get(loop.enqueue(Lane.ACTIVE, loop::onActiveThread));
        assertThat(inBody).isTrue();
    }

    @Test
    void scriptsAndBodiesNeverOverlap() {
        EventLoop loop = loop();
        List<LoopFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(loop.script(s -> {
                for (int round = 0; round < 50; round++) {
                    unsafe++;
                    s.await(loop.next(() -> 1));
                }
                return unsafe;
            }));
            all.add(loop.next(() -> 1, one -> unsafe++));
        }
        all.forEach(Loops::get);
        assertThat(number(loop.enqueue(Lane.ACTIVE, () -> unsafe))).isEqualTo(20 * 50 + 20);
    }

    @Test
    void othersHaveTheirTurnsWhileAScriptWaits() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> s.await(loop.next(() -> block(gate))));
        get(loop.enqueue(Lane.ACTIVE, gate::countDown));
        get(script);
    }

    @Test
    void nobodyHasATurnBetweenTwoWaits() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> {
            loop.enqueue(Lane.ACTIVE, () -> seen.add("body"));
            seen.add("script");
            seen.add("still");
            return null;
        });
        get(script);
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        assertThat(seen).containsExactly("script", "still", "body");
    }

    @Test
    void deepStackIsKeptOverAWait() {
        EventLoop loop = loop();
        assertThat(number(loop.script(s -> depth(loop, s, 200)))).isEqualTo(200);
    }

    private static int depth(EventLoop loop, Script script, int left) throws Exception {
        if (left == 0) {
            return script.await(loop.next(() -> 0));
        }
        return 1 + depth(loop, script, left - 1);
    }

    @Test
    void awaitOfWhatHasEndedGoesOnAtOnce() {
        EventLoop loop = loop();
        LoopFuture<Integer> call = loop.next(() -> 7);
        get(call);
        assertThat(number(loop.script(s -> s.await(call)))).isEqualTo(7);
    }

    @Test
    void scriptAwaitsFuturesOfOthers() {
        EventLoop loop = loop();
        CompletableFuture<String> other = new CompletableFuture<>();
        LoopFuture<String> script = loop.script(s -> s.await(other) + loop.onActiveThread());
        other.complete("other, ");
        assertThat(get(script)).isEqualTo("other, true");
    }

    @Test
    void scriptAwaitsAnotherScript() {
        EventLoop loop = loop();
        assertThat(number(loop.script(s ->
                        1 + s.<Integer>await(loop.script(inner -> inner.await(loop.next(() -> 2)))))))
                .isEqualTo(3);
    }

    @Test
    void scriptIsWaitedForOnTheOnlyThreadOfAPool() {
        EventLoop loop = loops.withOnePassiveThread();
        assertThat(number(loop.next(() ->
                        loop.<Integer>script(s -> s.await(loop.next(() -> 5))).join())))
                .isEqualTo(5);
    }

    @Test
    void sleepLetsOthersHaveTheirTurns() {
        EventLoop loop = loop();
        LoopFuture<?> script = loop.script(s -> {
            seen.add("before");
            loop.enqueue(Lane.ACTIVE, () -> seen.add("other"));
            s.sleep(Duration.ofMillis(5));
            s.sleep(Duration.ZERO);
            return seen.add("after");
        });
        get(script);
        assertThat(seen).containsExactly("before", "other", "after");
    }

    @Test
    void manyScriptsWaitAtTheSameTime() {
        EventLoop loop = loop();
        LoopFuture<Integer> start = loop.promise();
        List<LoopFuture<Integer>> scripts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            scripts.add(loop.script(s -> {
                int one = s.await(start); // first: others count meanwhile
                unsafe += one;
                return unsafe;
            }));
        }
        get(loop.enqueue(Lane.ACTIVE, () -> {}));
        start.complete(1);
        assertThat(get(loop.all(scripts))).hasSize(200).contains(200);
    }
}
