package dev.pel.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** What the Spring side may not do, whoever changes it. */
@AnalyzeClasses(packages = "dev.pel.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule autoConfigurationsAreFinal = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .because("nobody extends them; applications replace beans");

    @ArchTest
    static final ArchRule autoConfigurationsHaveNoPublicMembers = members()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .notBePublic()
            .because("nobody calls them but Spring");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.pel.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule namesSayWhatAThingIs =
            classes().should().haveNameNotMatching(".*(Util|Utils|Helper|Manager|Impl)|.*[.$]Abstract[^.]*");

    @ArchTest
    static final ArchRule asyncStagesNameTheirExecutor = noClasses()
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "an ...Async method of a stage without an executor",
                    (JavaMethodCall call) -> call.getTargetOwner().isAssignableTo(CompletionStage.class)
                            && call.getName().endsWith("Async")
                            && call.getTarget().getRawParameterTypes().stream()
                                    .noneMatch(type -> type.isEquivalentTo(Executor.class))))
            .because("without one they run on the common pool of the JVM");

    @ArchTest
    static final ArchRule leavesSecurityToTheApplication = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework.security..")
            .because("a filter chain of ours would make Boot's own step back");

    @ArchTest
    static final ArchRule doesNotKnowTheDemo =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.pel.demo..");
}
