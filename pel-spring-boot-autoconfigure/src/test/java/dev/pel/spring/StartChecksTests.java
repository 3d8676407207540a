package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.spring.slices.HiddenLoads;
import dev.pel.spring.slices.InheritedLoads;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Annotations that cannot work stop the start, and say which class, method and line, which rule, and what to do. */
@ExtendWith(OutputCaptureExtension.class)
class StartChecksTests {

    private static final String HERE = StartChecksTests.class.getName();

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class, AopAutoConfiguration.class));

    // ------------------------------------------------------------------ rules of a method

    @Test
    void refusesAnotherReturnType() {
        refuses(
                WrongReturnType.class,
                "@Next method " + HERE + "$WrongReturnType.bad() returns String, but must return CompletableFuture,"
                        + " CompletionStage, Future, LoopFuture or void",
                "Change the return type, or remove the annotation");
    }

    @Test
    void refusesAnotherReturnTypeInAnAnnotatedClass() {
        refuses(
                WrongReturnTypeInClass.class,
                "@Work method " + HERE + "$WrongReturnTypeInClass.bad(long, String) returns int",
                "annotate the methods that should run on the loop instead of WrongReturnTypeInClass");
    }

    @Test
    void refusesAPrivateMethod() {
        refuses(PrivateMethod.class, "$PrivateMethod.bad() is private, but must not be", "Make it a public method");
    }

    @Test
    void refusesAStaticMethod() {
        refuses(StaticMethod.class, "$StaticMethod.bad() is static, but must not be", "Make it a public method");
    }

    @Test
    void refusesAFinalMethodBehindAProxyByClass() {
        refuses(FinalMethod.class, "$FinalMethod.bad() is final, but must not be", "Remove 'final'");
    }

    @Test
    void refusesAnInheritedMethodThatOnlyAnotherPackageSees() {
        contextRunner
                .withBean(HiddenMethod.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@Next method " + HERE + "$HiddenMethod.hidden() is package-private in"
                                + " dev.pel.spring.slices, but the bean's class is in dev.pel.spring"));
    }

    @Test
    void takesAnInheritedMethodOfAnotherPackageThatSubclassesSee() {
        contextRunner
                .withBean(InheritedMethod.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void takesAFinalMethodBehindAProxyByInterface() {
        contextRunner
                .withPropertyValues("spring.aop.auto=false")
                .withBean(FinalMethodOfInterface.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesAFinalClass() {
        refuses(FinalClass.class, "Class " + HERE + "$FinalClass is final, but has the method", "Remove 'final'");
    }

    @Test
    void refusesARecord() {
        refuses(
                RecordWithMark.class,
                "Class " + HERE + "$RecordWithMark is a record, but has the method " + HERE
                        + "$RecordWithMark.bad() with @Next or @Work: no proxy can extend it.",
                "Make it a class that is not final, or let the class implement an interface that declares the method and set"
                        + " spring.aop.proxy-target-class=false.");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnEnum(EnumWithMark constant) {
        contextRunner
                .withBean(EnumWithMark.class, () -> constant)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(" is an enum, but has the method ")
                        .hasStackTraceContaining("Make it a class that is not final, or let the class implement"));
    }

    @Test
    void refusesASealedClass() {
        refuses(
                SealedClass.class,
                "Class " + HERE + "$SealedClass is sealed, but has the method ",
                "Remove 'sealed', or let the class implement an interface");
    }

    @Test
    void takesASubclassOfASealedClassThatIsNotSealed() {
        contextRunner
                .withBean(OpenSubclass.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void takesARecordBehindAProxyByInterface() {
        contextRunner
                .withPropertyValues("spring.aop.auto=false")
                .withBean(RecordWithInterface.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void takesAFinalClassBehindAProxyByInterface() {
        contextRunner
                .withPropertyValues("spring.aop.auto=false")
                .withBean(FinalClassWithInterface.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void refusesAMethodThatNoInterfaceOfTheProxyHas() {
        contextRunner
                .withPropertyValues("spring.aop.auto=false")
                .withBean(NotInTheInterface.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("$NotInTheInterface.hidden() is declared by none of the interfaces")
                        .hasStackTraceContaining("spring.aop.proxy-target-class=true"));
    }

    @Test
    void refusesBothAnnotationsOnOneMethod() {
        refuses(Both.class, "has both @Next and @Work, and can run on one lane only", "Keep @Next if it blocks");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "0s", "-2s"})
    void refusesATimeoutThatIsNoDuration(String timeout) {
        contextRunner
                .withPropertyValues("orders.timeout=" + timeout)
                .withBean(TimeoutByProperty.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "$TimeoutByProperty.load() must be a duration of more than zero but was '" + timeout
                                        + "'"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                WrongReturnType.class,
                WrongReturnTypeInClass.class,
                PrivateMethod.class,
                StaticMethod.class,
                FinalMethod.class,
                FinalClass.class,
                Both.class,
                TimeoutByProperty.class,
                WithAsync.class
            })
    void namesTheLineOfTheMethod(Class<?> type) {
        contextRunner
                .withPropertyValues("orders.timeout=2")
                .withBean(type)
                .run(context -> assertThat(context.getStartupFailure().getCause())
                        .hasMessageMatching("(?s).*Its code begins at StartChecksTests.java:[1-9][0-9]+[.].*"));
    }

    @Test
    void namesTheLineAtWhichTheCodeOfTheMethodBegins() {
        contextRunner
                .withBean(WithLine.class)
                .run(context -> assertThat(context.getStartupFailure().getCause())
                        .hasMessageContaining("Its code begins at StartChecksTests.java:" + WithLine.LINE + "."));
    }

    @Test
    void theFailureAnalyzerSaysWhatAndWhatToDo() {
        contextRunner.withBean(WrongReturnType.class).run(context -> {
            FailureAnalysis analysis = new InvalidCallMethodFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).startsWith("@Next method " + HERE + "$WrongReturnType.bad()");
            assertThat(analysis.getAction()).startsWith("Change the return type");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", " 2 ", "-1", "0"})
    void refusesATimeoutWithoutUnit(String timeout) {
        contextRunner
                .withPropertyValues("orders.timeout=" + timeout)
                .withBean(TimeoutByProperty.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "$TimeoutByProperty.load() must have a unit but was '" + timeout.strip())
                        .hasStackTraceContaining(
                                "Write it as " + timeout.strip() + "s, or " + timeout.strip() + "ms for milliseconds"));
    }

    @Test
    void refusesATimeoutWhosePlaceholderNobodyResolves() {
        String problem = "The timeout of @Next method " + HERE
                + "$TimeoutByProperty.load() is '${orders.timeout}', which cannot be resolved";
        String action = "Set the property, or give the placeholder a default, as in ${orders.timeout:2s}.";
        refuses(TimeoutByProperty.class, problem, action);
        contextRunner
                .withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class))
                .withBean(TimeoutByProperty.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(InvalidCallMethodException.class.getName() + ": " + problem
                                + ": Could not resolve placeholder 'orders.timeout'")
                        .hasStackTraceContaining(action));
    }

    // ------------------------------------------------------------------ beside other annotations

    @Test
    void refusesAsyncOnTheSameMethod() {
        refuses(
                WithAsync.class,
                "@Next method " + HERE + "$WithAsync.load() has @Async, too, and can",
                "Remove @Async");
    }

    @Test
    void refusesAsyncOnTheClass() {
        refuses(
                WithAsyncClass.class,
                "@Work method " + HERE + "$WithAsyncClass.load() has @Async, too, on its class, and can",
                "or @Work to run it on the executor of @Async");
    }

    @ParameterizedTest
    @ValueSource(classes = {FixedDelay.class, FixedDelayByProperty.class})
    void warnsOfAFixedDelayWhoseRunsMayOverlap(Class<?> type, CapturedOutput output) {
        contextRunner.withBean(type).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output)
                    .contains("WARN")
                    .contains("@Next method " + type.getName()
                            + ".poll() has @Scheduled(fixedDelay), too: it returns at once")
                    .contains("give @Next a key, such as key = \"'poll'\", or use"
                            + " PelTemplate.every(...).missed(FIXED_DELAY).next(...) instead.");
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {FixedDelayWithKey.class, FixedDelayOfABody.class})
    void saysNothingOfAFixedDelayWhoseRunsComeInTurn(Class<?> type, CapturedOutput output) {
        contextRunner.withBean(type).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).doesNotContain("@Scheduled");
        });
    }

    @Test
    void saysNothingOfAFixedRate(CapturedOutput output) {
        contextRunner.withBean(FixedRate.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).doesNotContain("@Scheduled");
        });
    }

    @Test
    void aScheduledMethodRunsOnItsLane() {
        contextRunner
                .withUserConfiguration(Scheduling.class)
                .run(context -> assertThat(
                                context.getBean(FixedRate.class).threads().poll(10, SECONDS))
                        .startsWith("pel-passive-"));
    }

    // ------------------------------------------------------------------ which loop

    // ------------------------------------------------------------------ child contexts

    @Test
    void refusesAMarkInAChildContextWithoutPel() {
        contextRunner.run(parent -> {
            try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
                child.setParent(parent);
                child.registerBean("loads", FixedRate.class, bean -> bean.setLazyInit(true));
                assertThatThrownBy(child::refresh)
                        .isInstanceOf(InvalidCallMethodException.class)
                        .hasMessageContaining("@Next method " + HERE + "$FixedRate.poll() is one of bean 'loads' in ")
                        .hasMessageContaining("a child context without pel")
                        .hasMessageContaining("@ImportAutoConfiguration(PelAutoConfiguration.class)");
            }
        });
    }

    @Test
    void aChildContextThatImportsPelUsesTheLoopOfItsParent() {
        contextRunner.run(parent -> {
            try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
                child.setParent(parent);
                child.register(ImportsPel.class);
                child.refresh();
                FixedRate bean = child.getBean(FixedRate.class);
                bean.poll();
                assertThat(bean.threads().poll(10, SECONDS)).startsWith("pel-passive-");
                assertThat(parent.getBean(EventLoop.class)
                                .stats()
                                .lane(Lane.PASSIVE)
                                .submitted())
                        .isEqualTo(1);
            }
        });
    }

    @Test
    void saysNothingOfAChildContextThatHasSwitchedPelOff() {
        contextRunner.run(parent -> {
            try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
                child.setParent(parent);
                TestPropertyValues.of("pel.enabled=false").applyTo(child);
                child.register(ImportsPel.class);
                child.refresh();
                FixedRate bean = child.getBean(FixedRate.class);
                bean.poll();
                assertThat(bean.threads().poll())
                        .isEqualTo(Thread.currentThread().getName());
            }
        });
    }

    @Test
    void saysNothingOfAChildContextWithoutMarks() {
        contextRunner.run(parent -> {
            try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
                child.setParent(parent);
                child.registerBean("text", String.class, "text");
                child.refresh();
                assertThat(child.isActive()).isTrue();
            }
        });
    }

    // ------------------------------------------------------------------ the switch

    @Test
    void warnsWithTheSameTextWhereThePropertySaysSo(CapturedOutput output) {
        contextRunner
                .withPropertyValues("pel.start-checks=warn")
                .withBean(DirectCall.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output)
                            .contains("WARN")
                            .contains("@Next method " + HERE + "$DirectCall.load() is called on 'this' in " + HERE
                                    + "$DirectCall.both (StartChecksTests.java:" + DirectCall.LINE + ")")
                            .contains("Move the method to another bean")
                            .doesNotContain("pel.start-checks");
                });
    }

    @Test
    void looksForNothingWhereThePropertySaysSo(CapturedOutput output) {
        contextRunner
                .withPropertyValues("pel.start-checks=off")
                .withBean(DirectCall.class)
                .withBean(FixedDelay.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output).doesNotContain("is called on 'this'").doesNotContain("@Scheduled");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"warn", "off"})
    void refusesWhatCannotWorkInAnyCaseWhateverThePropertySays(String mode) {
        contextRunner
                .withPropertyValues("pel.start-checks=" + mode)
                .withBean(WrongReturnType.class)
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void refusesAnotherValueOfTheProperty() {
        contextRunner
                .withPropertyValues("pel.start-checks=maybe")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("pel.start-checks"));
    }

    // ------------------------------------------------------------------ self-calls

    @ParameterizedTest
    @ValueSource(
            classes = {
                DirectCall.class,
                CallWithArgumentsThatBranch.class,
                CallInLambda.class,
                CallByMethodReference.class,
                CallInInnerClass.class,
                CallInSuperclass.class,
                CallInDefaultMethod.class,
                CallInConstructor.class,
                Recursion.class,
                CallOnLocalVariable.class,
                CallOnLocalVariableBehindTry.class,
                CallOnLocalVariableInLambda.class,
                CallOnOneSideOfACondition.class,
                CallOnOneSideOfASwitch.class,
                CallInStaticMethod.class,
                CallInStaticMethodOfAStaticMethod.class,
                CallInStaticMethodOfAnotherClass.class,
                CallInRecursiveStaticMethod.class,
                CallOfGenericMethodInSuperclass.class,
                CallOfGenericMethodInInterface.class,
                CallWithAnotherResultType.class
            })
    void refusesACallOnThis(Class<?> type) {
        contextRunner
                .withBean(type)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@Next method " + type.getName() + ".load")
                        .hasStackTraceContaining("is called on 'this' in")
                        .hasStackTraceContaining("(StartChecksTests.java:"));
    }

    @Test
    void namesTheLineOfTheCall() {
        contextRunner
                .withBean(DirectCall.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("is called on 'this' in " + HERE
                                + "$DirectCall.both (StartChecksTests.java:" + DirectCall.LINE + ")"));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                CallOfInjectedSelf.class,
                CallOfAnotherInstance.class,
                CallOfSuper.class,
                CallInOverriddenMethod.class,
                CallOfUnmarkedMethod.class,
                Bridged.class,
                CallOnLocalVariableOfAnother.class,
                CallOnLocalVariableThatIsAssignedAnew.class,
                CallOnReusedSlot.class,
                CallOnParameterOfStaticMethod.class,
                CallOnAnotherParameterOfStaticMethod.class,
                CallOfInjectedSelfBesideThis.class
            })
    void takesACallThatIsNone(Class<?> type) {
        contextRunner.withBean(type).run(context -> assertThat(context).hasNotFailed());
    }

    private void refuses(Class<?> type, String problem, String action) {
        contextRunner.withBean(type).run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure())
                    .hasStackTraceContaining(InvalidCallMethodException.class.getName())
                    .hasStackTraceContaining(problem)
                    .hasStackTraceContaining(action);
        });
    }

    // ------------------------------------------------------------------ beans

    static class WrongReturnType {
        @Next
        String bad() {
            return "";
        }
    }

    @Work
    static class WrongReturnTypeInClass {
        public int bad(long id, String name) {
            return 0;
        }
    }

    static class WithLine {
        static final int LINE = new Throwable().getStackTrace()[0].getLineNumber() + 4;

        @Next
        String bad() {
            return "";
        }
    }

    static class PrivateMethod {
        @Next
        private void bad() {}
    }

    static class StaticMethod {
        @Next
        static void bad() {}
    }

    static class HiddenMethod extends HiddenLoads {}

    static class InheritedMethod extends InheritedLoads {}

    static class FinalMethod {
        @Next
        final void bad() {}
    }

    interface Loads {
        @Next
        void load();
    }

    static class FinalMethodOfInterface implements Loads {
        @Override
        public final void load() {}
    }

    static final class FinalClass {
        @Next
        void bad() {}
    }

    record RecordWithMark() {
        @Next
        void bad() {}
    }

    record RecordWithInterface() implements Loads {
        @Override
        public void load() {}
    }

    enum EnumWithMark {
        PLAIN,
        WITH_BODY {};

        @Work
        void bad() {}
    }

    static sealed class SealedClass permits OpenSubclass {
        @Next
        void bad() {}
    }

    static non-sealed class OpenSubclass extends SealedClass {}

    static final class FinalClassWithInterface implements Loads {
        @Override
        public void load() {}
    }

    static class NotInTheInterface implements Loads {
        @Override
        public void load() {}

        @Next
        public void hidden() {}
    }

    static class Both {
        @Next
        @Work
        void bad() {}
    }

    static class TimeoutByProperty {
        @Next(timeout = "${orders.timeout}")
        void load() {}
    }

    static class WithAsync {
        @Next
        @Async
        void load() {}
    }

    @Async
    static class WithAsyncClass {
        @Work
        void load() {}
    }

    static class FixedDelay {
        @Next
        @Scheduled(fixedDelay = 1000)
        void poll() {}
    }

    static class FixedDelayWithKey {
        @Next(key = "'poll'")
        @Scheduled(fixedDelay = 1000)
        void poll() {}
    }

    static class FixedDelayOfABody {
        @Enqueue
        @Scheduled(fixedDelay = 1000)
        void poll() {}
    }

    static class FixedDelayByProperty {
        @Next
        @Scheduled(fixedDelayString = "1s")
        void poll() {}
    }

    static class FixedRate {
        private final BlockingQueue<String> threads = new LinkedBlockingQueue<>();

        BlockingQueue<String> threads() {
            return threads;
        }

        @Next
        @Scheduled(fixedRate = 100_000)
        void poll() {
            threads.add(Thread.currentThread().getName());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    @Import(FixedRate.class)
    static class Scheduling {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(PelAutoConfiguration.class)
    @Import(FixedRate.class)
    static class ImportsPel {}

    @Configuration(proxyBeanMethods = false)
    static class TwoLoops {
        @Bean
        EventLoop one() {
            return EventLoop.create(EventLoopOptions.defaults().withName("one"));
        }

        @Bean
        EventLoop other() {
            return EventLoop.create(EventLoopOptions.defaults().withName("other"));
        }
    }

    static class DirectCall {
        static final int LINE = new Throwable().getStackTrace()[0].getLineNumber() + 6;

        @Next
        void load() {}

        void both() {
            load();
        }
    }

    static class CallWithArgumentsThatBranch {
        @Next
        void load(long id, double factor, String name) {}

        void both(boolean first, long[] ids) {
            for (int i = 0; i < ids.length; i++) {
                load(
                        first ? ids[i]-- : -ids[i] << 2,
                        first ? 1.5 * i : i,
                        switch (i) {
                            case 0 -> "zero";
                            default -> "more " + i;
                        });
            }
        }
    }

    static class CallInLambda {
        @Next
        CompletableFuture<String> load() {
            return null;
        }

        Callable<Object> both() {
            return () -> load();
        }
    }

    static class CallByMethodReference {
        @Next
        CompletableFuture<String> load() {
            return null;
        }

        Supplier<Object> both() {
            return this::load;
        }
    }

    static class CallInInnerClass {
        @Next
        void load() {}

        Runnable both() {
            return new Runnable() {
                @Override
                public void run() {
                    load();
                }
            };
        }
    }

    static class CallsInBase {
        void load() {}

        void both() {
            load();
        }
    }

    static class CallInSuperclass extends CallsInBase {
        @Override
        @Next
        void load() {}
    }

    interface LoadsTwice {
        @Next
        void load();

        default void twice() {
            load();
        }
    }

    abstract static class LoadsByKey<K> {
        abstract void load(K key);

        void both(K key) {
            load(key);
        }
    }

    static class CallOfGenericMethodInSuperclass extends LoadsByKey<Long> {
        @Override
        @Next
        void load(Long key) {}
    }

    interface LoadsTwiceByKey<K> {
        CompletableFuture<K> load(K key);

        default CompletableFuture<K> twice(K key) {
            return load(key);
        }
    }

    static class CallOfGenericMethodInInterface implements LoadsTwiceByKey<Long> {
        @Override
        @Next
        public CompletableFuture<Long> load(Long key) {
            return LoopFuture.completed(key);
        }
    }

    abstract static class LoadsStage {
        abstract CompletionStage<String> load();

        CompletionStage<String> both() {
            return load();
        }
    }

    static class CallWithAnotherResultType extends LoadsStage {
        @Override
        @Next
        LoopFuture<String> load() {
            return LoopFuture.completed("loaded");
        }
    }

    static class CallInDefaultMethod implements LoadsTwice {
        @Override
        public void load() {}
    }

    static class CallInConstructor {
        @SuppressWarnings("this-escape")
        CallInConstructor() {
            load();
        }

        @Next
        void load() {}
    }

    static class Recursion {
        @Next
        void load(int depth) {
            if (depth > 0) {
                load(depth - 1);
            }
        }
    }

    static class CallOnLocalVariable {
        @Next
        void load() {}

        void both(long wide) {
            double other = wide;
            CallOnLocalVariable self = this;
            if (other > 0) {
                self.load();
            }
        }
    }

    static class CallOnLocalVariableBehindTry {
        @Next
        void load() {}

        void both(String number) {
            CallOnLocalVariableBehindTry self = this;
            try {
                Integer.parseInt(number);
            } catch (NumberFormatException e) {
                self.load();
            }
        }
    }

    static class CallOnLocalVariableInLambda {
        @Next
        void load() {}

        Runnable both() {
            CallOnLocalVariableInLambda self = this;
            return () -> self.load();
        }
    }

    static class CallOnOneSideOfACondition {
        @Next
        void load() {}

        void both(CallOnOneSideOfACondition other) {
            (other == null ? this : other).load();
        }
    }

    static class CallOnOneSideOfASwitch {
        @Next
        void load() {}

        void both(CallOnOneSideOfASwitch other, int which) {
            CallOnOneSideOfASwitch chosen = switch (which) {
                case 0 -> other;
                case 1 -> this;
                default -> throw new IllegalArgumentException("" + which);
            };
            chosen.load();
        }
    }

    static class CallInStaticMethod {
        @Next
        void load() {}

        void both() {
            run(1L, this);
        }

        private static void run(long times, CallInStaticMethod bean) {
            bean.load();
        }
    }

    static class CallInStaticMethodOfAStaticMethod {
        @Next
        void load() {}

        void both() {
            first(this);
        }

        private static void first(CallInStaticMethodOfAStaticMethod bean) {
            second("", bean);
        }

        private static void second(String text, CallInStaticMethodOfAStaticMethod bean) {
            Runnable later = bean::load;
            later.run();
        }
    }

    static class CallInStaticMethodOfAnotherClass {
        @Next
        void load() {}

        void both() {
            Loader.run(this);
        }
    }

    static final class Loader {
        static void run(CallInStaticMethodOfAnotherClass bean) {
            bean.load();
        }

        private Loader() {}
    }

    static class CallInRecursiveStaticMethod {
        @Next
        void load() {}

        void both() {
            run(3, this);
        }

        private static void run(int times, CallInRecursiveStaticMethod bean) {
            if (times > 0) {
                run(times - 1, bean);
                bean.load();
            }
        }
    }

    static class CallOnLocalVariableOfAnother {
        @Next
        void load() {}

        void both(CallOnLocalVariableOfAnother other) {
            CallOnLocalVariableOfAnother self = this;
            CallOnLocalVariableOfAnother its = other;
            if (self != its) {
                its.load();
            }
        }
    }

    static class CallOnLocalVariableThatIsAssignedAnew {
        @Next
        void load() {}

        void plain() {}

        void both(CallOnLocalVariableThatIsAssignedAnew other) {
            CallOnLocalVariableThatIsAssignedAnew one = this;
            one.plain();
            one = other;
            one.load();
        }
    }

    static class CallOnReusedSlot {
        @Next
        void load() {}

        void plain() {}

        void both(List<CallOnReusedSlot> others) {
            if (others.isEmpty()) {
                CallOnReusedSlot self = this;
                self.plain();
            }
            for (CallOnReusedSlot other : others) {
                other.load();
            }
        }
    }

    static class CallOnParameterOfStaticMethod {
        @Next
        void load() {}

        void both(CallOnParameterOfStaticMethod other) {
            run(other);
        }

        private static void run(CallOnParameterOfStaticMethod bean) {
            bean.load();
        }
    }

    static class CallOnAnotherParameterOfStaticMethod {
        @Next
        void load() {}

        void plain() {}

        void both(CallOnAnotherParameterOfStaticMethod other) {
            run(1L, this, other);
        }

        private static void run(
                long times, CallOnAnotherParameterOfStaticMethod from, CallOnAnotherParameterOfStaticMethod to) {
            from.plain();
            to.load();
        }
    }

    static class CallOfInjectedSelfBesideThis {
        @Lazy
        @Autowired
        private CallOfInjectedSelfBesideThis self;

        @Next
        void load() {}

        Runnable both() {
            CallOfInjectedSelfBesideThis own = this;
            CallOfInjectedSelfBesideThis proxy = own.self;
            return () -> proxy.load();
        }
    }

    static class CallOfInjectedSelf {
        @Lazy
        @Autowired
        private CallOfInjectedSelf self;

        @Next
        void load() {}

        Supplier<Runnable> both() {
            self.load();
            return () -> self::load;
        }
    }

    static class CallOfAnotherInstance {
        @Next
        void load() {}

        void both(CallOfAnotherInstance other, boolean which) {
            (which ? other : new CallOfAnotherInstance()).load();
        }
    }

    static class LoadsInBase {
        void load() {}
    }

    static class CallOfSuper extends LoadsInBase {
        @Override
        @Next
        void load() {
            super.load();
        }
    }

    static class CallInOverriddenMethod extends CallsInBase {
        @Override
        @Next
        void load() {}

        @Override
        void both() {}
    }

    static class CallOfUnmarkedMethod {
        @Next
        void load(long id) {}

        void load(String id) {}

        void both() {
            load("1");
        }
    }

    interface ByKey<K> {
        CompletableFuture<String> load(K key);
    }

    static class Bridged implements ByKey<Long> {
        @Override
        @Next
        public CompletableFuture<String> load(Long key) {
            return null;
        }
    }
}
