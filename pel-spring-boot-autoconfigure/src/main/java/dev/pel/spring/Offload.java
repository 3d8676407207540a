package dev.pel.spring;

import dev.pel.EventLoop;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringValueResolver;

/** The proxy that {@link PelTemplate#offload} makes: an interface of futures in front of an object without. */
final class Offload implements InvocationHandler {
    private static final Object[] NO_ARGUMENTS = {};

    private final EventLoop loop;
    private final Class<?> facade;
    private final Object service;
    private final Map<Method, Target> targets = new HashMap<>();

    private Offload(
            EventLoop loop, StringValueResolver placeholders, RetryBeans rules, Class<?> facade, Object service) {
        this.loop = loop;
        this.facade = facade;
        this.service = service;
        Counterparts counterparts = new Counterparts(facade, service);
        for (Method method : facade.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !ReflectionUtils.isObjectMethod(method)) {
                targets.put(method, target(method, placeholders, rules, counterparts));
            }
        }
    }

    static <F> F proxy(
            EventLoop loop, StringValueResolver placeholders, RetryBeans rules, Class<F> facade, Object service) {
        Objects.requireNonNull(facade, "facade");
        Objects.requireNonNull(service, "service");
        if (!facade.isInterface()) {
            throw new InvalidCallMethodException(
                    "'facade' must be an interface but was %s.".formatted(facade),
                    "Declare an interface with the methods to call, each with a future as its result.");
        }
        Offload offload = new Offload(loop, placeholders, rules, facade, service);
        return facade.cast(Proxy.newProxyInstance(facade.getClassLoader(), new Class<?>[] {facade}, offload));
    }

    // ------------------------------------------------------------------ once

    private Target target(
            Method method, StringValueResolver placeholders, RetryBeans rules, Counterparts counterparts) {
        CallMark mark = CallMark.on(method);
        if (mark == null) {
            mark = CallMark.on(facade);
        }
        if (mark == null) {
            throw new InvalidCallMethodException(
                    "Method %s must be annotated with @Next or @Work, or be a default method."
                            .formatted(MarkedMethod.name(facade, method)),
                    "Annotate it, or the interface: with @Next if the service blocks, with @Work if it computes.");
        }
        CallPlan plan = CallPlan.of(new MarkedMethod(facade, method, mark), placeholders);
        Method counterpart = accessible(counterparts.of(method));
        return new Target(PreparedCall.of(plan, loop, rules), counterpart);
    }

    private static boolean isFuture(Class<?> type) {
        return CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type);
    }

    private Method accessible(Method method) {
        Method callable = ClassUtils.getPubliclyAccessibleMethodIfPossible(method, service.getClass());
        if (!Modifier.isPublic(callable.getDeclaringClass().getModifiers())) {
            callable.setAccessible(true);
        }
        return callable;
    }

    // ------------------------------------------------------------------ every call

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object[] given = arguments == null ? NO_ARGUMENTS : arguments;
        Target target = targets.get(method);
        if (target != null) {
            return target.call().submit(operation(target.method(), given), given);
        }
        return method.isDefault() ? invokeDefault(proxy, method, given) : ofObject(proxy, method, given);
    }

    private Callable<@Nullable Object> operation(Method method, Object[] arguments) {
        return () -> {
            try {
                Object value = method.invoke(service, arguments);
                if (value == null && isFuture(method.getReturnType())) {
                    throw MethodOperation.noFuture(MarkedMethod.name(ClassUtils.getUserClass(service), method));
                }
                return MethodOperation.awaited(value);
            } catch (InvocationTargetException e) {
                Throwable thrown = e.getTargetException();
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw thrown instanceof Exception exception ? exception : new UndeclaredThrowableException(thrown);
            }
        };
    }

    /** By a lookup in the facade itself, which need not be public. */
    private static @Nullable Object invokeDefault(Object proxy, Method method, Object[] arguments) throws Throwable {
        Class<?> declaring = method.getDeclaringClass();
        MethodHandle handle = MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
                .unreflectSpecial(method, declaring)
                .bindTo(proxy);
        return handle.invokeWithArguments(arguments);
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
    private Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "%s in front of %s".formatted(facade.getSimpleName(), service);
        };
    }

    /** What a method of the facade leads to. */
    private record Target(PreparedCall call, Method method) {}
}
