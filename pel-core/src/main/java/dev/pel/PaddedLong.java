package dev.pel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A number that shares its cache line with nothing else, neither with what lies before it nor with what lies behind. What one
 * thread writes with every call would otherwise take the line away from those who only read its neighbours.
 */
final class PaddedLong extends PaddedLongValue {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(PaddedLongValue.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    long b1;
    long b2;
    long b3;
    long b4;
    long b5;
    long b6;
    long b7;
    long b8;

    long get() {
        return value;
    }

    void set(long now) {
        value = now;
    }

    /** For a single writer, or to release something: earlier writes are seen before this one, and later ones may be, too. */
    void setRelease(long now) {
        VALUE.setRelease(this, now);
    }

    boolean compareAndSet(long before, long now) {
        return VALUE.compareAndSet(this, before, now);
    }

    long getAndIncrement() {
        return (long) VALUE.getAndAdd(this, 1L);
    }
}

class PaddedLongValue extends Padding {
    volatile long value;
}
