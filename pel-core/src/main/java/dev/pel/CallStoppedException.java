package dev.pel;

/** The failure of a call that had not ended when its loop stopped. */
public final class CallStoppedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    CallStoppedException(String loop) {
        super("Loop '%s' stopped before this call had ended.".formatted(loop));
    }

    /** Made for every call that a stop ends, and thrown by none: a stack trace would only cost time. */
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
