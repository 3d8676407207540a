package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringValueResolver;

/** The proxy that {@link PelTemplate#offload} makes: an interface of futures in front of an object without. */
final class Offload implements InvocationHandler {
    private static final Object[] NO_ARGUMENTS = {};

    private final EventLoop loop;
    private final Class<?> facade;
    private final Object service;
    private final RefusedCalls refused = new RefusedCalls(System::nanoTime);
    private final Map<Method, Target> targets = new HashMap<>();

    private Offload(EventLoop loop, StringValueResolver placeholders, Class<?> facade, Object service) {
        this.loop = loop;
        this.facade = facade;
        this.service = service;
        for (Method method : facade.getMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !ReflectionUtils.isObjectMethod(method)) {
                targets.put(method, target(method, placeholders));
            }
        }
    }

    static <F> F proxy(EventLoop loop, StringValueResolver placeholders, Class<F> facade, Object service) {
        if (!facade.isInterface()) {
            throw new IllegalArgumentException("'facade' must be an interface but was " + facade);
        }
        Offload offload = new Offload(loop, placeholders, facade, service);
        return facade.cast(Proxy.newProxyInstance(facade.getClassLoader(), new Class<?>[] {facade}, offload));
    }

    // ------------------------------------------------------------------ once

    private Target target(Method method, StringValueResolver placeholders) {
        CallMark mark = CallMark.on(method);
        if (mark == null) {
            mark = CallMark.on(facade);
        }
        if (mark == null) {
            throw new IllegalArgumentException(
                    "Method %s must be annotated with @Next or @Work, or be a default method".formatted(name(method)));
        }
        CallPlan plan = CallPlan.of(new MarkedMethod(facade, method, mark), placeholders);
        Method counterpart = counterpart(method);
        checkResult(method, counterpart);
        return new Target(plan, accessible(counterpart));
    }

    private Method counterpart(Method method) {
        List<Method> found = new ArrayList<>();
        for (Method candidate : service.getClass().getMethods()) {
            if (candidate.getName().equals(method.getName())
                    && !candidate.isBridge()
                    && !Modifier.isStatic(candidate.getModifiers())
                    && parameters(candidate, service.getClass()).equals(parameters(method, facade))) {
                found.add(candidate);
            }
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        throw new IllegalArgumentException(
                ("Method %s must have exactly one counterpart in %s, a public method with its name"
                                + " and parameter types, but there %s: %s")
                        .formatted(
                                name(method),
                                serviceType().getName(),
                                found.isEmpty() ? "is none, only these" : "are several",
                                found.isEmpty() ? publicMethods() : found));
    }

    private static List<Class<?>> parameters(Method method, Class<?> type) {
        List<Class<?>> resolved = new ArrayList<>();
        for (int i = 0; i < method.getParameterCount(); i++) {
            resolved.add(ResolvableType.forMethodParameter(method, i, type).toClass());
        }
        return resolved;
    }

    private List<String> publicMethods() {
        return Arrays.stream(serviceType().getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .map(method -> MarkedMethod.name(serviceType(), method))
                .sorted()
                .toList();
    }

    private void checkResult(Method method, Method counterpart) {
        if (method.getReturnType() == void.class) {
            return;
        }
        ResolvableType wanted = value(ResolvableType.forMethodReturnType(method, facade));
        ResolvableType given = value(ResolvableType.forMethodReturnType(counterpart, service.getClass()));
        Class<?> raw = ClassUtils.resolvePrimitiveIfNecessary(given.toClass());
        boolean nothing = raw == void.class || raw == Void.class;
        boolean fits = nothing
                ? wanted.toClass() == Object.class || wanted.toClass() == Void.class
                : wanted.toClass().isAssignableFrom(raw)
                        && (given.hasUnresolvableGenerics()
                                || raw.getTypeParameters().length == 0
                                || wanted.resolve() == null
                                || wanted.isAssignableFrom(given));
        if (!fits) {
            throw new IllegalArgumentException(
                    "Method %s must return a future of what its counterpart returns, %s, but its future is of %s"
                            .formatted(name(method), given, wanted));
        }
    }

    /** What a future is of; a type that is none, itself. */
    private static ResolvableType value(ResolvableType type) {
        Class<?> raw = type.toClass();
        if (CompletionStage.class.isAssignableFrom(raw)) {
            return type.as(CompletionStage.class).getGeneric(0);
        }
        return Future.class.isAssignableFrom(raw) ? type.as(Future.class).getGeneric(0) : type;
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

    private Class<?> serviceType() {
        return ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(service));
    }

    private String name(Method method) {
        return MarkedMethod.name(facade, method);
    }

    // ------------------------------------------------------------------ every call

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object[] given = arguments == null ? NO_ARGUMENTS : arguments;
        Target target = targets.get(method);
        if (target != null) {
            return submit(target, given);
        }
        return method.isDefault() ? invokeDefault(proxy, method, given) : ofObject(proxy, method, given);
    }

    private @Nullable Object submit(Target target, Object[] arguments) {
        CallPlan plan = target.plan();
        LoopFuture<@Nullable Object> handle = plan.submit(loop, call(target.method(), arguments));
        if (plan.returnsHandle()) {
            return handle;
        }
        refused.check(handle, plan.label());
        return null;
    }

    private Callable<@Nullable Object> call(Method method, Object[] arguments) {
        return () -> {
            try {
                Object value = method.invoke(service, arguments);
                if (value == null && isFuture(method.getReturnType())) {
                    throw MethodOperation.noFuture(MarkedMethod.name(serviceType(), method));
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
    private record Target(CallPlan plan, Method method) {}
}
