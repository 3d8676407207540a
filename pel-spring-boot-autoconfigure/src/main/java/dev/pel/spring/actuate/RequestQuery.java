package dev.pel.spring.actuate;

/** Whether the request that the current thread serves has a query, which Boot would mix with the body. */
@FunctionalInterface
interface RequestQuery {
    /** What is answered to a write that has one. */
    String RULE = "Parameters belong into the body, as in {\"action\":\"stop\"}: send the request without a query.";

    /**
     * Looks at the request.
     *
     * @return false also when there is no request, as with JMX
     */
    boolean isPresent();
}
