package dev.pel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The real clock and real threads. */
final class JdkMachine implements Machine {
    /** Makes virtual threads without inherited thread locals; null on a Java that has none. */
    private static final @Nullable MethodHandle VIRTUAL = virtualFactory();

    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    private final @Nullable ThreadFactory factory;

    JdkMachine() {
        this(null);
    }

    /** Platform threads are made by the given factory, unless that is null. */
    JdkMachine(@Nullable ThreadFactory factory) {
        this.factory = factory;
    }

    static boolean hasVirtualThreads() {
        return VIRTUAL != null;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Thread thread(String name, ThreadKind kind, boolean daemon, Runnable body) {
        if (factory != null && kind == ThreadKind.PLATFORM) {
            return made(factory, name, body);
        }
        Thread thread = kind == ThreadKind.VIRTUAL ? virtual(body) : new Thread(null, body, name, 0, false);
        thread.setName(name);
        if (kind == ThreadKind.PLATFORM) {
            thread.setDaemon(daemon);
        }
        // the thread that happens to resize a lane must not leave its class loader on the lane's threads
        thread.setContextClassLoader(loader);
        return thread;
    }

    /** A thread of the given factory, which decides about its name and settings; the name given here only serves the message. */
    private static Thread made(ThreadFactory factory, String name, Runnable body) {
        @Nullable Thread thread = factory.newThread(body);
        if (thread == null) {
            throw new RejectedExecutionException("Thread factory %s made no thread for '%s'".formatted(factory, name));
        }
        return thread;
    }

    private static Thread virtual(Runnable body) {
        if (VIRTUAL == null) {
            throw new IllegalStateException("This Java has no virtual threads");
        }
        try {
            return ((ThreadFactory) VIRTUAL.invokeExact()).newThread(body);
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("Virtual threads could not be made", e);
        }
    }

    @Override
    public void start(Thread thread) {
        thread.start();
    }

    @Override
    public void park(Object blocker, long nanos) {
        if (nanos == 0) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, nanos);
        }
    }

    @Override
    public void unpark(@Nullable Thread thread) {
        LockSupport.unpark(thread);
    }

    /** The JDK waits for futures itself. */
    @Override
    public long await(CompletableFuture<?> future, boolean interruptible, long nanos) {
        return nanos;
    }

    @Override
    public boolean hasUnseenWaits() {
        return true;
    }

    @Override
    public @Nullable Object blocker(Thread thread) {
        return LockSupport.getBlocker(thread);
    }

    @Override
    public void spin() {
        Thread.onSpinWait();
    }

    @Override
    public int processors() {
        return PROCESSORS;
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // it is a courtesy, nothing depends on it
    public void giveWay() {
        Thread.yield();
    }

    /** {@code () -> Thread.ofVirtual().inheritInheritableThreadLocals(false).factory()}, from Java 17 byte code. */
    private static @Nullable MethodHandle virtualFactory() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle make = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle inherit = lookup.findVirtual(
                    ofVirtual, "inheritInheritableThreadLocals", MethodType.methodType(ofVirtual, boolean.class));
            MethodHandle factory = lookup.findVirtual(
                    Class.forName("java.lang.Thread$Builder"), "factory", MethodType.methodType(ThreadFactory.class));
            MethodHandle bare = MethodHandles.filterReturnValue(make, MethodHandles.insertArguments(inherit, 1, false));
            return MethodHandles.filterReturnValue(
                    bare, factory.asType(MethodType.methodType(ThreadFactory.class, ofVirtual)));
        } catch (ReflectiveOperationException e) {
            return null; // Java 20 or older: options that ask for virtual threads are refused
        }
    }
}
