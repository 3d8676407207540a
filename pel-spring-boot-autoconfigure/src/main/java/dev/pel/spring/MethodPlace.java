package dev.pel.spring;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/** Finds file and line at which the code of a method begins, as far as its class file tells: an abstract method has none. */
final class MethodPlace extends ClassVisitor {
    private final Method method;
    private @Nullable String file;
    private int line;

    private MethodPlace(Method method) {
        super(SpringAsmInfo.ASM_VERSION);
        this.method = method;
    }

    /**
     * Reads the class of a method.
     *
     * @return a sentence to append, with a blank before it, or nothing
     */
    static String sentence(Method method) {
        Class<?> type = method.getDeclaringClass();
        MethodPlace place = new MethodPlace(method);
        ClassLoader loader = type.getClassLoader();
        try (InputStream bytes =
                loader == null ? null : loader.getResourceAsStream(Type.getInternalName(type) + ".class")) {
            if (bytes != null) {
                new ClassReader(bytes).accept(place, ClassReader.SKIP_FRAMES);
            }
        } catch (IOException | IllegalArgumentException e) {
            return ""; // the message that it is for says enough without it
        }
        return place.file == null || place.line == 0
                ? ""
                : " Its code begins at %s:%d.".formatted(place.file, place.line);
    }

    @Override
    public void visitSource(@Nullable String source, @Nullable String debug) {
        file = source;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] thrown) {
        if (!name.equals(method.getName()) || !descriptor.equals(Type.getMethodDescriptor(method))) {
            return null;
        }
        return new MethodVisitor(SpringAsmInfo.ASM_VERSION) {
            @Override
            public void visitLineNumber(int number, Label start) {
                line = line == 0 ? number : line;
            }
        };
    }
}
