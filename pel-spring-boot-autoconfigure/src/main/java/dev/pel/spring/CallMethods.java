package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Knows which methods of a class are marked with {@link Next} or {@link Work}, each class being looked at once. */
final class CallMethods {
    private final Map<Class<?>, Map<Method, MarkedMethod>> known = new ConcurrentHashMap<>();

    /** The marked methods of a class or interface, its inherited ones included, each as the type itself has it. */
    Map<Method, MarkedMethod> of(Class<?> type) {
        return known.computeIfAbsent(ClassUtils.getUserClass(type), CallMethods::find);
    }

    /** Whether a method with a mark can be called on objects of a class, which may be that of a proxy. */
    boolean isMarked(Class<?> made) {
        return !of(made).isEmpty()
                || !ofProxy(made, ClassUtils.getUserClass(made)).isEmpty();
    }

    /**
     * The marked methods of the interfaces that a proxy has but the class behind it has not, as that of a repository.
     *
     * @param made the class of the proxy
     * @param type the class of the object behind it; the class of the proxy itself when there is none
     */
    Collection<MarkedMethod> ofProxy(Class<?> made, Class<?> type) {
        Set<MarkedMethod> all = new LinkedHashSet<>();
        ofProxyOnly(made, type).forEach(each -> all.addAll(of(each).values()));
        return all;
    }

    private static List<Class<?>> ofProxyOnly(Class<?> made, Class<?> type) {
        return ClassUtils.getAllInterfacesForClassAsSet(made).stream()
                .filter(each -> Proxy.isProxyClass(type) || !each.isAssignableFrom(type))
                .toList();
    }

    /**
     * The marked method that runs when a method is called.
     *
     * @param called maybe that of an interface
     * @param target the class of the object that it is called on, which may be that of a proxy
     * @return the method with its mark, or null when it has none
     */
    @Nullable MarkedMethod find(Method called, Class<?> target) {
        Class<?> type = ClassUtils.getUserClass(target);
        MarkedMethod found = of(type).get(specific(called, type));
        if (found != null) {
            return found;
        }
        return ofProxyOnly(target, type).stream()
                .filter(called.getDeclaringClass()::isAssignableFrom)
                .map(each -> of(each).get(specific(called, each)))
                .filter(each -> each != null)
                .findFirst()
                .orElse(null);
    }

    /** The method of the class that runs when the given one is called. */
    static Method specific(Method method, Class<?> type) {
        return BridgeMethodResolver.findBridgedMethod(AopUtils.getMostSpecificMethod(method, type));
    }

    /** A proxy of the JDK has no methods of its own: the marks are those of its interfaces. */
    private static Map<Method, MarkedMethod> find(Class<?> type) {
        if (Proxy.isProxyClass(type)
                || !AnnotationUtils.isCandidateClass(type, List.of(Next.class, Work.class, Enqueue.class))) {
            return Map.of();
        }
        List<CallMark> ofTypes = CallMark.allOn(type);
        Map<Method, MarkedMethod> marked = new LinkedHashMap<>();
        for (Method declared : ReflectionUtils.getAllDeclaredMethods(type)) {
            if (declared.isSynthetic() || ReflectionUtils.isObjectMethod(declared)) {
                continue;
            }
            Method method = specific(declared, type);
            CallMark mark = CallMark.on(method);
            if (mark == null) {
                mark = CallMark.nearest(
                        method,
                        ofTypes.stream()
                                .filter(each -> covers(each, method, type))
                                .toList());
            }
            if (mark != null) {
                marked.put(method, new MarkedMethod(type, method, mark));
            }
        }
        return marked.isEmpty() ? Map.of() : Map.copyOf(marked);
    }

    /**
     * Whether the mark of a type means this method: a public one and, where it stands on an interface, one of its own. What a class
     * merely inherits from an interface without a mark is meant if it can be: {@code ApplicationListener} has a default method that
     * returns a boolean.
     */
    private static boolean covers(CallMark ofType, Method method, Class<?> type) {
        if (!Modifier.isPublic(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            return false;
        }
        if (!(ofType.source() instanceof Class<?> source && source.isInterface())) {
            return !method.isDefault() || CallPlan.canReturn(method.getReturnType());
        }
        return Arrays.stream(source.getMethods())
                .anyMatch(declared -> specific(declared, type).equals(method));
    }
}
