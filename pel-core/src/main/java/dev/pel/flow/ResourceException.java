package dev.pel.flow;

/** A resource that is owned by a loop could not be opened, could not be closed, or has been closed already. The cause, where there is one, says why. */
public final class ResourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ResourceException(String message, Throwable cause) {
        super(message, cause);
    }

    private ResourceException(String message) {
        super(message);
    }

    static ResourceException notOpened(String label, Throwable cause) {
        return new ResourceException("'%s' could not be opened: %s".formatted(label, cause), cause);
    }

    static ResourceException notClosed(String label, Throwable cause) {
        return new ResourceException("'%s' could not be closed: %s".formatted(label, cause), cause);
    }

    static ResourceException closed(String label) {
        return new ResourceException("'%s' has been closed: make another one with 'own'".formatted(label));
    }

    static ResourceException stopped(String label) {
        return new ResourceException("'%s' was not opened, because the loop has stopped".formatted(label));
    }

    static ResourceException inUse(String label) {
        return new ResourceException(
                "'%s' is in use elsewhere: a stop of the loop closes it, or has left an operation of it running; try again when that has ended"
                        .formatted(label));
    }
}
