package dev.pel.mutants;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A program that runs the test methods of the given names until one fails. It ends the JVM whatever runs then, because a loop
 * with a bug may never end.
 */
final class NamedTests implements TestExecutionListener {
    /** The exit code when all tests have passed. */
    static final int PASSED = 0;

    /** The exit code when a test has failed. */
    static final int FAILED = 70;

    /** The exit code when there is no test of one of the names. */
    static final int MISSING = 71;

    /** Stands before the name of the test that has failed. */
    static final String FAILED_MARK = "FAILED TEST: ";

    /** Stands before the names for which there are no tests. */
    static final String MISSING_MARK = "MISSING TESTS: ";

    private final Set<String> missing;

    private NamedTests(List<String> names) {
        this.missing = new HashSet<>(names);
    }

    public static void main(String[] arguments) {
        List<String> names = Arrays.asList(arguments);
        NamedTests tests = new NamedTests(names);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("dev.pel"))
                .filters(EngineFilter.includeEngines("junit-jupiter"), (PostDiscoveryFilter)
                        test -> FilterResult.includedIf(isNamed(test, names)))
                .build();
        LauncherFactory.create().execute(request, tests);
        if (tests.missing.isEmpty()) {
            end(PASSED, "");
        }
        end(MISSING, MISSING_MARK + tests.missing);
    }

    private static boolean isNamed(TestDescriptor test, List<String> names) {
        return methodOf(test.getSource()).filter(names::contains).isPresent();
    }

    private static Optional<String> methodOf(Optional<TestSource> source) {
        return source.filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .map(MethodSource::getMethodName);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        methodOf(test.getSource()).ifPresent(missing::remove);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            result.getThrowable().ifPresent(Throwable::printStackTrace);
            end(FAILED, FAILED_MARK + methodOf(test.getSource()).orElseGet(test::getDisplayName));
        }
    }

    private static void end(int code, String message) {
        System.out.println();
        System.out.println(message);
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }
}
