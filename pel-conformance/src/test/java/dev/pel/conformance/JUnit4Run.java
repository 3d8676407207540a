package dev.pel.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.manipulation.Filter;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** Runs tests written for JUnit 3 and 4. */
final class JUnit4Run extends RunListener {
    private static final int ATTEMPTS = 3;

    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger gaveUp = new AtomicInteger();
    private final List<Failure> failed = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> again = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    /** Runs all tests of the classes that the predicate, given {@code Class.method}, lets through. */
    static JUnit4Run of(Predicate<String> wanted, Class<?>... classes) {
        JUnit4Run run = new JUnit4Run();
        JUnitCore core = new JUnitCore();
        core.addListener(run);
        core.run(Request.classes(classes).filterWith(new Filter() {
            @Override
            public boolean shouldRun(Description description) {
                return !description.isTest() || wanted.test(name(description));
            }

            @Override
            public String describe() {
                return "those that apply";
            }
        }));
        run.failed.forEach(run::judge);
        return run;
    }

    /** A failure counts, unless the test is known to fail by itself now and then, and passes when it runs again. */
    private void judge(Failure failure) {
        Description test = failure.getDescription();
        if (test.isTest() && RacyByThemselves.TESTS.contains(name(test)) && passes(test)) {
            again.add(name(test));
        } else {
            failures.add(test + ": " + failure.getTrace());
        }
    }

    private static boolean passes(Description test) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Request alone = Request.method(test.getTestClass(), test.getMethodName());
            if (new JUnitCore().run(alone).wasSuccessful()) {
                return true;
            }
        }
        return false;
    }

    private static String name(Description description) {
        return description.getTestClass().getSimpleName() + "." + description.getMethodName();
    }

    @Override
    public void testFinished(Description description) {
        finished.incrementAndGet();
    }

    @Override
    public void testFailure(Failure failure) {
        failed.add(failure);
    }

    @Override
    public void testIgnored(Description description) {
        ignored.add(description.toString());
    }

    @Override
    public void testAssumptionFailure(Failure failure) {
        gaveUp.incrementAndGet(); // it counts as finished as well
        ignored.add(failure.getDescription() + ": " + failure.getMessage());
    }

    Verdict verdict(String judge, long entries, String note) {
        String repeated = again.isEmpty() ? "" : ", run again " + again;
        return new Verdict(judge, finished.get() - gaveUp.get(), failures, ignored, entries, note + repeated);
    }
}
