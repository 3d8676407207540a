package dev.pel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a dependent of two futures that have both failed, at least the second with a refusal. Users see the
 * {@code CompletionException} around the failure that counts. Pel keeps the other failure in it: a user who looks at the end of the
 * dependent has noticed both failures, and only refusals that nobody notices are logged.
 */
@SuppressWarnings("ReferenceEquality") // the very same throwable is meant
final class JoinedFailure extends CompletionException {
    private static final long serialVersionUID = 1L;

    /** What the two futures failed with. Null when somebody has looked: then all refusals in them are known. */
    private transient volatile @Nullable Throwable first;

    private transient volatile @Nullable Throwable second;

    private JoinedFailure(Throwable first, Throwable second) {
        super(Causes.cause(first));
        this.first = first;
        this.second = second;
    }

    /** The failure of what depends on two futures: that of the first, which tells of the refusals in that of the second, too. */
    static @Nullable Throwable of(@Nullable Throwable first, @Nullable Throwable second) {
        if (first == null) {
            return second;
        }
        return second != null && first != second && isToTell(second) ? new JoinedFailure(first, second) : first;
    }

    private static boolean isToTell(Throwable error) {
        return (error instanceof JoinedFailure joined && joined.first != null)
                || (Causes.cause(error) instanceof CallRejectedException why && why.window() != null);
    }

    /** Somebody has got this failure, at whatever end of a chain: all refusals in it are known. */
    static void seen(Throwable error) {
        Causes.seen(error);
        if (error instanceof JoinedFailure joined) {
            joined.seenParts();
        }
    }

    /** Rows of joined handles may be longer than a stack is deep. */
    private void seenParts() {
        Deque<Throwable> open = new ArrayDeque<>();
        takeParts(open);
        Throwable next = open.poll();
        while (next != null) {
            Causes.seen(next);
            if (next instanceof JoinedFailure joined) {
                joined.takeParts(open);
            }
            next = open.poll();
        }
    }

    /** Takes the two parts; concurrent threads may both get them, which is harmless. */
    private void takeParts(Deque<Throwable> parts) {
        Throwable one = first;
        Throwable other = second;
        if (one != null && other != null) {
            parts.push(other);
            parts.push(one);
        }
        first = null;
        second = null;
    }

    /** As the class that users know. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message is the JDK's, too: it is the name that is to be theirs
    public String toString() {
        return CompletionException.class.getName() + ": " + getMessage();
    }
}
