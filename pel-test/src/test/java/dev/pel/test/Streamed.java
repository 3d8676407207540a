package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.flow.ForEach;
import dev.pel.flow.StreamReport;
import dev.pel.flow.WorkStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Streams of work whose items come from everywhere, and that are ended meanwhile: no item is lost or begun twice, and sources are closed once. */
final class Streamed {
    private final World world;
    private final List<Line> lines = new ArrayList<>();

    Streamed(World world) {
        this.world = world;
    }

    void any() {
        Line line = new Line(lines.size());
        lines.add(line);
        line.start();
    }

    /** Ends a stream, or gives it more or fewer places. */
    void meddle() {
        if (lines.isEmpty()) {
            return;
        }
        Line line = lines.get(world.random(lines.size()));
        if (line.stream == null) {
            return;
        }
        if (world.random(3) == 0) {
            line.stream.cancel();
        } else {
            line.most = 4;
            line.stream.concurrency(1 + world.random(4));
        }
    }

    /** When the loop has stopped. */
    void check() {
        lines.forEach(Line::check);
    }

    private final class Line {
        private final int number;
        private final int items = world.random(7);
        private final boolean isMapped = world.random.nextBoolean();
        private final boolean collects = world.random.nextBoolean();
        private final int failsAt = world.random(3) == 0 ? world.random(8) : -1;
        private final int sourceFailsAt = world.random(6) == 0 ? world.random(7) : -1;
        private final Items source = new Items();
        private int most = 1 + world.random(3);
        private ForEach stream;
        private int begun;

        /** The item whose call was refused at last; -1 when it was not. */
        private int refused = -1;

        private int underWay;
        private int delivered;

        Line(int number) {
            this.number = number;
        }

        void start() {
            WorkStream<Integer> described = described().concurrency(most);
            if (collects) {
                described = described.collectFailures(3);
            }
            if (world.random(5) == 0) {
                described = described.timeout(Duration.ofMillis(1 + world.random(6)));
            }
            stream = isMapped ? described.map(this::call, this::deliver) : described.run(this::call);
        }

        private WorkStream<Integer> described() {
            return switch (world.random(3)) {
                case 0 -> world.loop.forEach((Flow.Publisher<Integer>) source::subscribe);
                case 1 -> {
                    Iterable<Integer> iterable = () -> source;
                    yield world.loop.forEach(iterable);
                }
                default -> world.loop.forEach((Iterator<Integer>) source);
            };
        }

        private CompletionStage<Integer> call(int item) throws Exception {
            world.alone(this, world.simulation::step);
            if (!world.loop.onActiveThread()) {
                world.alarm("begun elsewhere: " + this);
            }
            boolean isAgain = item == refused;
            refused = -1;
            if (!isAgain && item != begun++) {
                world.alarm("item %d begun: %s".formatted(item, this));
            }
            if (item == failsAt && world.random.nextBoolean()) {
                throw new IllegalStateException("on purpose");
            }
            LoopFuture<Integer> call = world.loop.next(() -> operation(item));
            if (call.outcome() == Outcome.REJECTED) {
                refused = item; // the stream asks for it again
                return call;
            }
            return world.random(4) == 0 ? new CompletableFuture<Integer>().applyToEither(call, value -> value) : call;
        }

        private int operation(int item) throws Exception {
            if (++underWay > most && !stream.future().isDone()) {
                world.alarm("%d under way: %s".formatted(underWay, this));
            }
            try {
                world.simulation.step();
                if (world.random(3) == 0) {
                    world.simulation.sleep(world.millis(2));
                }
            } finally {
                underWay--;
            }
            if (item == failsAt) {
                throw new IllegalStateException("on purpose");
            }
            return item;
        }

        private void deliver(int item) throws Exception {
            world.alone(this, world.simulation::step);
            if (delivered++ > item) {
                world.alarm("result %d out of order: %s".formatted(item, this));
            }
            delivered = item + 1;
        }

        void check() {
            Outcome outcome = stream == null ? null : stream.future().outcome();
            if (outcome == null || stream.progress().inFlight() != 0) {
                world.alarm("is open: " + this);
            } else if (outcome == Outcome.SUCCEEDED) {
                checkReport(stream.future().join());
            }
            if (source.closed > 1 || (source.closed == 0 && begun > 0)) {
                world.alarm("source closed %d times: %s".formatted(source.closed, this));
            }
        }

        private void checkReport(StreamReport report) {
            if (report.done() + report.failed() != items || begun != items || report.discarded() != 0) {
                world.alarm("items are missing in %s: %s".formatted(report, this));
            }
        }

        @Override
        public String toString() {
            return "stream %d of %d items, %d begun, %s".formatted(number, items, begun, stream);
        }

        /** The items, for whoever reads them. */
        private final class Items implements Iterator<Integer>, AutoCloseable, Flow.Subscription {
            private int next;
            private int closed;
            private int readers;
            private long requested;
            private boolean sends;
            private Flow.Subscriber<? super Integer> subscriber;

            @Override
            public boolean hasNext() {
                if (++readers > 1) {
                    world.alarm("read by two threads: " + Line.this);
                }
                world.simulation.step();
                readers--;
                if (next == sourceFailsAt) {
                    throw new IllegalStateException("on purpose");
                }
                return next < items;
            }

            @Override
            public Integer next() {
                if (next >= items) {
                    throw new NoSuchElementException();
                }
                return next++;
            }

            @Override
            public void close() {
                world.simulation.step();
                if (readers > 0) {
                    world.alarm("closed while it is read: " + Line.this);
                }
                closed++;
            }

            void subscribe(Flow.Subscriber<? super Integer> other) {
                subscriber = other;
                other.onSubscribe(this);
            }

            @Override
            public void request(long n) {
                requested += n;
                if (!sends) {
                    sends = true;
                    world.simulation.fork("publisher", this::send);
                }
            }

            /** On a thread of its own, one at a time. */
            private void send() {
                while (next < Math.min(items, requested) && closed == 0) {
                    subscriber.onNext(next++);
                    world.simulation.step();
                }
                sends = false;
                if (next == items && closed == 0) {
                    closed = 1;
                    subscriber.onComplete();
                }
            }

            @Override
            public void cancel() {
                closed = 1;
            }
        }
    }
}
