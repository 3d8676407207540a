package dev.pel.release;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the code of others can see of a class, a line for the class and each member: modifiers, generics, nullness, thrown exceptions,
 * defaults of annotations and values of constants, which javac copies into the code of others. Members that a class inherits from one
 * that is not visible count as its own.
 */
final class ApiText {
    private static final int SHOWN =
            Modifier.PUBLIC | Modifier.PROTECTED | Modifier.ABSTRACT | Modifier.STATIC | Modifier.FINAL;

    private ApiText() {}

    static boolean isVisible(Class<?> type) {
        return type.getCanonicalName() != null
                && Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getEnclosingClass)
                        .allMatch(each -> isVisible(each.getModifiers(), each.getEnclosingClass()));
    }

    /** A protected member of a class that nobody can extend is visible to nobody. */
    private static boolean isVisible(int modifiers, Class<?> owner) {
        return Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers) && owner != null && !Modifier.isFinal(owner.getModifiers());
    }

    static List<String> lines(Class<?> type) {
        Stream<String> members = origins(type)
                .flatMap(origin -> Stream.of(
                                Arrays.stream(origin.getDeclaredFields()),
                                Arrays.stream(origin.getDeclaredMethods()),
                                origin == type
                                        ? Arrays.stream(origin.getDeclaredConstructors())
                                        : Stream.<Member>empty())
                        .flatMap(each -> each))
                .filter(member -> !member.isSynthetic() && isVisible(member.getModifiers(), type))
                .map(ApiText::text)
                .distinct()
                .sorted();
        return Stream.concat(Stream.of(header(type)), members)
                .map(line -> type.getName() + ": " + line)
                .toList();
    }

    /** The class, and the invisible ones from which it inherits. */
    private static Stream<Class<?>> origins(Class<?> type) {
        return Stream.concat(
                Stream.of(type),
                Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                        .filter(above -> !isVisible(above))
                        .flatMap(ApiText::origins));
    }

    private static String header(Class<?> type) {
        return deprecated(type)
                + modifiers(type)
                + kind(type)
                + TypeText.parameters(type.getTypeParameters())
                + components(type)
                + superclass(type)
                + TypeText.list(type.isInterface() ? " extends " : " implements ", "", type.getAnnotatedInterfaces())
                + permitted(type);
    }

    private static String kind(Class<?> type) {
        return type.isAnnotation()
                ? "@interface"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    /** Without what the kind implies: an interface is abstract, an enum and a record are final. */
    private static String modifiers(Class<?> type) {
        int implied = (type.isInterface() ? Modifier.ABSTRACT : 0)
                | (type.isEnum() ? Modifier.ABSTRACT | Modifier.FINAL : 0)
                | (type.isRecord() ? Modifier.FINAL : 0);
        return words(type.getModifiers() & ~implied) + (type.isSealed() && !type.isEnum() ? "sealed " : "");
    }

    private static String components(Class<?> type) {
        return type.isRecord()
                ? Arrays.stream(type.getRecordComponents())
                        .map(component -> TypeText.of(component.getAnnotatedType()) + " " + component.getName())
                        .collect(Collectors.joining(", ", "(", ")"))
                : "";
    }

    private static String superclass(Class<?> type) {
        AnnotatedType above = type.getAnnotatedSuperclass();
        return above == null || above.getType() == Object.class || type.isEnum() || type.isRecord()
                ? ""
                : " extends " + TypeText.of(above);
    }

    private static String permitted(Class<?> type) {
        return type.isSealed() && !type.isEnum()
                ? Arrays.stream(type.getPermittedSubclasses())
                        .filter(ApiText::isVisible)
                        .map(Class::getName)
                        .sorted()
                        .collect(Collectors.joining(", ", " permits ", ""))
                : "";
    }

    private static String text(Member member) {
        return deprecated((AnnotatedElement) member)
                + words(member.getModifiers())
                + (member instanceof Field field ? field(field) : executable((Executable) member));
    }

    private static String field(Field field) {
        return TypeText.of(field.getAnnotatedType()) + " " + field.getName() + constant(field);
    }

    private static String constant(Field field) {
        boolean copied = field.getType().isPrimitive() || field.getType() == String.class;
        if (!copied || !Modifier.isStatic(field.getModifiers()) || !Modifier.isFinal(field.getModifiers())) {
            return "";
        }
        try {
            field.setAccessible(true);
            return " = " + quoted(field.get(null));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static String executable(Executable executable) {
        String parameters = TypeText.parameters(executable.getTypeParameters());
        return (executable instanceof Method method && method.isDefault() ? "default " : "")
                + parameters + (parameters.isEmpty() ? "" : " ")
                + (executable instanceof Method
                        ? TypeText.of(executable.getAnnotatedReturnType()) + " " + executable.getName()
                        : "new")
                + "(" + TypeText.list("", "", parameterTypes(executable)) + ")"
                + TypeText.list(" throws ", "", executable.getAnnotatedExceptionTypes())
                + (executable instanceof Method method ? defaultValue(method) : "");
    }

    /** Of the canonical constructor of a record those of the components: javac 21 and newer hide generics of a compact one. */
    private static AnnotatedType[] parameterTypes(Executable executable) {
        RecordComponent[] components = executable.getDeclaringClass().getRecordComponents();
        boolean canonical = components != null
                && executable instanceof Constructor
                && Arrays.equals(
                        executable.getParameterTypes(),
                        Arrays.stream(components).map(RecordComponent::getType).toArray());
        return canonical
                ? Arrays.stream(components)
                        .map(RecordComponent::getAnnotatedType)
                        .toArray(AnnotatedType[]::new)
                : executable.getAnnotatedParameterTypes();
    }

    private static String defaultValue(Method method) {
        Object value = method.getDefaultValue();
        return value == null ? "" : " default " + quoted(value);
    }

    /** Of an annotation in an annotation only the name, because its text is another on each JDK. */
    private static String quoted(Object value) {
        return value instanceof String
                ? "\"" + value + "\""
                : value instanceof Object[] several
                        ? Arrays.stream(several).map(ApiText::quoted).toList().toString()
                        : value instanceof java.lang.annotation.Annotation annotation
                                ? "@" + annotation.annotationType().getName()
                                : String.valueOf(value);
    }

    private static String deprecated(AnnotatedElement element) {
        return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
    }

    private static String words(int modifiers) {
        String words = Modifier.toString(modifiers & SHOWN);
        return words.isEmpty() ? "" : words + " ";
    }
}
