package dev.pel.spring.actuate;

/** Whether the request that the current thread serves has a query, which Boot would mix with the body. */
@FunctionalInterface
interface RequestQuery {
    /**
     * Looks at the request.
     *
     * @return false also when there is no request, as with JMX
     */
    boolean isPresent();
}
