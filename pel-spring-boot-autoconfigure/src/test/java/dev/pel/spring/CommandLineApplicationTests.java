package dev.pel.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.LoopState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** An application without a web server ends when its runners have ended, with pel as without it. */
class CommandLineApplicationTests {
    private static final String[] NO_WEB = {"--spring.main.web-application-type=none", "--spring.main.banner-mode=off"};

    @TempDir
    private Path directory;

    @Test
    void endsByItselfAfterItsRunner() throws Exception {
        try (ChildJvm jvm = ChildJvm.start(directory, RunsOnce.class, NO_WEB)) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.console()).contains("the answer is 42");
        }
    }

    @Test
    void staysWhenItIsToldToStayAlive() throws Exception {
        try (ChildJvm jvm =
                ChildJvm.start(directory, RunsOnce.class, NO_WEB[0], NO_WEB[1], "--spring.main.keep-alive=true")) {
            jvm.printed("main has ended");
            jvm.tell("are you there?");
            jvm.printed("I got: are you there?");
            jvm.terminate();
            assertThat(jvm.ended()).as(jvm.console()).isEqualTo(143);
        }
    }

    @Test
    void drainsWhatIsInFlightWhenMainReturns() throws Exception {
        try (ChildJvm jvm = ChildJvm.start(directory, LeavesACall.class, NO_WEB)) {
            assertThat(jvm.ended()).as(jvm.console()).isZero();
            assertThat(jvm.console()).contains("the body got 42", "drained (1 call, 2 lane entries)");
        }
    }

    @Test
    void drainsWhatIsInFlightWhenTheApplicationExits() throws Exception {
        try (ChildJvm jvm = ChildJvm.start(directory, ExitsWithACall.class, NO_WEB)) {
            assertThat(jvm.ended()).as(jvm.console()).isEqualTo(3);
            assertThat(jvm.console()).contains("the body got 42", "drained (1 call, 2 lane entries)");
        }
    }

    /** Waits in its runner for a call. Beside it a daemon repeats what it is told when main has ended. */
    @EnableAutoConfiguration
    static class RunsOnce {
        public static void main(String[] arguments) {
            Thread main = Thread.currentThread();
            Thread echo = new Thread(() -> echo(main));
            echo.setDaemon(true);
            echo.start();
            SpringApplication.run(RunsOnce.class, arguments);
        }

        private static void echo(Thread main) {
            try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
                main.join();
                System.out.println("main has ended");
                System.out.println("I got: " + input.readLine());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Bean
        CommandLineRunner runner(PelTemplate pel) {
            return arguments ->
                    System.out.println("the answer is " + pel.next(() -> 42).get());
        }
    }

    /** Ends with a call in flight, whose operation returns when the loop drains. */
    @EnableAutoConfiguration
    static class LeavesACall {
        public static void main(String[] arguments) {
            SpringApplication.run(LeavesACall.class, arguments);
        }

        @Bean
        CommandLineRunner runner(PelTemplate pel) {
            return arguments -> pel.next(
                    () -> {
                        while (pel.stats().state() == LoopState.RUNNING) {
                            Thread.onSpinWait();
                        }
                        return 42;
                    },
                    answer -> System.out.println("the body got " + answer));
        }
    }

    /** The same, but main ends the application. */
    static class ExitsWithACall {
        public static void main(String[] arguments) {
            ConfigurableApplicationContext context = SpringApplication.run(LeavesACall.class, arguments);
            System.exit(SpringApplication.exit(context, () -> 3));
        }
    }
}
