package dev.pel.spring;

import dev.pel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Looks whether there are the limits and beans that annotations name. When all beans have been made, because to look earlier would make the
 * loop, and whatever it needs, too early; at once for beans that are made later.
 */
final class TermChecks implements SmartInitializingSingleton {
    private final ObjectProvider<EventLoop> loop;
    private final RetryBeans rules;

    /** Those that are still to be looked at; null when all beans have been made. Guarded by this. */
    private @Nullable List<PlannedTerms> waiting = new ArrayList<>();

    /**
     * For all beans of a context.
     *
     * @param loop has the limits
     * @param rules the beans with rules for retries
     */
    TermChecks(ObjectProvider<EventLoop> loop, RetryBeans rules) {
        this.loop = loop;
        this.rules = rules;
    }

    /**
     * Looks at the terms of one method, now or when all beans have been made.
     *
     * @throws InvalidCallMethodException when there is not what they name
     */
    void check(PlannedTerms terms) {
        if (terms.nameOthers() && !isKept(terms)) {
            checkNow(terms);
        }
    }

    private synchronized boolean isKept(PlannedTerms terms) {
        return waiting != null && waiting.add(terms);
    }

    @Override
    public void afterSingletonsInstantiated() {
        taken().forEach(this::checkNow);
    }

    private synchronized List<PlannedTerms> taken() {
        List<PlannedTerms> all = waiting == null ? List.of() : waiting;
        waiting = null;
        return all;
    }

    private void checkNow(PlannedTerms terms) {
        EventLoop known = loop.getIfAvailable();
        if (known != null) { // else each call says so
            terms.check(known.options(), rules);
        }
    }
}
