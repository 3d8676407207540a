package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Knows which methods of a class are marked with {@link Next} or {@link Work}, each class being looked at once. */
final class CallMethods {
    private final Map<Class<?>, Map<Method, CallMark>> known = new ConcurrentHashMap<>();

    /** The marked methods of a class, its inherited ones included, each as the class itself has it. */
    Map<Method, CallMark> of(Class<?> type) {
        return known.computeIfAbsent(ClassUtils.getUserClass(type), CallMethods::find);
    }

    /**
     * The mark of a method.
     *
     * @param method maybe that of an interface
     * @param type the class whose method will run
     * @return the mark, or null when it has none
     */
    @Nullable CallMark mark(Method method, Class<?> type) {
        return of(type).get(specific(method, type));
    }

    /** The method of the class that runs when the given one is called. */
    static Method specific(Method method, Class<?> type) {
        return BridgeMethodResolver.findBridgedMethod(AopUtils.getMostSpecificMethod(method, type));
    }

    private static Map<Method, CallMark> find(Class<?> type) {
        if (!AnnotationUtils.isCandidateClass(type, List.of(Next.class, Work.class))) {
            return Map.of();
        }
        CallMark ofClass = CallMark.on(type);
        Map<Method, CallMark> marks = new LinkedHashMap<>();
        for (Method declared : ReflectionUtils.getAllDeclaredMethods(type)) {
            if (declared.isSynthetic() || ReflectionUtils.isObjectMethod(declared)) {
                continue;
            }
            Method method = specific(declared, type);
            CallMark mark = CallMark.on(method);
            if (mark == null && ofClass != null && covers(ofClass, method, type)) {
                mark = ofClass;
            }
            if (mark != null) {
                marks.put(method, mark);
            }
        }
        return marks.isEmpty() ? Map.of() : Map.copyOf(marks);
    }

    /** Whether the mark of a class means this method: a public one and, where it stands on an interface, one of its own. */
    private static boolean covers(CallMark ofClass, Method method, Class<?> type) {
        if (!Modifier.isPublic(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            return false;
        }
        return !(ofClass.source() instanceof Class<?> source && source.isInterface())
                || Arrays.stream(source.getMethods())
                        .anyMatch(declared -> specific(declared, type).equals(method));
    }

    /** As a reader knows it: {@code Orders.load(long)}. */
    static String name(Class<?> type, Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", type.getName() + "." + method.getName() + "(", ")"));
    }
}
