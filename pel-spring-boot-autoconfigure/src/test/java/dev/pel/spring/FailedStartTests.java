package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;

/** What stands in the log when an application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class FailedStartTests {

    @Test
    void namesTheMethodThatCannotWork(CapturedOutput output) {
        assertThatThrownBy(() -> RunningApplication.start(List.of(Bad.class)))
                .hasRootCauseInstanceOf(InvalidCallMethodException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("@Next method dev.pel.spring.FailedStartTests$Bad.bad() returns String, but must return"
                        + " CompletableFuture, CompletionStage, Future, LoopFuture or void: its caller gets a handle,"
                        + " because the method runs on another thread.")
                .contains(
                        "Change the return type, or remove the annotation and call the method with PelTemplate.next.");
    }

    @Test
    void namesTheLineOfTheSelfCall(CapturedOutput output) {
        assertThatThrownBy(() -> RunningApplication.start(List.of(SelfCall.class)))
                .hasRootCauseInstanceOf(InvalidCallMethodException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("@Next method dev.pel.spring.FailedStartTests$SelfCall.load() is called on 'this' in"
                        + " dev.pel.spring.FailedStartTests$SelfCall.both (FailedStartTests.java:");
    }

    @Test
    void namesThePropertyThatIsWrong(CapturedOutput output) {
        assertThatThrownBy(() -> RunningApplication.start(List.of(), "pel.passive.threads=0"))
                .hasStackTraceContaining(PelPropertyException.class.getName());
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("'pel.passive.threads' must be between 1 and 4096 but was 0. It was set in")
                .contains("Change the value of 'pel.passive.threads', or remove the key so that its default counts.")
                .doesNotContain("docs/");
    }

    @Test
    void namesFileAndLineOfEveryPropertyOfTheRule(CapturedOutput output, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("application.properties");
        Files.writeString(file, "# lanes\npel.passive.high-water=40\npel.passive.low-water=60\n");
        assertThatThrownBy(() -> RunningApplication.start(List.of(), "spring.config.location=" + directory.toUri()))
                .hasStackTraceContaining(PelPropertyException.class.getName());
        assertThat(output)
                .contains(
                        "'pel.passive.low-water' must be at least 0 and below 'pel.passive.high-water', 40, but was 60.")
                .containsPattern("It was set in .*application.properties.* - 3:23\\.")
                .containsPattern("'pel.passive.high-water' was set in .*application.properties.* - 2:24\\.")
                .contains("Change the value of 'pel.passive.low-water' or 'pel.passive.high-water', or remove the key");
    }

    @ParameterizedTest
    @CsvSource({"pel.stop.deadline, none", "pel.web.retry-after, servlet", "pel.web.retry-after, reactive"})
    void namesTheDurationWithoutAUnit(String key, String type, CapturedOutput output) {
        assertThatThrownBy(() ->
                        RunningApplication.start(List.of(), "spring.main.web-application-type=" + type, key + "=20"))
                .hasStackTraceContaining(PelPropertyException.class.getName());
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("'" + key + "' must have a unit (write 20s or 20ms) but was 20. It was set in")
                .contains("Change the value of '" + key + "', or remove the key so that its default counts.");
    }

    @ParameterizedTest
    @CsvSource({
        "pel.enabled, maybe",
        "pel.passive.threads, '4,8'",
        "pel.passive.threads, many",
        "pel.passive.threads, 99999999999",
        "pel.passive.thread-kind, green",
        "pel.work.capacity, '1,000'",
        "pel.stop.deadline, soon",
        "pel.stop.deadline, '1s,2s'",
        "pel.context.propagation, maybe",
        "pel.metrics.labels, 1e3",
        "pel.metrics.histograms, sometimes",
        "pel.endpoint.show-values, sometimes",
        "pel.endpoint.max-threads, all"
    })
    void namesThePropertyAndTheValueThatIsNoneOfItsType(String key, String value, CapturedOutput output) {
        assertThatThrownBy(() ->
                        RunningApplication.start(List.of(), "spring.main.web-application-type=none", key + "=" + value))
                .isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(key)
                .contains(value)
                .contains("defaultProperties");
    }

    @Test
    void namesTheLoopsThatCannotBeToldApart(CapturedOutput output) {
        assertThatThrownBy(() -> RunningApplication.start(List.of(TwoLoops.class)))
                .isInstanceOf(AmbiguousBeansException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("there are 2: 'orders', 'reports', of which none is primary.")
                .contains("Mark the one that the application uses by default as @Primary");
    }

    @Test
    void namesTheLoopsThatHaveTheSameName(CapturedOutput output) {
        assertThatThrownBy(() -> RunningApplication.start(List.of(SameName.class)))
                .hasRootCauseInstanceOf(AmbiguousBeansException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("have the same name 'pel'.")
                .contains("Give each loop a name of its own");
    }

    static class TwoLoops {
        @Bean
        EventLoop orders(PelLoopBuilder builder) {
            return builder.name("orders").build();
        }

        @Bean
        EventLoop reports(PelLoopBuilder builder) {
            return builder.name("reports").build();
        }
    }

    static class SameName {
        @Bean(defaultCandidate = false)
        EventLoop reports(PelLoopBuilder builder) {
            return builder.build();
        }
    }

    static class Bad {
        @Next
        String bad() {
            return "";
        }
    }

    static class SelfCall {
        @Next
        void load() {}

        void both() {
            load();
        }
    }
}
