package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.spring.ProvisionalAutoConfiguration.ProvisionalBean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ProvisionalAutoConfigurationTests {

    private final ApplicationContextRunner contextRunner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ProvisionalAutoConfiguration.class));

    @Test
    void addsNothingByDefault() {
        contextRunner.run(context -> assertThat(context).doesNotHaveBean(ProvisionalBean.class));
    }

    @Test
    void addsTheBeanWhenEnabled() {
        contextRunner
                .withPropertyValues("pel.provisional.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(ProvisionalBean.class));
    }
}
