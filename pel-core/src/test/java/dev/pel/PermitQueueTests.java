package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which thread hands permits out, and which one cancels those that wait for one. */
class PermitQueueTests {
    @RegisterExtension
    final Loops loops = new Loops();

    /** Says how often a look whether there is a permit has begun, and has ended. There is none. */
    private static final class Looks extends PermitQueue {
        final AtomicLong begun = new AtomicLong();
        final AtomicLong answered = new AtomicLong();
        final Set<Thread> threads = ConcurrentHashMap.newKeySet();

        Looks(EventLoop loop) {
            super(((PretendEventLoop) loop).loopRun().admissions.deadlines());
        }

        /** Takes until another thread has given a signal, unless two threads have looked. */
        @Override
        boolean hasPermit() {
            threads.add(Thread.currentThread());
            long number = begun.incrementAndGet();
            while (answered.get() < number && threads.size() < 2) {
                Thread.onSpinWait();
            }
            return false;
        }

        @Override
        void take(Admission call) {}

        @Override
        void takeBack(Admission call) {}
    }

    @Test
    void threadDoesNotHandOutForEverWhileAnotherOneGivesSignals() {
        Looks permits = new Looks(loops.started());
        Runnable signals = () -> {
            while (permits.threads.size() < 2) {
                permits.signal();
                permits.answered.incrementAndGet();
            }
        };
        Loops.together(signals, signals);
        assertThat(permits.threads).hasSizeGreaterThan(1);
    }

    @Test
    void watchdogGoesOnWhenAllSignalsCameDuringLooks() {
        Looks permits = new Looks(loops.started());
        AtomicBoolean hasReturned = new AtomicBoolean();
        Loops.together(
                () -> {
                    permits.signal();
                    hasReturned.set(true);
                },
                () -> {
                    while (!hasReturned.get()) {
                        if (permits.answered.get() < permits.begun.get()) {
                            permits.signal();
                            permits.answered.incrementAndGet();
                        }
                    }
                });
        Loops.until(() ->
                permits.threads.stream().anyMatch(thread -> thread.getName().endsWith("-watch")));
    }

    @Test
    void threadCancelsOnlyWhatWaitedWhenItBegan() {
        EventLoop loop = loops.started();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> first = loop.call("first").key("k").next(() -> Loops.pass(gate));
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger submitted = new AtomicInteger();
        AtomicBoolean isOver = new AtomicBoolean();
        CallSpec calls = loop.call("waits").key("k").onlyWhile(() -> true, () -> {
            int number = cancelled.incrementAndGet();
            while (submitted.get() < number) { // until another thread has submitted one more
                Thread.onSpinWait();
            }
        });
        calls.next(() -> 1);
        calls.next(() -> 2);
        AtomicInteger count = new AtomicInteger();
        Loops.together(
                () -> {
                    count.set(calls.cancelWaiting());
                    isOver.set(true);
                },
                () -> {
                    while (!isOver.get()) {
                        if (submitted.get() < cancelled.get()) {
                            calls.next(() -> 3);
                            submitted.incrementAndGet();
                        }
                    }
                });
        gate.countDown();
        Loops.get(first);
        assertThat(count).hasValue(2);
    }
}
