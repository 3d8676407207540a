package dev.pel;

/** The kind of threads a lane runs its operations on. The lane's cap and its queue stay, whatever the kind. */
public enum ThreadKind {
    /** Operating-system threads. */
    PLATFORM,
    /** Virtual threads; needs Java 21 or later. */
    VIRTUAL
}
