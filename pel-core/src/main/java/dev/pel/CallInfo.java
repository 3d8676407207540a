package dev.pel;

import org.jspecify.annotations.Nullable;

/** What a listener may know about a call. */
public interface CallInfo {
    /**
     * The call's number.
     *
     * @return a number that no other call of the same run has
     */
    long id();

    /**
     * The call's label.
     *
     * @return the label given with {@link EventLoop#call(String)}, or null
     */
    @Nullable String label();

    /**
     * Which attempt runs, or comes next: more than the first only for a call with {@link CallSpec#retry}.
     *
     * @return the number, from 1 on; 1 for all other calls
     */
    default int attempts() {
        return 1;
    }
}
