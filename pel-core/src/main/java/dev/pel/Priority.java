package dev.pel;

/** Which of the calls that wait in a lane its threads take first. */
public enum Priority {
    /** First in, first out, before all of {@link #LOW}. */
    NORMAL,

    /**
     * When nothing of {@link #NORMAL} waits, and else each sixteenth time: so a call of low priority waits long in a busy lane, but never for
     * ever.
     */
    LOW
}
