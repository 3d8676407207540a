package dev.pel;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Implements a {@code CompletionStage} on top of a handle: dependents can be attached to it, and nothing else. Unlike the JDK's minimal
 * stage it is no {@code CompletableFuture}, of which each method that is not one of a stage could only throw.
 *
 * @param future does what is asked of the stage
 */
record MinimalStage(CompletableFuture<?> future) implements InvocationHandler {
    @SuppressWarnings("unchecked") // the future has the type
    static <T extends @Nullable Object> CompletionStage<T> of(CompletableFuture<T> future) {
        return (CompletionStage<T>) Proxy.newProxyInstance(
                MinimalStage.class.getClassLoader(), new Class<?>[] {CompletionStage.class}, new MinimalStage(future));
    }

    @Override
    public @Nullable Object invoke(Object stage, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        return switch (method.getName()) {
            case "equals" -> arguments != null && isOf(arguments[0]);
            case "hashCode" -> future.hashCode();
            case "toString" -> "stage of " + future;
            case "toCompletableFuture" -> future.copy();
            default -> of((CompletableFuture<?>) attach(method, arguments));
        };
    }

    private boolean isOf(@Nullable Object other) {
        return other != null && Proxy.isProxyClass(other.getClass()) && equals(Proxy.getInvocationHandler(other));
    }

    private Object attach(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(future, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
