package dev.pel.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.pel.LoopFuture;
import dev.pel.Task;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Other threads bring something to a stream, or read for it, while it comes to rest or to its end. */
public class StreamRaces {

    /** An item comes while the stream finds nothing to do. */
    @JCStressTest
    @Outcome(id = "woken", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the stream sleeps, and an item is there")
    @State
    public static class ItemAgainstRest {
        private final StillServices services = new StillServices();
        private final Wake wake = new Wake(services, () -> {});
        private final Inbox<Integer> inbox = new Inbox<>(wake::fire);

        @Actor
        public void bring() {
            inbox.add(1);
        }

        @Actor
        public void rest() {
            wake.rest(inbox::hasNews);
        }

        public String verdict() {
            LoopFuture<?> signal = services.signal;
            return signal != null && signal.isDone() ? "woken" : "asleep";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** The source comes to its end while the stream finds nothing to do. */
    @JCStressTest
    @Outcome(id = "woken, at the end", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the stream sleeps, and its source has ended")
    @State
    public static class EndAgainstRest {
        private final StillServices services = new StillServices();
        private final Wake wake = new Wake(services, () -> {});
        private final Inbox<Integer> inbox = new Inbox<>(wake::fire);

        @Actor
        public void end() {
            inbox.close(null);
        }

        @Actor
        public void rest() {
            wake.rest(inbox::hasNews);
        }

        public String verdict() {
            LoopFuture<?> signal = services.signal;
            return (signal != null && signal.isDone() ? "woken" : "asleep")
                    + (inbox.isAtEnd() ? ", at the end" : ", not at the end");
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** The stream ends while an operation reads its source: the source is closed once, and not under the reader's hands. */
    @JCStressTest
    @Outcome(id = "closed 1 times", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "left open, or closed while it was read")
    @State
    public static class EndAgainstReader {
        private final StillServices services = new StillServices();
        private final Items items = new Items();
        private final PassiveSource<Integer> source =
                new PassiveSource<>(services, new ItemReader<>(() -> items, items), new Wake(services, () -> {}));
        private final Task read;

        public EndAgainstReader() {
            source.want(2);
            read = services.operation;
            services.operation = null;
        }

        @Actor
        public void read() {
            run(read);
        }

        @Actor
        public void end() {
            source.close();
        }

        private static void run(Task operation) {
            try {
                operation.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        public String verdict() {
            Task close = services.operation;
            if (close != null) {
                run(close);
            }
            return items.isBroken ? "closed while it was read" : "closed " + items.closed.get() + " times";
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = verdict();
        }
    }

    /** Knows whether it is closed while it is read. */
    private static final class Items implements Iterator<Integer>, AutoCloseable {
        private final AtomicInteger closed = new AtomicInteger();
        private volatile boolean isRead;
        private volatile boolean isBroken;

        @Override
        public boolean hasNext() {
            isRead = true;
            isBroken |= closed.get() > 0;
            isRead = false;
            return true;
        }

        @Override
        public Integer next() {
            return 1;
        }

        @Override
        public void close() {
            isBroken |= isRead;
            closed.incrementAndGet();
        }
    }
}
