package dev.pel.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Who is logged in is known wherever a call runs: Spring Security registers its context with the library that the starter brings. */
class SecurityContextTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
            .withPropertyValues("pel.passive.threads=1");

    @AfterEach
    void logOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void theStarterBringsTheLibrary() throws Exception {
        Path pom = Path.of("..", "pel-spring-boot-starter", "pom.xml");
        assertThat(Files.readString(pom, UTF_8))
                .containsPattern("<dependency>\\s*<groupId>io.micrometer</groupId>\\s*"
                        + "<artifactId>context-propagation</artifactId>\\s*</dependency>");
    }

    @Test
    void whoIsLoggedInIsKnownInOperationBodyAndTimer() {
        contextRunner.run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            logIn("anna");
            pel.next(() -> who(), operation -> {
                seen.add(operation);
                seen.add(who());
                pel.delay(Duration.ofMillis(1), () -> seen.add(who()));
            });
            logOut();
            assertThat(seen.poll(10, SECONDS)).isEqualTo("anna");
            assertThat(seen.poll(10, SECONDS)).isEqualTo("anna");
            assertThat(seen.poll(10, SECONDS)).isEqualTo("anna");
        });
    }

    @Test
    void whoIsLoggedInIsForgottenAfterwards() {
        contextRunner.run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            logIn("anna");
            CompletableFuture<String> ofAnna = pel.next(() -> who());
            logOut();
            assertThat(ofAnna.get(10, SECONDS)).isEqualTo("anna");
            assertThat(pel.next(() -> who()).get(10, SECONDS)).isEqualTo("nobody");
        });
    }

    @Test
    void whoLogsInInsideAnOperationIsForgottenToo() {
        contextRunner.run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            pel.next(() -> logIn("mallory")).get(10, SECONDS);
            assertThat(pel.next(() -> who()).get(10, SECONDS)).isEqualTo("nobody");
            logIn("anna");
            CompletableFuture<Void> becomesMallory = pel.next(() -> logIn("mallory"));
            logOut();
            becomesMallory.get(10, SECONDS);
            assertThat(pel.next(() -> who()).get(10, SECONDS)).isEqualTo("nobody");
        });
    }

    private static void logIn(String name) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new TestingAuthenticationToken(name, "secret"));
        SecurityContextHolder.setContext(context);
    }

    private static String who() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication == null ? "nobody" : authentication.getName();
    }
}
