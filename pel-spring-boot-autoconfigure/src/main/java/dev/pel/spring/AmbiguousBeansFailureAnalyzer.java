package dev.pel.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at the end of a failed start which beans cannot be told apart, and what to do. */
final class AmbiguousBeansFailureAnalyzer extends AbstractFailureAnalyzer<AmbiguousBeansException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AmbiguousBeansException cause) {
        return new FailureAnalysis(cause.problem(), cause.action(), cause);
    }
}
