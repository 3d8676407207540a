package dev.pel.release;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** pel-bom is whole: an application that imports it finds every module. */
class BomTests {
    @Test
    void managesEveryPublishedModuleAndNoOther() {
        assertThat(PublishedModules.managed())
                .as("what pel-bom/pom.xml manages, and the modules whose pom does not set maven.deploy.skip")
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(PublishedModules.deployed());
    }
}
