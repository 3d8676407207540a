package dev.pel.promises;

import static dev.pel.Loops.LONG;
import static dev.pel.Loops.block;
import static dev.pel.Loops.failureOf;
import static dev.pel.Loops.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.pel.CallSpec;
import dev.pel.EventLoop;
import dev.pel.EventLoopListener;
import dev.pel.LogLines;
import dev.pel.LoopFuture;
import dev.pel.Loops;
import dev.pel.Task;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages name the call by its label, and durations as people write them. */
class MessageTests {
    private static final Task BLOCKED = () -> block(new CountDownLatch(1));

    @RegisterExtension
    final Loops loops = new Loops();

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void timeoutNamesTheCallAndItsTime() {
        EventLoop loop = loops.started();
        CallSpec call = loop.call("load order").timeout(Duration.ofMillis(30));
        assertThat(failureOf(call.next(BLOCKED))).hasMessage("Call 'load order' had not ended after 30 ms.");
        assertThat(failureOf(loop.next(BLOCKED).orTimeout(20, TimeUnit.MILLISECONDS)))
                .hasMessage("The call had not ended after 20 ms.");
    }

    @Test
    void timeoutOfADependentNamesTheCallOfItsChain() {
        EventLoop loop = loops.started();
        LoopFuture<?> dependent =
                loop.call("load order").next(BLOCKED).thenRun(() -> {}).orTimeout(20, TimeUnit.MILLISECONDS);
        assertThat(failureOf(dependent)).hasMessage("What is attached to call 'load order' had not ended after 20 ms.");
    }

    @Test
    void timeoutOfATimerSaysThatItIsOne() {
        LoopFuture<?> timer = loops.started().delay(LONG, () -> {});
        timer.orTimeout(20, TimeUnit.MILLISECONDS);
        assertThat(failureOf(timer)).hasMessage("The timer had not ended after 20 ms.");
    }

    @Test
    void stopNamesTheCallThatItHasEnded() {
        EventLoop loop = loops.started();
        CountDownLatch running = new CountDownLatch(1);
        LoopFuture<?> call = loop.call("load order").next(() -> {
            running.countDown();
            BLOCKED.run();
        });
        LoopFuture<?> timer = loop.delay(LONG, () -> {});
        pass(running);
        loop.forceStop();
        String before = "Loop '" + loop.options().name() + "' stopped before ";
        assertThat(failureOf(call)).hasMessage(before + "call 'load order' had ended.");
        assertThat(failureOf(timer)).hasMessage(before + "the timer had ended.");
    }

    @Test
    void refusalOfAStoppedLoopSaysWhoStartsIt() {
        EventLoop loop = loops.started();
        Loops.get(loop.stop(LONG));
        assertThat(failureOf(loop.next(() -> 1)))
                .message()
                .contains("in a Spring application by the context or the endpoint's start, and elsewhere by start().");
    }

    @Test
    void handlerThatFailsIsLoggedWithTheLabelOfTheCall() {
        EventLoop loop = loops.started(options -> options.withErrorHandler(failure -> {
            throw new IllegalStateException("the handler");
        }));
        loop.call("load order").next(() -> {
            throw new IllegalStateException("the operation");
        });
        await().atMost(LONG)
                .until(() -> log.with("What the error handler was given").size() == 1);
        assertThat(log.with("The error handler failed on call"))
                .singleElement()
                .asString()
                .contains(" 'load order'");
        assertThat(log.with("What the error handler was given"))
                .singleElement()
                .asString()
                .contains(" 'load order'");
    }

    @Test
    void timeoutThatIsOverBeforeItBeginsIsToldAsNone() {
        LoopFuture<?> call = loops.started().next(BLOCKED);
        call.orTimeout(Long.MIN_VALUE, TimeUnit.DAYS);
        assertThat(failureOf(call)).hasMessage("The call had not ended after 0 s.");
    }

    @Test
    void loopTellsItsNameAndState() {
        EventLoop loop = loops.started(options -> options.withName("shop"));
        assertThat(loop).hasToString("loop 'shop' (RUNNING)");
    }

    @Test
    void blankLabelIsRefused() {
        EventLoop loop = loops.started();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.call(" "))
                .withMessage("'label' must not be blank but was ' '");
    }

    @Test
    void listenerThatCannotSayWhichTimesItNeedsIsLoggedAndGetsExactOnes() {
        EventLoop loop = loops.started(options -> options.withListener(new EventLoopListener() {
            @Override
            public boolean needsExactTimes() {
                throw new IllegalStateException("of the listener");
            }
        }));
        assertThat(Loops.get(loop.next(() -> 1)).intValue()).isEqualTo(1);
        assertThat(log.tracesOf("failed; the loop goes on")).isEqualTo(1);
    }
}
