package dev.pel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Disabled;

/** A test that is switched off is repaired or deleted. */
@AnalyzeClasses(packages = "dev.pel", importOptions = ImportOption.OnlyIncludeTests.class)
class EveryTestRunsTests {

    @ArchTest
    static final ArchRule noTestClassIsDisabled = noClasses().should().beMetaAnnotatedWith(Disabled.class);

    @ArchTest
    static final ArchRule noTestMethodIsDisabled = noMethods().should().beMetaAnnotatedWith(Disabled.class);
}
