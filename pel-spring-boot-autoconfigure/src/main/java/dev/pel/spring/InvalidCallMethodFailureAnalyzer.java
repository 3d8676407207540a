package dev.pel.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at the end of a failed start which annotated method is to be repaired, and how. */
final class InvalidCallMethodFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCallMethodException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidCallMethodException cause) {
        return new FailureAnalysis(cause.problem(), cause.action(), cause);
    }
}
