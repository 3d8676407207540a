package dev.pel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A loop waits, and tells the time, nowhere but on its machine. */
class MachineTests {
    @RegisterExtension
    private final Loops loops = new Loops();

    @Test
    void loopIsMadeOnTheMachineOfItsOptions() {
        Machine machine = new ForwardingMachine() {
            @Override
            public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
                return super.thread(name + "-mine", kind, daemon, body);
            }
        };
        EventLoopOptions options = EventLoopOptions.defaults().withName("given").withMachine(machine);
        try (EventLoop loop = EventLoop.create(options)) {
            loop.start();
            assertThat(loop.next(() -> Thread.currentThread().getName()).join())
                    .startsWith("given-passive-")
                    .endsWith("-mine");
        }
    }

    @Test
    void changesOfOtherOptionsKeepTheMachine() {
        Machine machine = new ForwardingMachine();
        EventLoopOptions options = EventLoopOptions.defaults()
                .withMachine(machine)
                .withName("other")
                .withErrorHandler(failure -> {})
                .withListener(new EventLoopListener() {})
                .withPropagator(new MdcPropagator());
        assertThat(options.hooks().machine()).isSameAs(machine);
    }

    @Test
    void waitForAFutureThatIsNotDoneGoesThroughTheMachine() throws Exception {
        WaitingMachine machine = new WaitingMachine();
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();

        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<String> blocked = loop.next(() -> {
            Loops.block(gate);
            return "done";
        });
        assertThatThrownBy(() -> blocked.get(5, TimeUnit.HOURS)).isInstanceOf(TimeoutException.class);
        assertThat(machine.waits).containsExactly("interruptible for PT5H");
        assertThatThrownBy(() -> blocked.get(0, TimeUnit.HOURS)).isInstanceOf(TimeoutException.class);
        assertThat(machine.waits).hasSize(1);

        machine.onWait = gate::countDown;
        assertThat(blocked.join()).isEqualTo("done");
        assertThat(machine.waits).contains("for ever");
        assertThat(blocked.get()).isEqualTo("done");
        assertThat(machine.waits).as("nobody waits for what is done").hasSize(2);

        CountDownLatch secondGate = new CountDownLatch(1);
        loop.next(() -> Loops.block(secondGate));
        machine.onWait = secondGate::countDown;
        CompletableFuture<StopReport> report = loop.stop(Loops.LONG);
        assertThat(report.get().isClean()).isTrue();
        assertThat(machine.waits).element(2).isEqualTo("interruptible for ever");
    }

    @Test
    void interruptOfAWaitOnTheMachineIsAnInterruptOfTheGet() {
        WaitingMachine machine = new WaitingMachine();
        EventLoop loop = loops.made(options -> options, machine);
        loop.start();
        CountDownLatch gate = new CountDownLatch(1);
        LoopFuture<?> blocked = loop.next(() -> Loops.block(gate));
        machine.onWait = () -> Thread.currentThread().interrupt();
        machine.waitsUntilDone = false;
        assertThatThrownBy(blocked::get).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        machine.onWait = () -> {};
        gate.countDown();
        Loops.awaitDone(blocked);
    }

    /** Waits for futures by looking, and has no patience when there is a limit; or leaves all of that to the JDK. */
    private static final class WaitingMachine extends ForwardingMachine {
        private final Queue<String> waits = new ConcurrentLinkedQueue<>();
        private volatile Runnable onWait = () -> {};
        private volatile boolean waitsUntilDone = true;

        @Override
        public long await(CompletableFuture<?> future, boolean interruptible, long nanos) {
            waits.add((interruptible ? "interruptible " : "") + "for "
                    + (nanos == 0 ? "ever" : Duration.ofNanos(nanos).toString()));
            onWait.run();
            while (nanos == 0 && waitsUntilDone && !future.isDone()) {
                Thread.onSpinWait();
            }
            return waitsUntilDone ? 0 : nanos;
        }
    }
}
