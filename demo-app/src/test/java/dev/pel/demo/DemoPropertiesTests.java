package dev.pel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.env.MockEnvironment;

class DemoPropertiesTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "demo.people.max-rows | 0 | 'demo.people.max-rows' must be at least 1 but was '0'",
                "demo.intake.max-open | 9 | 'demo.people.max-rows' must be at most 'demo.intake.max-open', which is 9 but was '10000'",
                "demo.intake.retry-after | 1ms | 'demo.intake.retry-after' must be at least 1s but was 'PT0.001S'",
                "demo.delivery.window | 0 | 'demo.delivery.window' must be at least 1 but was '0'",
                "demo.delivery.retries | -1 | 'demo.delivery.retries' must be at least 0 but was '-1'",
                "demo.delivery.pause | 0 | 'demo.delivery.pause' must be at least 1ms but was 'PT0S'",
                "demo.gateway.latency-max | 1ms | 'demo.gateway.latency-max' must be at least 'demo.gateway.latency-min', which is PT0.3S but was 'PT0.001S'",
                "demo.progress.interval | 0 | 'demo.progress.interval' must be at least 1ms but was 'PT0S'",
                "demo.progress.max-watchers | 0 | 'demo.progress.max-watchers' must be at least 1 but was '0'",
                "demo.gateway.failure-rate | 1.5 | 'demo.gateway.failure-rate' must be between 0 and 1 but was '1.5'"
            },
            quoteCharacter = '`')
    void aWrongValueIsNamedWithItsRule(String key, String value, String message) {
        MockEnvironment environment = new MockEnvironment().withProperty(key, value);

        assertThatThrownBy(() -> Binder.get(environment).bindOrCreate("demo", DemoProperties.class))
                .rootCause()
                .hasMessage(message);
    }

    @Test
    void theFileNamesEveryKeyWithItsDefault() throws Exception {
        PropertySource<?> file = new YamlPropertySourceLoader()
                .load("demo", new ClassPathResource("application.yml"))
                .get(0);
        MockEnvironment environment = new MockEnvironment();
        environment.getPropertySources().addFirst(file);

        DemoProperties written =
                Binder.get(environment).bind("demo", DemoProperties.class).get();
        DemoProperties defaults = Binder.get(new MockEnvironment()).bindOrCreate("demo", DemoProperties.class);
        assertThat(written).isEqualTo(defaults);
    }
}
