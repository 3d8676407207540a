package dev.pel.spring.actuate;

import static dev.pel.spring.RunningApplication.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.LoopState;
import dev.pel.spring.RunningApplication;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The endpoint with Spring Security beside it and nothing configured. Security would change every other test, so a run of its
 * own adds it to the class path: see "with-security" in the pom.
 */
@Tag("security")
class SecuredTests {
    private static final String STOP = "{\"action\":\"force-stop\"}";
    private static final String[] LOGGED_IN = {
        "Authorization", "Basic " + Base64.getEncoder().encodeToString("somebody:secret".getBytes(UTF_8))
    };

    private static RunningApplication application;
    private static EventLoop loop;

    @BeforeAll
    static void startApplication() {
        application = RunningApplication.start(
                List.of(),
                "management.endpoint.pel.access=unrestricted",
                "pel.endpoint.show-values=when-authorized",
                "spring.security.user.name=somebody",
                "spring.security.user.password=secret");
        loop = application.bean(EventLoop.class);
    }

    @AfterAll
    static void stopApplication() {
        application.close();
    }

    /** By its name, as the tests are compiled without it. */
    private static Class<?> filterChain() throws ClassNotFoundException {
        return Class.forName("org.springframework.security.web.SecurityFilterChain");
    }

    @Test
    void anonymousAccessIsRefused() throws Exception {
        assertThat(filterChain()).as("Security is there").isInterface();
        for (String path : List.of("/actuator/pel", "/actuator/pel/passive", "/actuator/prometheus")) {
            assertThat(application.get(path).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(application.postJson("/actuator/pel", STOP).statusCode()).isIn(401, 403);
        assertThat(loop.state()).isEqualTo(LoopState.RUNNING);
    }

    @Test
    void theOnlyFilterChainIsTheOneOfBoot() throws Exception {
        assertThat(application.context().getBeanNamesForType(filterChain()))
                .singleElement()
                .satisfies(name -> assertThat(application
                                .context()
                                .getBeanFactory()
                                .getBeanDefinition(name)
                                .getFactoryBeanName())
                        .startsWith("org.springframework.boot."));
    }

    @Test
    @SuppressWarnings("unchecked")
    void whoIsLoggedInReadsWithMessages() throws Exception {
        loop.next(() -> {
            throw new IllegalStateException("for the operator");
        });
        await().until(() -> loop.stats().unhandled() > 0);
        Map<String, Object> body = json(application.send("GET", "/actuator/pel", LOGGED_IN));
        assertThat((List<Map<String, Object>>) body.get("failures"))
                .first()
                .satisfies(failure -> assertThat(failure).containsEntry("message", "for the operator"));
    }
}
