package dev.pel;

/** A queue and the threads that empty it. Every loop has exactly these three. */
public enum Lane {
    /** One thread, which runs every body: continuations, timers' tasks and posted tasks. */
    ACTIVE,
    /** Threads for operations that block: JDBC, SOAP, LDAP, a vendor's SDK. */
    PASSIVE,
    /** Threads for operations that burn CPU. */
    WORK
}
