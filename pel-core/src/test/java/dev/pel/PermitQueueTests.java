package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which thread hands permits out. */
class PermitQueueTests {
    @Test
    void threadHandsOutNoMoreWhenAnotherOneGivesSignalsAllTheTime() {
        Set<Thread> handingOut = ConcurrentHashMap.newKeySet();
        AtomicLong given = new AtomicLong();
        PermitQueue permits = new PermitQueue() {
            @Override
            boolean hasPermit() { // takes until another thread has given one more signal
                handingOut.add(Thread.currentThread());
                long enough = given.get() + 2; // the first one may have been seen before
                while (given.get() < enough && handingOut.size() < 2) {
                    Thread.onSpinWait();
                }
                return false;
            }

            @Override
            void take(Admission call) {}

            @Override
            void takeBack(Admission call) {}
        };
        Runnable signals = () -> {
            while (handingOut.size() < 2) {
                permits.signal();
                given.incrementAndGet();
            }
        };
        Loops.together(signals, signals);
        assertThat(handingOut).hasSize(2);
    }
}
