package dev.pel;

import static dev.pel.Loops.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What runs of an object that is operation, task and body at once: the method of the type that the overload takes. */
class OverloadTests {
    @RegisterExtension
    final Loops loops = new Loops();

    /** Everything at once; it notes which of its methods ran. */
    static final class Everything implements Callable<String>, Task, Body<Object>, BiBody<Object, Object>, Runnable {
        final List<String> ran = new CopyOnWriteArrayList<>();
        private final String name;

        Everything(String name) {
            this.name = name;
        }

        @Override
        public String call() {
            ran.add(name + ".call");
            return "value of " + name;
        }

        @Override
        public void run() {
            ran.add(name + ".run");
        }

        @Override
        public void accept(Object value) {
            ran.add(name + ".accept " + value);
        }

        @Override
        public void accept(Object first, Object second) {
            ran.add(name + ".accept both");
        }
    }

    /** What is called with two such objects, the second as the body if there is one. */
    interface Way {
        LoopFuture<?> submit(EventLoop loop, Everything first, Everything second);
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                way("next(Callable)", (l, a, b) -> l.next((Callable<String>) a), "a.call"),
                way("next(Task)", (l, a, b) -> l.next((Task) a), "a.run"),
                way("next(Callable, Body)", (l, a, b) -> l.next(a, (Body<Object>) b), "a.call", "b.accept value of a"),
                way("next(Task, Task)", (l, a, b) -> l.next(a, (Task) b), "a.run", "b.run"),
                way(
                        "next(Callable, Callable, BiBody)",
                        (l, a, b) -> l.next(a, a, b),
                        "a.call",
                        "a.call",
                        "b.accept both"),
                way("work(Callable)", (l, a, b) -> l.work((Callable<String>) a), "a.call"),
                way("work(Task)", (l, a, b) -> l.work((Task) a), "a.run"),
                way("work(Callable, Body)", (l, a, b) -> l.work(a, (Body<Object>) b), "a.call", "b.accept value of a"),
                way("work(Task, Task)", (l, a, b) -> l.work(a, (Task) b), "a.run", "b.run"),
                way(
                        "work(Callable, Callable, BiBody)",
                        (l, a, b) -> l.work(a, a, b),
                        "a.call",
                        "a.call",
                        "b.accept both"),
                way("enqueue(ACTIVE)", (l, a, b) -> l.enqueue(Lane.ACTIVE, (Task) a), "a.run"),
                way("enqueue value(ACTIVE)", (l, a, b) -> l.enqueue(Lane.ACTIVE, (Callable<?>) a), "a.call"),
                way("enqueue(PASSIVE)", (l, a, b) -> l.enqueue(Lane.PASSIVE, (Task) a), "a.run"),
                way("enqueue value(PASSIVE)", (l, a, b) -> l.enqueue(Lane.PASSIVE, (Callable<?>) a), "a.call"),
                way("enqueue(WORK)", (l, a, b) -> l.enqueue(Lane.WORK, (Task) a), "a.run"),
                way("enqueue value(WORK)", (l, a, b) -> l.enqueue(Lane.WORK, (Callable<?>) a), "a.call"),
                way("delay", (l, a, b) -> l.delay(Duration.ZERO, a), "a.run"),
                way("spec.next(Callable)", (l, a, b) -> l.call("x").next((Callable<String>) a), "a.call"),
                way("spec.next(Task)", (l, a, b) -> l.call("x").next((Task) a), "a.run"),
                way(
                        "spec.next(Callable, Body)",
                        (l, a, b) -> l.call("x").next(a, (Body<Object>) b),
                        "a.call",
                        "b.accept value of a"),
                way("spec.next(Task, Task)", (l, a, b) -> l.call("x").next(a, (Task) b), "a.run", "b.run"),
                way("spec.work(Callable)", (l, a, b) -> l.call("x").work((Callable<String>) a), "a.call"),
                way("spec.work(Task)", (l, a, b) -> l.call("x").work((Task) a), "a.run"),
                way(
                        "spec.work(Callable, Body)",
                        (l, a, b) -> l.call("x").work(a, (Body<Object>) b),
                        "a.call",
                        "b.accept value of a"),
                way("spec.work(Task, Task)", (l, a, b) -> l.call("x").work(a, (Task) b), "a.run", "b.run"),
                way("spec.enqueue(ACTIVE)", (l, a, b) -> l.call("x").enqueue(Lane.ACTIVE, (Task) a), "a.run"),
                way(
                        "spec.enqueue value(ACTIVE)",
                        (l, a, b) -> l.call("x").enqueue(Lane.ACTIVE, (Callable<?>) a),
                        "a.call"),
                way("spec.enqueue(PASSIVE)", (l, a, b) -> l.call("x").enqueue(Lane.PASSIVE, (Task) a), "a.run"),
                way(
                        "spec.enqueue value(PASSIVE)",
                        (l, a, b) -> l.call("x").enqueue(Lane.PASSIVE, (Callable<?>) a),
                        "a.call"),
                way("spec.enqueue(WORK)", (l, a, b) -> l.call("x").enqueue(Lane.WORK, (Task) a), "a.run"),
                way(
                        "spec.enqueue value(WORK)",
                        (l, a, b) -> l.call("x").enqueue(Lane.WORK, (Callable<?>) a),
                        "a.call"));
    }

    private static Arguments way(String name, Way way, String... ran) {
        return Arguments.of(name, way, List.of(ran));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void overloadThatWasChosenDecidesWhatRuns(String name, Way way, List<String> expected) {
        Everything first = new Everything("a");
        Everything second = new Everything("b");
        get(way.submit(loops.started(), first, second));
        assertThat(Stream.concat(first.ran.stream(), second.ran.stream())).containsExactlyElementsOf(expected);
    }

    @Test
    void commandOfAnExecutorRunsAsARunnable() {
        EventLoop loop = loops.started();
        for (Lane lane : Lane.values()) {
            Everything command = new Everything("c");
            loop.executor(lane).execute(command);
            await().atMost(Loops.LONG).until(() -> !command.ran.isEmpty());
            assertThat(command.ran).containsExactly("c.run");
        }
    }

    @Test
    void taskThatIsNothingElseIsNotWrapped() {
        Task task = () -> {};
        assertThat(PlainTask.of(task)).isSameAs(task);
    }

    @Test
    void placeOfTheFailingCodeIsThatOfTheTask() {
        List<Failure> told = new CopyOnWriteArrayList<>();
        EventLoop loop = loops.started(
                options -> options.withCallSiteInterval(Duration.ofDays(1)).withErrorHandler(told::add));
        get(loop.next(() -> 1)); // takes the one place of this day
        loop.next((Task) new Failing());
        await().atMost(Loops.LONG).until(() -> !told.isEmpty());
        assertThat(told.get(0).submissionSite().getClassName()).isEqualTo(Failing.class.getName());
    }

    /** A task that fails, and a body as well. */
    static final class Failing implements Task, Body<Object> {
        @Override
        public void run() {
            throw new IllegalStateException("run");
        }

        @Override
        public void accept(Object value) {
            throw new IllegalStateException("accept");
        }
    }
}
