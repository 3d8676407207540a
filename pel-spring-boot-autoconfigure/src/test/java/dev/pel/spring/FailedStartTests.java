package dev.pel.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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
                .contains("Change the value of 'pel.passive.threads'.");
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
