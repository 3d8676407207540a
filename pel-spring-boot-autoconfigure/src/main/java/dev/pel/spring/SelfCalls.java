package dev.pel.spring;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
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
 * references included. Where there is no byte code to read, as in a native image, nothing is found.
 */
final class SelfCalls {
    private static final Logger log = LoggerFactory.getLogger(SelfCalls.class);

    private final Class<?> type;
    private final Map<String, Method> marked;
    private final Set<String> owners;
    private final Set<String> overridden = new HashSet<>();
    private final List<SelfCall> found = new ArrayList<>();

    private SelfCalls(Class<?> type, Set<Method> marked, List<Class<?>> hierarchy) {
        this.type = type;
        this.marked = marked.stream()
                .collect(Collectors.toMap(
                        method -> method.getName() + Type.getMethodDescriptor(method), method -> method, (a, b) -> a));
        this.owners = hierarchy.stream().map(Type::getInternalName).collect(Collectors.toSet());
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
        hierarchy.addAll(ClassUtils.getAllInterfacesForClassAsSet(type));
        hierarchy.removeIf(each -> each.getName().startsWith("java."));
        SelfCalls calls = new SelfCalls(type, marked, hierarchy);
        hierarchy.forEach(each -> calls.read(Type.getInternalName(each), each.getClassLoader(), true));
        return calls.found;
    }

    private void read(String name, @Nullable ClassLoader loader, boolean isBean) {
        try (InputStream bytes = loader == null ? null : loader.getResourceAsStream(name + ".class")) {
            if (bytes != null) {
                Reader reader = new Reader(name, isBean);
                new ClassReader(bytes).accept(reader, ClassReader.SKIP_FRAMES);
                reader.inner.forEach(inner -> read(inner, loader, false));
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

    /** Reads one class, the bean's or an inner one. */
    private final class Reader extends ClassVisitor {
        private final List<String> inner = new ArrayList<>();
        private final Set<String> declared = new HashSet<>();
        private final String name;
        private final boolean isBean;
        private String file = "unknown source";

        Reader(String name, boolean isBean) {
            super(SpringAsmInfo.ASM_VERSION);
            this.name = name;
            this.isBean = isBean;
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
            boolean ofObject = (access & Opcodes.ACC_STATIC) == 0;
            // a bridge calls the method it stands for; a method that is overridden does not run
            if ((access & Opcodes.ACC_BRIDGE) != 0
                    || (isBean && ofObject && overridden.contains(method + descriptor))) {
                return null;
            }
            if (isBean && ofObject && (access & Opcodes.ACC_PRIVATE) == 0 && !method.startsWith("<")) {
                declared.add(method + descriptor);
            }
            return new Finder(this, method, isBean && ofObject);
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

        Finder(Reader reader, String caller, boolean thisIsBean) {
            super(thisIsBean, Type.getDescriptor(type));
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

        /** The method in whose source the code stands: {@code lambda$load$0} is a lambda in {@code load}. */
        private static String readable(String method) {
            String[] parts = method.split("\\$", -1);
            return parts.length > 2 && parts[0].equals("lambda") ? parts[1] : method;
        }
    }
}
