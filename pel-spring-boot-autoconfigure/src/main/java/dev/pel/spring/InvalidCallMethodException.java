package dev.pel.spring;

/** A method with {@link Next} or {@link Work} that cannot work as one; the application does not start. */
final class InvalidCallMethodException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String action;

    /**
     * Names all that is needed to repair it.
     *
     * @param problem the annotation, class, method and, where one is known, the line, and the rule it breaks
     * @param action what to do
     */
    InvalidCallMethodException(String problem, String action) {
        super(problem + " " + action);
        this.problem = problem;
        this.action = action;
    }

    /**
     * Names the line of the method, too, where there is one.
     *
     * @param marked the method
     * @param problem the annotation, class and method, and the rule it breaks
     * @param action what to do
     */
    InvalidCallMethodException(MarkedMethod marked, String problem, String action) {
        this(problem + MethodPlace.sentence(marked.method()), action);
    }

    String problem() {
        return problem;
    }

    String action() {
        return action;
    }
}
