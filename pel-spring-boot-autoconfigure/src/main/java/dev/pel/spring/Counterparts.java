package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds, for a method of a facade, that of the service. Types count as the service's class and interfaces make them: of a
 * {@code CrudRepository<Order, Long>}, {@code findById} takes a {@code Long}. Where they do not say, as in a list, any type fits.
 */
final class Counterparts {
    private final Class<?> facade;
    private final Class<?> made;
    private final Class<?> type;
    private final List<Class<?>> declaring;

    /**
     * For one facade.
     *
     * @param facade the interface
     * @param service has the methods
     */
    Counterparts(Class<?> facade, Object service) {
        this.facade = facade;
        this.made = service.getClass();
        this.type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(service));
        this.declaring = declaring(made);
    }

    /** Who tells types: the class, as far as it was written and not made at run time, and the interfaces that only a proxy has. */
    private static List<Class<?>> declaring(Class<?> made) {
        Class<?> written = ClassUtils.getUserClass(made);
        boolean hasClass = !Proxy.isProxyClass(written) && !ClassUtils.isLambdaClass(written);
        List<Class<?>> all = new ArrayList<>();
        if (hasClass) {
            all.add(written);
        }
        ClassUtils.getAllInterfacesForClassAsSet(made).stream()
                .filter(each -> !hasClass || !each.isAssignableFrom(written))
                .forEach(all::add);
        return all;
    }

    /**
     * The one that a call of the facade's method leads to.
     *
     * @throws InvalidCallMethodException when there is none, or more than one, or its result does not fit
     */
    Method of(Method method) {
        List<Candidate> found = fitting(method, false);
        if (found.isEmpty()) {
            found = fitting(method, true);
        }
        if (found.size() != 1) {
            throw new InvalidCallMethodException(
                    ("Method %s must have exactly one counterpart in %s, a public method with its name"
                                    + " and parameter types, but there %s: %s.")
                            .formatted(
                                    MarkedMethod.name(facade, method),
                                    type.getName(),
                                    found.isEmpty() ? "is none, only these" : "are several",
                                    found.isEmpty() ? publicMethods() : found),
                    "Give it the name and the parameter types of a public method, or make it a default method.");
        }
        checkResult(method, found.get(0));
        return found.get(0).method();
    }

    /** Those that can be called in its place; one that several interfaces declare is one. */
    private List<Candidate> fitting(Method method, boolean withUnknownTypes) {
        Map<List<Class<?>>, Candidate> found = new LinkedHashMap<>();
        for (Class<?> each : declaring) {
            for (Method candidate : each.getMethods()) {
                if (candidate.getName().equals(method.getName())
                        && !candidate.isBridge()
                        && !Modifier.isStatic(candidate.getModifiers())
                        && takes(candidate, each, method, withUnknownTypes)) {
                    found.putIfAbsent(List.of(candidate.getParameterTypes()), new Candidate(candidate, each));
                }
            }
        }
        return List.copyOf(found.values());
    }

    private boolean takes(Method candidate, Class<?> context, Method method, boolean withUnknownTypes) {
        return candidate.getParameterCount() == method.getParameterCount()
                && IntStream.range(0, method.getParameterCount()).allMatch(i -> {
                    Class<?> given =
                            ResolvableType.forMethodParameter(method, i, facade).toClass();
                    Class<?> taken = ResolvableType.forMethodParameter(candidate, i, context)
                            .toClass();
                    boolean isVariable = candidate.getGenericParameterTypes()[i] instanceof TypeVariable;
                    return taken.equals(given) || (withUnknownTypes && isVariable && taken.isAssignableFrom(given));
                });
    }

    private List<String> publicMethods() {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .map(method -> MarkedMethod.name(type, method))
                .sorted()
                .toList();
    }

    // ------------------------------------------------------------------ results

    private void checkResult(Method method, Candidate counterpart) {
        if (method.getReturnType() == void.class) {
            return;
        }
        ResolvableType wanted = value(ResolvableType.forMethodReturnType(method, facade));
        ResolvableType given = value(ResolvableType.forMethodReturnType(counterpart.method(), counterpart.declaring()));
        boolean isChosenByCaller = counterpart.method().getGenericReturnType() instanceof TypeVariable<?> variable
                && variable.getGenericDeclaration() instanceof Method
                && given.toClass().isAssignableFrom(wanted.toClass());
        if (!isChosenByCaller && !fits(wanted, given)) {
            throw new InvalidCallMethodException(
                    "Method %s must return a future of what its counterpart returns, %s, but its future is of %s."
                            .formatted(MarkedMethod.name(facade, method), given, wanted),
                    "Change the type of its future.");
        }
    }

    private static boolean fits(ResolvableType wanted, ResolvableType given) {
        if (given.resolve() == null) {
            return true; // nobody says what it is
        }
        Class<?> raw = ClassUtils.resolvePrimitiveIfNecessary(given.toClass());
        if (raw == void.class || raw == Void.class) {
            return wanted.toClass() == Object.class || wanted.toClass() == Void.class;
        }
        return wanted.toClass().isAssignableFrom(raw)
                && (given.hasUnresolvableGenerics()
                        || raw.getTypeParameters().length == 0
                        || wanted.resolve() == null
                        || wanted.isAssignableFrom(given));
    }

    /** What a future is of; a type that is none, itself. */
    private static ResolvableType value(ResolvableType type) {
        Class<?> raw = type.toClass();
        if (CompletionStage.class.isAssignableFrom(raw)) {
            return type.as(CompletionStage.class).getGeneric(0);
        }
        return Future.class.isAssignableFrom(raw) ? type.as(Future.class).getGeneric(0) : type;
    }

    /** A method, and the class or interface by which its types are known. */
    private record Candidate(Method method, Class<?> declaring) {
        @Override
        public String toString() {
            return MarkedMethod.name(declaring, method);
        }
    }
}
