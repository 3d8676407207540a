package dev.pel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the engine may not do, whoever changes it. */
@AnalyzeClasses(packages = "dev.pel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    /** The engine's only door to threads and clocks, so that a test can replace both. */
    private static final String MACHINE = "JdkMachine";

    /** What is built on the public API, which the compiler sees to. */
    private static final String FLOW = "dev.pel.flow";

    @ArchTest
    static final ArchRule knowsOnlyTheJdkJctoolsAndSlf4j = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "java..", "dev.pel..", "org.jctools.queues.varhandle..", "org.slf4j..", "org.jspecify..")
                    .or(resideInAPackage("org.jctools.queues").and(INTERFACES)))
            .because("core knows no framework, and the other queues of JCTools need sun.misc.Unsafe");

    @ArchTest
    static final ArchRule livesInOneFlatPackageAndInOneThatStandsOnIt = classes()
            .should()
            .resideInAnyPackage("dev.pel", FLOW)
            .because("package-private is the wall, and one package has no cycles");

    @ArchTest
    static final ArchRule onlyTheVerbsOfTheLoopKnowWhatStandsOnThem = noClasses()
            .that()
            .resideInAPackage("dev.pel")
            .and()
            .areNotAssignableTo(EventLoop.class)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(FLOW)
            .because("the engine needs nothing of what is built on its public API");

    @ArchTest
    static final ArchRule whatStandsOnTheVerbsHasNoWayAroundThem = noClasses()
            .that()
            .resideInAPackage(FLOW)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Machine.class)
            .because("threads and clocks are the engine's");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)|.*[.$]Abstract[^.]*");

    @ArchTest
    static final ArchRule onlyTheMachineTouchesThreadsAndClocks = noClasses()
            .that(not(belongToTheMachine()))
            .should()
            .accessTargetWhere(target(
                    "a thread or a clock of the JDK",
                    access -> accesses(access, Thread.class, "sleep", "start", "<init>")
                            || access.getTargetOwner().isEquivalentTo(LockSupport.class)
                            || accesses(access, System.class, "nanoTime", "currentTimeMillis")
                            || accesses(access, Instant.class, "now")
                                    && parameters(access).isEmpty()));

    @ArchTest
    static final ArchRule countersNeedNoClassThatIsLoadedInARace = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(LongAdder.class, LongAccumulator.class)
            .because(
                    "the first time two threads meet there the JDK loads classes, which overflows deep in a caller's stack");

    @ArchTest
    static final ArchRule asyncStagesNameTheirExecutor = noClasses()
            .that()
            .areNotAssignableTo(StageMethods.class) // whose default is the active lane
            .should()
            .accessTargetWhere(target(
                    "an ...Async method of a stage without an executor",
                    access -> access.getTargetOwner().isAssignableTo(CompletionStage.class)
                            && access.getName().endsWith("Async")
                            && !takesExecutor(access)))
            .because("without one they run on the common pool of the JVM");

    @ArchTest
    static final ArchRule onlyOneClassTouchesTheLogger = noClasses()
            .that()
            .doNotHaveSimpleName("Log")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Logger.class, LoggerFactory.class)
            .because("a logger that throws must not get between two steps of the engine");

    @ArchTest
    static final ArchRule staticFieldsAreFinal = fields().that()
            .areStatic()
            .should()
            .beFinal()
            .allowEmptyShould(true)
            .because("there is no global state, so two loops never meet");

    @ArchTest
    static void nothingIsSynchronized(JavaClasses classes) throws IOException {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            type.getMethods().stream()
                    .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                    .forEach(method -> found.add(method.getFullName()));
            found.addAll(synchronizedBlocks(type));
        }
        assertThat(found)
                .as("synchronized methods and blocks: they pin virtual threads before Java 24")
                .isEmpty();
    }

    private static DescribedPredicate<JavaClass> belongToTheMachine() {
        return DescribedPredicate.describe(
                "belong to " + MACHINE, type -> outermost(type).getSimpleName().equals(MACHINE));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTests::outermost).orElse(type);
    }

    private static DescribedPredicate<JavaAccess<?>> target(String description, Predicate<JavaAccess<?>> predicate) {
        return DescribedPredicate.describe("the target is " + description, predicate);
    }

    private static boolean accesses(JavaAccess<?> access, Class<?> owner, String... names) {
        return access.getTargetOwner().isAssignableTo(owner)
                && Arrays.asList(names).contains(access.getName());
    }

    private static boolean takesExecutor(JavaAccess<?> access) {
        return parameters(access).stream().anyMatch(type -> type.isEquivalentTo(Executor.class));
    }

    private static List<JavaClass> parameters(JavaAccess<?> access) {
        return access.getTarget() instanceof CodeUnitAccessTarget target ? target.getRawParameterTypes() : List.of();
    }

    /** ArchUnit sees modifiers, not blocks; those show only as an instruction. */
    private static List<String> synchronizedBlocks(JavaClass type) throws IOException {
        List<String> found = new ArrayList<>();
        try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            new ClassReader(bytes)
                    .accept(
                            new ClassVisitor(Opcodes.ASM9) {
                                @Override
                                public MethodVisitor visitMethod(
                                        int access, String name, String descriptor, String signature, String[] thrown) {
                                    return new MethodVisitor(Opcodes.ASM9) {
                                        @Override
                                        public void visitInsn(int opcode) {
                                            if (opcode == Opcodes.MONITORENTER) {
                                                found.add(type.getName() + "." + name);
                                            }
                                        }
                                    };
                                }
                            },
                            ClassReader.SKIP_DEBUG);
        }
        return found;
    }
}
