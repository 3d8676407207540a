package dev.pel.spring.test;

import dev.pel.test.Simulation;
import dev.pel.test.SimulationFailure;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Fails a test that leaves failures behind with which nobody has dealt; those of the context's start fail the first test. */
final class SimulationFailureListener extends AbstractTestExecutionListener {
    /** The last one comes first after a test: the application is then still as the test has left it. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void afterTestMethod(TestContext test) {
        if (!test.hasApplicationContext()) {
            return;
        }
        ApplicationContext context = test.getApplicationContext();
        for (String name : context.getBeanNamesForType(Simulation.class, false, false)) {
            assertNoFailures(context.getBean(name, Simulation.class), test);
        }
    }

    private static void assertNoFailures(Simulation simulation, TestContext test) {
        try {
            simulation.assertNoFailures();
        } catch (SimulationFailure e) {
            Throwable own = test.getTestException();
            if (own == null) {
                throw e;
            }
            own.addSuppressed(e);
        }
    }
}
