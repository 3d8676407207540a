package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** The marked method itself, on a thread of its lane; a future that it returns is waited for right there. */
final class MethodOperation implements Callable<@Nullable Object> {
    private final MethodInvocation invocation;

    /**
     * For one call of the method.
     *
     * @param invocation goes on to the method
     */
    MethodOperation(MethodInvocation invocation) {
        this.invocation = invocation;
    }

    /** One that may run several times: an invocation itself goes on to the method only once. */
    static Callable<@Nullable Object> repeated(MethodInvocation invocation) {
        ProxyMethodInvocation origin = (ProxyMethodInvocation) invocation; // as all that proxies of Spring make
        return () -> new MethodOperation(origin.invocableClone()).call();
    }

    @Override
    public @Nullable Object call() throws Exception {
        Object value;
        try {
            value = invocation.proceed();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UndeclaredThrowableException(e);
        }
        Method method = invocation.getMethod();
        if (value == null && method.getReturnType() != void.class) {
            throw noFuture(MarkedMethod.name(method.getDeclaringClass(), method));
        }
        return awaited(value);
    }

    /** Of a method whose result is a future: null is more likely a mistake than a result. */
    static IllegalStateException noFuture(String method) {
        return new IllegalStateException(
                "%s returned null, but must return a future. For a result that is null, return LoopFuture.completed(null)."
                        .formatted(method));
    }

    /** What a method has returned, or, when that is a future, its result. */
    static @Nullable Object awaited(@Nullable Object value) throws Exception {
        if (value instanceof Future<?> future) {
            return result(future);
        }
        return value instanceof CompletionStage<?> stage ? result(stage.toCompletableFuture()) : value;
    }

    private static @Nullable Object result(Future<?> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof Exception exception ? exception : e;
        }
    }
}
