package dev.pel.spring;

/** Several beans of which it cannot be told which one is meant; the application does not start. */
final class AmbiguousBeansException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String action;

    /**
     * Names all that is needed to repair it.
     *
     * @param problem the type, the names of the beans, and the rule that they break
     * @param action what to do
     */
    AmbiguousBeansException(String problem, String action) {
        super(problem + " " + action);
        this.problem = problem;
        this.action = action;
    }

    String problem() {
        return problem;
    }

    String action() {
        return action;
    }
}
