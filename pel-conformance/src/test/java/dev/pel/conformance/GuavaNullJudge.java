package dev.pel.conformance;

import com.google.common.reflect.ClassPath;
import com.google.common.testing.NullPointerTester;
import dev.pel.CallSpec;
import dev.pel.ElasticOptions;
import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LaneOptions;
import dev.pel.LaneStats;
import dev.pel.LimitOptions;
import dev.pel.LoopFuture;
import dev.pel.LoopStats;
import dev.pel.PeriodicSpec;
import dev.pel.Retry;
import dev.pel.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.TypeVariable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Guava's test for null, on every parameter of pel's public types that does not say {@code @Nullable}: given null, the method must
 * throw {@code NullPointerException}, at once.
 */
final class GuavaNullJudge {
    private static final String LIMIT = "limit";

    private final EntryCount entries = new EntryCount();
    private final EventLoop loop = EventLoop.create(EventLoopOptions.defaults()
            .withName("null")
            .withLimit(LIMIT, limit -> limit.withConcurrency(1))
            .withListener(entries));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final NullPointerTester tester = new NullPointerTester();
    private final LoopFuture<Object> pending;
    private final Map<Class<?>, Object> subjects;
    private final List<String> failures = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private int checked;

    private GuavaNullJudge() {
        loop.start();
        pending = loop.next(() -> {
            gate.await();
            return "value";
        });
        EventLoopOptions options = loop.options();
        subjects = Map.ofEntries(
                Map.entry(EventLoop.class, loop),
                Map.entry(EventLoopOptions.class, options),
                Map.entry(EventLoopOptions.Hooks.class, options.hooks()),
                Map.entry(LaneOptions.class, options.active()),
                Map.entry(ElasticOptions.class, options.passive().elastic()),
                Map.entry(
                        LimitOptions.class,
                        Objects.requireNonNull(options.limits().get(LIMIT))),
                Map.entry(CallSpec.class, loop.call("label")),
                Map.entry(PeriodicSpec.class, loop.every(Duration.ofDays(1))),
                Map.entry(Retry.class, Retry.times(1)),
                Map.entry(Script.class, endedScript()),
                Map.entry(LoopFuture.class, pending),
                Map.entry(LoopStats.class, loop.stats()),
                Map.entry(LaneStats.class, loop.stats().lane(Lane.WORK)));
        subjects.forEach(this::byDefault);
        tester.setDefault(CompletionStage.class, new CompletableFuture<>());
        tester.setDefault(String.class, "text");
        tester.setDefault(int.class, 1);
    }

    /** It refuses null before it says that it has ended. */
    private Script endedScript() {
        CompletableFuture<Script> given = new CompletableFuture<>();
        loop.script(given::complete).join();
        return given.join();
    }

    @SuppressWarnings("unchecked") // a subject is of its class
    private <T> void byDefault(Class<T> type, Object subject) {
        tester.setDefault(type, (T) subject);
    }

    static Verdict judge() {
        GuavaNullJudge judge = new GuavaNullJudge();
        publicTypes().forEach(judge::check);
        judge.gate.countDown();
        judge.pending.join();
        judge.loop.forceStop().join(); // what was attached to a future that never ends would hold up a drain
        return new Verdict(
                "Guava NullPointerTester", judge.checked, judge.failures, judge.leftOut, judge.entries.run(), "");
    }

    private static Stream<Class<?>> publicTypes() {
        try {
            return ClassPath.from(EventLoop.class.getClassLoader())
                    .getTopLevelClasses(EventLoop.class.getPackageName())
                    .stream()
                    .<Class<?>>map(ClassPath.ClassInfo::load)
                    .flatMap(type -> Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses())))
                    .filter(type -> Modifier.isPublic(type.getModifiers()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(Class<?> type) {
        if (NotApplicable.RESULTS.contains(type)) {
            leftOut.add(type.getSimpleName() + "'s constructor, which is for pel to call");
        } else {
            for (Constructor<?> constructor : type.getConstructors()) {
                each(constructor, index -> tester.testConstructorParameter(constructor, index));
            }
        }
        Class<?> owner = type;
        do { // a user calls what a class inherits from one that is not public as if it were the class's own
            Arrays.stream(owner.getDeclaredMethods())
                    .filter(GuavaNullJudge::isForUsers)
                    .forEach(method -> check(type, method));
            owner = owner.getSuperclass();
        } while (owner != null && owner.getPackage() == type.getPackage() && !Modifier.isPublic(owner.getModifiers()));
    }

    private static boolean isForUsers(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !method.isSynthetic()
                && !isEquals(method)
                && Arrays.stream(method.getParameterTypes()).allMatch(type -> Modifier.isPublic(type.getModifiers()));
    }

    private static boolean isEquals(Method method) {
        return method.getName().equals("equals") && method.getParameterCount() == 1;
    }

    private void check(Class<?> type, Method method) {
        Object subject = subjects.get(type);
        if (subject != null || Modifier.isStatic(method.getModifiers()) || method.getParameterCount() == 0) {
            each(method, index -> tester.testMethodParameter(subject, method, index));
        } else if (NotApplicable.BY_OTHERS.contains(type)) {
            leftOut.add(type.getSimpleName() + "." + method.getName() + ", which is for others to write");
        } else {
            failures.add("Nothing to call it on: " + method);
        }
    }

    private void each(Executable executable, Check check) {
        Parameter[] parameters = executable.getParameters();
        for (int index = 0; index < parameters.length; index++) {
            if (parameters[index].getType().isPrimitive() || mayBeNull(parameters[index].getAnnotatedType())) {
                continue; // as the tester does without a word
            }
            checked++;
            try {
                check.of(index);
            } catch (Throwable e) {
                failures.add(executable + " parameter " + parameters[index].getName() + ": " + e.getMessage());
            }
        }
    }

    private static boolean mayBeNull(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class)
                || (type.getType() instanceof TypeVariable<?> variable
                        && Arrays.stream(variable.getAnnotatedBounds())
                                .anyMatch(bound -> bound.isAnnotationPresent(Nullable.class)));
    }

    private interface Check {
        void of(int index) throws Exception;
    }
}
