package dev.pel.release;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A type as text, with generics and nullness. Not by the JDK's toString, which changes from release to release. */
final class TypeText {
    private TypeText() {}

    static String of(AnnotatedType type) {
        if (type instanceof AnnotatedArrayType array) {
            return of(array.getAnnotatedGenericComponentType())
                    + (annotations(type).isEmpty() ? "" : " ") + annotations(type) + "[]";
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            return annotations(type) + "?" + bounds(" super ", wildcard.getAnnotatedLowerBounds())
                    + bounds(" extends ", wildcard.getAnnotatedUpperBounds());
        }
        if (type instanceof AnnotatedParameterizedType parameterized) {
            Class<?> raw = (Class<?>) ((ParameterizedType) type.getType()).getRawType();
            return annotations(type) + name(raw) + list("<", ">", parameterized.getAnnotatedActualTypeArguments());
        }
        return annotations(type)
                + (type.getType() instanceof Class<?> plain
                        ? name(plain)
                        : type.getType().getTypeName());
    }

    /** {@code (int, T)}, with the delimiters that are given, and nothing for no types. */
    static String list(String open, String close, AnnotatedType... types) {
        return types.length == 0
                ? ""
                : Arrays.stream(types).map(TypeText::of).collect(Collectors.joining(", ", open, close));
    }

    /** {@code <T extends Number>}, or nothing. */
    static String parameters(TypeVariable<?>... variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(variable -> variable.getName() + bounds(" extends ", variable.getAnnotatedBounds()))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    /** In null-marked code {@code T extends @Nullable Object} is another type than {@code T}, so only the plain one is left out. */
    private static String bounds(String word, AnnotatedType... bounds) {
        String all = Arrays.stream(bounds).map(TypeText::of).collect(Collectors.joining(" & "));
        return all.isEmpty() || all.equals("Object") ? "" : word + all;
    }

    private static String annotations(AnnotatedType type) {
        return Arrays.stream(type.getAnnotations())
                .map(annotation -> "@" + annotation.annotationType().getSimpleName() + " ")
                .sorted()
                .collect(Collectors.joining());
    }

    private static String name(Class<?> type) {
        return type.getName().replaceFirst("^java\\.lang\\.(?=[A-Z])", "");
    }
}
