package dev.pel.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A method with {@link Next} or {@link Work}.
 *
 * @param type the class or interface that a reader knows it by
 * @param method as the type has it
 * @param mark what the annotation says
 */
record MarkedMethod(Class<?> type, Method method, CallMark mark) {

    /** As a reader knows it: {@code Orders.load(long)}. */
    String name() {
        return name(type, method);
    }

    /** With its annotation: {@code @Next method Orders.load(long)}. */
    String title() {
        return mark.annotation() + " method " + name();
    }

    /** As a reader knows a method: {@code Orders.load(long)}. */
    static String name(Class<?> type, Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", type.getName() + "." + method.getName() + "(", ")"));
    }
}
