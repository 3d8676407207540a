package dev.pel.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The program of the JVM in which tests meet a mutant: runs them until the first one fails, and writes that into a file. It ends
 * the JVM without ceremony, because a loop with a bug may never end.
 */
final class Judge implements TestExecutionListener {
    private final Path protocol;
    private volatile String running = "the start";
    private volatile int tests;

    private Judge(Path protocol) {
        this.protocol = protocol;
    }

    /** Arguments: the file to write, the time limit in milliseconds, and the tests. */
    public static void main(String[] arguments) {
        Judge judge = new Judge(Path.of(arguments[0]));
        judge.limit(Long.parseLong(arguments[1]));
        Launcher launcher = LauncherFactory.create();
        for (String test : Arrays.asList(arguments).subList(2, arguments.length)) {
            judge.run(launcher, test);
        }
        judge.end(Verdict.Kind.SURVIVED, "");
    }

    private void limit(long millis) {
        Thread limit = new Thread(() -> {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IllegalStateException("Nobody interrupts this thread", e);
            }
            end(Verdict.Kind.TIMED_OUT, running);
        });
        limit.setDaemon(true);
        limit.start();
    }

    private void run(Launcher launcher, String test) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors(test))
                .filters(TagFilter.excludeTags("thorough"))
                .build();
        long begin = System.nanoTime();
        int before = tests;
        launcher.execute(request, this);
        if (tests == before) {
            end(Verdict.Kind.KILLED, "There is no test in " + test);
        }
        write("%s\t%d".formatted(test, (System.nanoTime() - begin) / 1_000_000));
    }

    /** Finds a test class, or a method of one, by its name within {@code dev.pel}; a method begins with a small letter. */
    static List<? extends DiscoverySelector> selectors(String test) {
        int dot = test.lastIndexOf('.');
        boolean isMethod = dot >= 0 && Character.isLowerCase(test.charAt(dot + 1));
        String name = isMethod ? test.substring(0, dot) : test;
        Class<?> type;
        try {
            type = Class.forName("dev.pel." + name);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("There is no test class " + name, e);
        }
        if (!isMethod) {
            return List.of(selectClass(type));
        }
        List<Method> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !method.isSynthetic() && method.getName().equals(test.substring(dot + 1)))
                .toList();
        if (methods.size() != 1) {
            throw new IllegalArgumentException("There is no test " + test);
        }
        return List.of(selectMethod(type, methods.get(0)));
    }

    @Override
    public void executionStarted(TestIdentifier identifier) {
        if (identifier.isTest()) {
            tests++;
            running = nameOf(identifier);
        }
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.FAILED) {
            result.getThrowable().ifPresent(Throwable::printStackTrace);
            end(Verdict.Kind.KILLED, nameOf(identifier));
        }
    }

    private static String nameOf(TestIdentifier identifier) {
        return identifier
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(method -> method.getJavaClass().getSimpleName() + "." + method.getMethodName())
                .orElseGet(identifier::getDisplayName);
    }

    private void end(Verdict.Kind kind, String by) {
        write("%s\t%s".formatted(kind, by));
        Runtime.getRuntime().halt(0);
    }

    private synchronized void write(String line) {
        try {
            Files.writeString(protocol, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
