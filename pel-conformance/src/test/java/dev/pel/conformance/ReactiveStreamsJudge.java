package dev.pel.conformance;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.example.unicast.AsyncIterablePublisher;
import org.reactivestreams.example.unicast.AsyncSubscriber;
import org.reactivestreams.example.unicast.InfiniteIncrementNumberPublisher;
import org.reactivestreams.example.unicast.NumberIterablePublisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.ITestListener;
import org.testng.ITestResult;
import org.testng.TestNG;
import org.testng.annotations.Factory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The test kit of Reactive Streams, on the publishers and subscribers published with it, which do all they do on an executor: here
 * each of the three lanes; on publishers that are made of calls; and on the subscriber that a stream of work is.
 */
public final class ReactiveStreamsJudge {
    private static final EntryCount ENTRIES = new EntryCount();
    private static final EventLoop LOOP = EventLoop.create(EventLoopOptions.defaults()
            .withName("streams")
            .withListener(ENTRIES)
            .withPassive(passive -> passive.withThreads(4))
            .withWork(work -> work.withThreads(2)));

    static Verdict judge() {
        LOOP.start();
        Listener listener = new Listener();
        TestNG kit = new TestNG(false);
        kit.setTestClasses(new Class<?>[] {ReactiveStreamsJudge.class});
        kit.addListener(listener);
        kit.setVerbose(0);
        kit.run();
        LOOP.close();
        return new Verdict(
                "Reactive Streams TCK", listener.finished, listener.failures, listener.skipped, ENTRIES.run(), "");
    }

    /** What the kit runs. */
    @Factory
    public Object[] onLanesAndHandles() {
        List<Object> tests = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            tests.add(new Publishers(LOOP.executor(lane)));
            tests.add(new Subscribers(LOOP.executor(lane)));
        }
        tests.add(new Streams());
        tests.add(new Handles(LOOP::next));
        tests.add(new Handles(operation -> LOOP.work(operation, value -> {})));
        return tests.toArray();
    }

    /** Time for what must come; time in which nothing may come. */
    private static TestEnvironment environment() {
        return new TestEnvironment(5_000, 50, 10);
    }

    /** Publishers that send on a lane. */
    public static final class Publishers extends PublisherVerification<Integer> {
        private final Executor lane;

        Publishers(Executor lane) {
            super(environment());
            this.lane = lane;
        }

        @Override
        public Publisher<Integer> createPublisher(long elements) {
            return elements > Integer.MAX_VALUE
                    ? new InfiniteIncrementNumberPublisher(lane)
                    : new NumberIterablePublisher(0, (int) elements, lane);
        }

        @Override
        public Publisher<Integer> createFailedPublisher() {
            return new AsyncIterablePublisher<>(
                    () -> {
                        throw new IllegalStateException("no elements at all");
                    },
                    lane);
        }
    }

    /**
     * Publishers each of whose elements a call has read from a cursor that is not safe for use by several threads: one read too
     * many, or one that does not see the one before, and elements are missing. Reactor asks for one after the other, and cancels.
     */
    public static final class Handles extends PublisherVerification<Integer> {
        private final Function<Callable<Integer>, LoopFuture<Integer>> call;

        Handles(Function<Callable<Integer>, LoopFuture<Integer>> call) {
            super(environment());
            this.call = call;
        }

        @Override
        public Publisher<Integer> createPublisher(long elements) {
            int count = (int) Math.min(elements, Integer.MAX_VALUE);
            return Flux.defer(() -> {
                Iterator<Integer> cursor = IntStream.range(0, count).iterator();
                return Flux.range(0, count).concatMap(i -> Mono.fromFuture(() -> call.apply(cursor::next)));
            });
        }

        @Override
        public Publisher<Integer> createFailedPublisher() {
            Mono<Integer> failed = Mono.fromFuture(() -> call.apply(() -> {
                throw new IllegalStateException("no element at all");
            }));
            // Reactor looks at a future only when an element is wanted; the kit wants none here, the buffer does
            return failed.flux().onBackpressureBuffer();
        }
    }

    /** Subscribers that receive on a lane, from a publisher on another loop. */
    public static final class Subscribers extends SubscriberBlackboxVerification<Integer> {
        private final Executor lane;

        Subscribers(Executor lane) {
            super(environment());
            this.lane = lane;
        }

        @Override
        public Subscriber<Integer> createSubscriber() {
            return new AsyncSubscriber<>(lane) {
                @Override
                protected boolean whenNext(Integer element) {
                    return true;
                }
            };
        }

        @Override
        public Integer createElement(int element) {
            return element;
        }

        @Override
        public ExecutorService publisherExecutorService() {
            EventLoop helper = EventLoop.create(LOOP.options().withName("streams-helper"));
            helper.start();
            return new LaneExecutorService(helper);
        }
    }

    /** The subscriber that a stream of work is, which makes a call of each item. */
    public static final class Streams extends SubscriberBlackboxVerification<Integer> {

        Streams() {
            super(environment());
        }

        @Override
        public Subscriber<Integer> createSubscriber() {
            CompletableFuture<Flow.Subscriber<? super Integer>> subscriber = new CompletableFuture<>();
            Flow.Publisher<Integer> publisher = subscriber::complete;
            LOOP.forEach(publisher)
                    .concurrency(2)
                    .run(item -> LOOP.next(() -> item))
                    .future()
                    .exceptionally(error -> null); // some are to fail
            @SuppressWarnings("unchecked") // it takes Integers
            Flow.Subscriber<Integer> ofIntegers = (Flow.Subscriber<Integer>) subscriber.join();
            return FlowAdapters.toSubscriber(ofIntegers);
        }

        @Override
        public Integer createElement(int element) {
            return element;
        }

        @Override
        public ExecutorService publisherExecutorService() {
            EventLoop helper = EventLoop.create(LOOP.options().withName("streams-helper"));
            helper.start();
            return new LaneExecutorService(helper);
        }
    }

    private static final class Listener implements ITestListener {
        private final List<String> failures = new ArrayList<>();
        private final List<String> skipped = new ArrayList<>();
        private int finished;

        @Override
        public void onTestSuccess(ITestResult result) {
            finished++;
        }

        @Override
        public void onTestFailure(ITestResult result) {
            finished++;
            failures.add(text(result));
        }

        @Override
        public void onTestSkipped(ITestResult result) {
            skipped.add(text(result));
        }

        private static String text(ITestResult result) {
            return result.getTestClass().getRealClass().getSimpleName() + "." + result.getName() + ": "
                    + result.getThrowable();
        }
    }
}
