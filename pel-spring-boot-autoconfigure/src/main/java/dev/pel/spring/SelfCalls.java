package dev.pel.spring;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;

/**
 * Finds calls of marked methods on {@code this}: they pass by the proxy, so the method would run on the caller's thread, in
 * silence. Reads the byte code of the bean's class, its superclasses, interfaces and inner classes, lambdas and method
 * references included, and the static methods of the bean's package that get the bean as an argument. Where there is no byte code to read, as in a native image, nothing is found.
 */
final class SelfCalls {
    private static final Logger log = LoggerFactory.getLogger(SelfCalls.class);

    private final Class<?> type;
    private final Map<String, Method> marked;
    private final Set<String> owners;
    private final Set<String> overridden = new HashSet<>();
    private final Set<Passed> followed = new HashSet<>();
    private final Deque<Passed> toFollow = new ArrayDeque<>();
    private final List<SelfCall> found = new ArrayList<>();

    private SelfCalls(Class<?> type, Set<Method> marked, List<Class<?>> hierarchy) {
        this.type = type;
        this.marked = bySignature(marked, type, hierarchy);
        this.owners = hierarchy.stream().map(Type::getInternalName).collect(Collectors.toSet());
    }

    /**
     * The marked methods by what the byte code calls them. A superclass or interface may know one by other types: with those of
     * its own parameters, or with another result.
     */
    private static Map<String, Method> bySignature(Set<Method> marked, Class<?> type, List<Class<?>> hierarchy) {
        Map<String, Method> found = new HashMap<>();
        marked.forEach(method -> found.put(signature(method), method));
        Set<String> names = marked.stream().map(Method::getName).collect(Collectors.toSet());
        for (Class<?> each : hierarchy) {
            for (Method declared : each.getDeclaredMethods()) {
                if (names.contains(declared.getName()) && !Modifier.isStatic(declared.getModifiers())) {
                    Method runs = CallMethods.specific(declared, type);
                    if (marked.contains(runs)) {
                        found.putIfAbsent(signature(declared), runs);
                    }
                }
            }
        }
        return found;
    }

    private static String signature(Method method) {
        return method.getName() + Type.getMethodDescriptor(method);
    }

    /**
     * Reads a class.
     *
     * @param type the class of a bean
     * @param marked its marked methods
     * @return the calls, in no order that means anything
     */
    static List<SelfCall> in(Class<?> type, Set<Method> marked) {
        List<Class<?>> hierarchy = new ArrayList<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            hierarchy.add(each);
        }
        for (int i = 0; i < hierarchy.size(); i++) {
            Arrays.stream(hierarchy.get(i).getInterfaces())
                    .filter(each -> !hierarchy.contains(each))
                    .forEach(hierarchy::add);
        }
        hierarchy.removeIf(each -> each.getName().startsWith("java."));
        SelfCalls calls = new SelfCalls(type, marked, hierarchy);
        hierarchy.forEach(each -> {
            Reader reader = calls.new Reader(Type.getInternalName(each), true, null);
            calls.read(reader, each.getClassLoader());
            reader.inner.forEach(inner -> calls.read(calls.new Reader(inner, false, null), each.getClassLoader()));
        });
        calls.follow();
        return calls.found;
    }

    /** Goes on in static methods that get the bean, each only once for the same arguments. */
    private void follow() {
        for (Passed next = toFollow.poll(); next != null; next = toFollow.poll()) {
            if (followed.add(next)) {
                read(new Reader(next.owner(), false, next), type.getClassLoader());
            }
        }
    }

    private void read(Reader reader, @Nullable ClassLoader loader) {
        String name = reader.name;
        try (InputStream bytes = loader == null ? null : loader.getResourceAsStream(name + ".class")) {
            if (bytes != null) {
                new ClassReader(bytes).accept(reader, ClassReader.SKIP_FRAMES);
            }
        } catch (IOException | IllegalArgumentException e) {
            // a class file newer than the reader; the check is a service, its absence is no error
            log.debug("The byte code of {} could not be read; self-calls in it are not found", name, e);
        }
    }

    /**
     * A call on {@code this}.
     *
     * @param method the marked method
     * @param caller the class and method with the call
     * @param place file and line, as far as the class file tells
     */
    record SelfCall(Method method, String caller, String place) {}

    /**
     * A static method that gets the bean.
     *
     * @param variables those of its local variables that are the bean
     */
    private record Passed(String owner, String name, String descriptor, BitSet variables) {}

    /** Reads one class, the bean's or an inner one, or one static method of any. */
    private final class Reader extends ClassVisitor {
        private final List<String> inner = new ArrayList<>();
        private final Set<String> declared = new HashSet<>();
        private final String name;
        private final boolean isBean;
        private final @Nullable Passed only;
        private String file = "unknown source";

        Reader(String name, boolean isBean, @Nullable Passed only) {
            super(SpringAsmInfo.ASM_VERSION);
            this.name = name;
            this.isBean = isBean;
            this.only = only;
        }

        @Override
        public void visitSource(@Nullable String source, @Nullable String debug) {
            if (source != null) {
                file = source;
            }
        }

        /** Inner classes of the bean; those that other classes merely use are listed, too. */
        @Override
        public void visitInnerClass(
                String innerName, @Nullable String outerName, @Nullable String simpleName, int access) {
            if (isBean && innerName.startsWith(name + "$") && (access & Opcodes.ACC_STATIC) == 0) {
                inner.add(innerName);
            }
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access, String method, String descriptor, @Nullable String signature, String @Nullable [] thrown) {
            if (only != null) {
                boolean isIt = method.equals(only.name()) && descriptor.equals(only.descriptor());
                return isIt ? new Finder(this, method, only.variables()) : null;
            }
            boolean ofObject = (access & Opcodes.ACC_STATIC) == 0;
            // a bridge calls the method it stands for; a method that is overridden does not run
            if ((access & Opcodes.ACC_BRIDGE) != 0
                    || (isBean && ofObject && overridden.contains(method + descriptor))) {
                return null;
            }
            if (isBean && ofObject && (access & Opcodes.ACC_PRIVATE) == 0 && !method.startsWith("<")) {
                declared.add(method + descriptor);
            }
            BitSet beans = new BitSet();
            beans.set(0, isBean && ofObject);
            return new Finder(this, method, beans);
        }

        @Override
        public void visitEnd() {
            overridden.addAll(declared);
        }
    }

    /** Reads one method. */
    private final class Finder extends ThisStack {
        private final Reader reader;
        private final String caller;
        private int line;

        Finder(Reader reader, String caller, BitSet beans) {
            super(beans, Type.getDescriptor(type));
            this.reader = reader;
            this.caller = caller;
        }

        @Override
        public void visitLineNumber(int number, Label start) {
            line = number;
        }

        @Override
        void calledOnThis(int opcode, String owner, String name, String descriptor) {
            boolean ofSuper = opcode == Opcodes.INVOKESPECIAL && !owner.equals(reader.name);
            Method method = ofSuper || !owners.contains(owner) ? null : marked.get(name + descriptor);
            if (method != null) {
                found.add(new SelfCall(
                        method,
                        ClassUtils.convertResourcePathToClassName(reader.name) + "." + readable(caller),
                        line == 0 ? reader.file : reader.file + ":" + line));
            }
        }

        @Override
        void passed(String owner, String name, String descriptor, BitSet variables) {
            if (packageOf(owner).equals(packageOf(Type.getInternalName(type)))) {
                toFollow.add(new Passed(owner, name, descriptor, variables));
            }
        }

        private static String packageOf(String internalName) {
            return internalName.substring(0, internalName.lastIndexOf('/') + 1);
        }

        /** The method in whose source the code stands: {@code lambda$load$0} is a lambda in {@code load}. */
        private static String readable(String method) {
            String[] parts = method.split("\\$", -1);
            return parts.length > 2 && parts[0].equals("lambda") ? parts[1] : method;
        }
    }
}
