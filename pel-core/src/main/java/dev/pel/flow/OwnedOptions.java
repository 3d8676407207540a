package dev.pel.flow;

import dev.pel.CallSpec;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What a loop does with a resource that it owns: what its calls are named, how it is closed, and after which failures it is opened again. Immutable.
 *
 * <pre>{@code
 * Owned<RandomAccessFile> journal = loop.own(
 *         () -> new RandomAccessFile("journal", "rw"),
 *         options -> options.withLabel("journal").withReopenAfter(java.io.IOException.class::isInstance));
 * }</pre>
 *
 * @param <R> the type of the resource
 */
public final class OwnedOptions<R> {
    private final String label;
    private final ResourceTask<? super R> closer;
    private final Predicate<? super Throwable> reopenAfter;

    private OwnedOptions(String label, ResourceTask<? super R> closer, Predicate<? super Throwable> reopenAfter) {
        this.label = label;
        this.closer = closer;
        this.reopenAfter = reopenAfter;
    }

    /**
     * The options of {@link dev.pel.EventLoop#own(java.util.concurrent.Callable)}: the label {@code owned}; a resource that is
     * {@code AutoCloseable} is closed by that, and another one is let go of; it is opened again after a failure that is, or is caused by,
     * anything but a {@code RuntimeException}: by an {@code IOException}, a {@code SQLException}, an interrupt or an {@code Error},
     * say, and not by an {@code IllegalArgumentException} alone.
     *
     * @param <R> the type of the resource
     * @return the options
     */
    public static <R> OwnedOptions<R> defaults() {
        return new OwnedOptions<>("owned", OwnedOptions::closeIfPossible, OwnedOptions::isNotOfCodeAlone);
    }

    private static void closeIfPossible(Object resource) throws Exception {
        if (resource instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    /** The causes may form a ring: no chain of more than a hundred tells more. */
    private static boolean isNotOfCodeAlone(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < 100 && cause != null; i++) {
            if (!(cause instanceof RuntimeException)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /**
     * The same with another label.
     *
     * @param label names the resource and its calls in failures, reports and metrics; not blank
     * @return the changed copy
     * @throws IllegalArgumentException when it is blank
     */
    public OwnedOptions<R> withLabel(String label) {
        if (Objects.requireNonNull(label, "label").isBlank()) {
            throw new IllegalArgumentException("'label' must not be blank but was '" + label + "'");
        }
        return new OwnedOptions<>(label, closer, reopenAfter);
    }

    /**
     * The same with another way to close it.
     *
     * @param closer closes it; runs on a passive thread, and at a stop whose deadline has passed on a completion thread
     * @return the changed copy
     */
    public OwnedOptions<R> withCloser(ResourceTask<? super R> closer) {
        return new OwnedOptions<>(label, Objects.requireNonNull(closer, "closer"), reopenAfter);
    }

    /**
     * The same with another rule for which failures of an operation leave a resource that is of no use any more. It is closed then, and opened
     * again by the next operation.
     *
     * @param failures whether to open it again after this one; runs on the thread on which the operation has failed. When it throws, it is
     *     opened again
     * @return the changed copy
     */
    public OwnedOptions<R> withReopenAfter(Predicate<? super Throwable> failures) {
        return new OwnedOptions<>(label, closer, Objects.requireNonNull(failures, "failures"));
    }

    /**
     * The name of the resource and its calls.
     *
     * @return the label
     */
    public String label() {
        return label;
    }

    ResourceTask<? super R> closer() {
        return closer;
    }

    /** Whether a failure leaves a resource of no use. */
    @SuppressWarnings("ReferenceEquality") // the very same error is meant: it cannot be suppressed by itself
    boolean isBrokenBy(Throwable failure) {
        try {
            return reopenAfter.test(failure);
        } catch (Throwable e) {
            if (e != failure) {
                failure.addSuppressed(e); // the handle tells of both
            }
            return true;
        }
    }

    /** The calls of an owned resource come in turn already. */
    void refuseOtherOrder(CallSpec calls) {
        if (calls.hasKey()) {
            throw new IllegalArgumentException(
                    "'key' is for calls without an order, and those of owned '%s' come in turn already: leave it out"
                            .formatted(label));
        }
    }
}
