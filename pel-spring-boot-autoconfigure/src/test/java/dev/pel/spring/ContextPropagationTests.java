package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import dev.pel.Lane;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the submitter knew, logging context and registered thread-locals alike, is known wherever its call runs. */
class ContextPropagationTests {

    private static final ThreadLocal<String> USER = new ThreadLocal<>();

    private static final ObservationRegistry OBSERVATIONS = observations();

    private static ObservationRegistry observations() {
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(context -> true);
        return registry;
    }

    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
            .withBean(
                    ErrorHandler.class,
                    () -> failure -> handled.add(failure.error().getMessage() + " of " + who()));

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new UserAccessor());
    }

    @AfterEach
    void unregister() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(UserAccessor.KEY);
        logOut();
    }

    @Test
    void isThereInOperationBodyAndDependent() {
        contextRunner.run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            List<String> seen = new ArrayList<>();
            logIn("anna");
            CompletableFuture<Void> done = pel.next(() -> who(), operation -> {
                        seen.add(operation);
                        seen.add(who());
                    })
                    .thenAccept(operation -> seen.add(who()));
            logOut();
            done.get(10, SECONDS);
            assertThat(seen).containsExactly("anna/anna", "anna/anna", "anna/anna");
        });
    }

    @Test
    void isThereInTimersAndPostedTasks() {
        contextRunner.run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            logIn("anna");
            pel.delay(Duration.ofMillis(1), () -> seen.add(who()));
            pel.enqueue(Lane.WORK, () -> seen.add(who()));
            logOut();
            assertThat(seen.poll(10, SECONDS)).isEqualTo("anna/anna");
            assertThat(seen.poll(10, SECONDS)).isEqualTo("anna/anna");
        });
    }

    @Test
    void isThereInTheErrorHandler() {
        contextRunner.run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            logIn("anna");
            pel.enqueue(Lane.PASSIVE, () -> {
                throw new IllegalStateException("failure");
            });
            logOut();
            assertThat(handled.poll(10, SECONDS)).isEqualTo("failure of anna/anna");
        });
    }

    @Test
    void isThereInAnnotatedMethodsAndFacades() {
        contextRunner.withBean(WhoAmI.class).run(context -> {
            logIn("anna");
            AsyncWho facade = context.getBean(PelTemplate.class).offload(AsyncWho.class, new BlockingWho());
            CompletableFuture<String> annotated = context.getBean(WhoAmI.class).who();
            CompletableFuture<String> offloaded = facade.whoIsIt();
            logOut();
            assertThat(annotated.get(10, SECONDS)).isEqualTo("anna/anna");
            assertThat(offloaded.get(10, SECONDS)).isEqualTo("anna/anna");
        });
    }

    @Test
    void isGoneFromTheThreadAfterwards() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            logIn("anna");
            pel.next(() -> who(), name -> {}).get(10, SECONDS);
            logOut();
            List<String> after = new ArrayList<>();
            pel.next(() -> who(), name -> {
                        after.add(name);
                        after.add(who());
                    })
                    .get(10, SECONDS);
            assertThat(after).containsExactly("null/null", "null/null");
        });
    }

    @Test
    void whatAnOperationWithoutContextLeavesBehindIsTakenOff() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            pel.next(() -> logIn("anna")).get(10, SECONDS);
            assertThat(pel.next(() -> who()).get(10, SECONDS)).isEqualTo("null/null");
        });
    }

    @Test
    void whatAnOperationWithContextLeavesBehindIsTakenOff() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            MDC.put("user", "anna");
            CompletableFuture<Void> leaves = pel.next(() -> {
                USER.set("left");
                MDC.put("left", "behind");
            });
            logOut();
            leaves.get(10, SECONDS);
            assertThat(pel.next(() -> who() + "/" + MDC.get("left")).get(10, SECONDS))
                    .isEqualTo("null/null/null");
        });
    }

    @Test
    void whatAnOperationLeavesBehindIsTakenOffWithASnapshotFactoryOfTheApplicationToo() {
        ContextSnapshotFactory own = ContextSnapshotFactory.builder().build();
        contextRunner
                .withBean(ContextSnapshotFactory.class, () -> own)
                .withPropertyValues("pel.passive.threads=1")
                .run(context -> {
                    PelTemplate pel = context.getBean(PelTemplate.class);
                    pel.next(() -> logIn("anna")).get(10, SECONDS);
                    assertThat(pel.next(() -> who()).get(10, SECONDS)).isEqualTo("null/null");
                });
    }

    @Test
    void scopesOfObservationsThatAreLeftOpenAreClosed() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            Observation left = Observation.start("left", OBSERVATIONS);
            pel.next(() -> openScopes(left, 3)).get(10, SECONDS);
            assertThat(pel.next(() -> observed()).get(10, SECONDS)).isEqualTo("nothing");
        });
    }

    @Test
    void scopesThatAreLeftOpenInTheScopeOfTheSubmitterAreClosedWithIt() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            Observation ofSubmitter = Observation.start("of the submitter", OBSERVATIONS);
            Observation left = Observation.start("left", OBSERVATIONS);
            CompletableFuture<String> leaves = ofSubmitter.scoped(() -> pel.next(() -> {
                String before = observed();
                openScopes(ofSubmitter, 2);
                openScopes(left, 2);
                return before;
            }));
            assertThat(leaves.get(10, SECONDS)).isEqualTo("of the submitter");
            assertThat(pel.next(() -> observed()).get(10, SECONDS)).isEqualTo("nothing");
        });
    }

    @Test
    void whatACallLeavesOpenInsideTheJoinOfAnotherIsClosedBeforeThatGoesOn() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            CompletableFuture<CompletableFuture<Void>> inner = new CompletableFuture<>();
            Observation ofOuter = Observation.start("of the outer", OBSERVATIONS);
            Observation left = Observation.start("left", OBSERVATIONS);
            CompletableFuture<String> outer = ofOuter.scoped(() -> pel.next(() -> {
                inner.get().join(); // runs it here, on the only thread
                return observed() + " and " + who();
            }));
            inner.complete(pel.next(() -> {
                openScopes(left, 2);
                logIn("left");
            }));
            assertThat(outer.get(10, SECONDS)).isEqualTo("of the outer and null/null");
            assertThat(pel.next(() -> observed()).get(10, SECONDS)).isEqualTo("nothing");
        });
    }

    private static void openScopes(Observation observation, int scopes) {
        for (int i = 0; i < scopes; i++) {
            observation.openScope();
        }
    }

    private static String observed() {
        Observation current = OBSERVATIONS.getCurrentObservation();
        return current == null ? "nothing" : current.getContext().getName();
    }

    @Test
    void nothingIsMadeWhereThereIsNothingToCarry() {
        ThreadLocalsPropagator propagator = new ThreadLocalsPropagator(ContextRegistry.getInstance());
        assertThat(propagator.capture()).isNull();
        assertThat(propagator.clear()).isSameAs(propagator.clear());
    }

    @Test
    void isThatOfTheSubmissionAlsoWhenTheOperationRunsInsideTheJoinOfAnother() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            CompletableFuture<CompletableFuture<String>> ofBert = new CompletableFuture<>();
            CountDownLatch submitted = new CountDownLatch(1);
            logIn("anna");
            CompletableFuture<String> ofAnna = pel.next(() -> {
                submitted.await();
                String seen = ofBert.get().join(); // runs it here, on the only thread
                return seen + " inside of " + who();
            });
            logIn("bert");
            ofBert.complete(pel.next(() -> who()));
            submitted.countDown();
            logOut();
            assertThat(ofAnna.get(10, SECONDS)).isEqualTo("bert/bert inside of anna/anna");
        });
    }

    @Test
    void thatTheSubmitterHadNothingIsCarriedIntoTheJoinOfAnother() {
        contextRunner.withPropertyValues("pel.passive.threads=1").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            CompletableFuture<CompletableFuture<String>> ofNobody = new CompletableFuture<>();
            logIn("anna");
            CompletableFuture<String> ofAnna = pel.next(() -> ofNobody.get().join());
            logOut();
            ofNobody.complete(pel.next(() -> USER.get()));
            assertThat(ofAnna.get(10, SECONDS)).isNull();
        });
    }

    @Test
    void neverMixesTheChainsOfTwoUsers() {
        contextRunner.withPropertyValues("pel.passive.threads=2").run(context -> {
            PelTemplate pel = context.getBean(PelTemplate.class);
            Map<String, List<String>> seen = new ConcurrentHashMap<>();
            CountDownLatch ended = new CountDownLatch(2);
            for (String user : List.of("anna", "bert")) {
                seen.put(user, new ArrayList<>());
                logIn(user);
                chain(pel, seen.get(user), 50, ended);
            }
            logOut();
            assertThat(ended.await(20, SECONDS)).isTrue();
            for (String user : List.of("anna", "bert")) {
                assertThat(seen.get(user)).hasSize(50 * 4).containsOnly(user + "/" + user);
            }
            List<String> failures = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                failures.add(handled.poll(10, SECONDS));
            }
            assertThat(failures).allMatch(text -> text.equals("anna of anna/anna") || text.equals("bert of bert/bert"));
        });
    }

    /** Operation, body, dependent and timer; on the way a failure for the error handler; then the next link. */
    private static void chain(PelTemplate pel, List<String> seen, int links, CountDownLatch ended) {
        if (links == 0) {
            ended.countDown();
            return;
        }
        String user = USER.get();
        pel.next(() -> who(), operation -> {
                    seen.add(operation);
                    seen.add(who());
                    pel.work(() -> {
                        throw new IllegalStateException(user);
                    });
                })
                .thenRun(() -> {
                    seen.add(who());
                    pel.delay(Duration.ofNanos(1), () -> {
                        seen.add(who());
                        chain(pel, seen, links - 1, ended);
                    });
                });
    }

    @Test
    void staysAtHomeWhenPropagationIsOff() {
        contextRunner.withPropertyValues("pel.context.propagation=none").run(context -> {
            logIn("anna");
            CompletableFuture<String> seen = context.getBean(PelTemplate.class).next(() -> who());
            logOut();
            assertThat(seen.get(10, SECONDS)).isEqualTo("null/null");
        });
    }

    @Test
    void takesTheSnapshotFactoryOfTheApplication() {
        ContextSnapshotFactory nothing = ContextSnapshotFactory.builder()
                .captureKeyPredicate(key -> false)
                .build();
        contextRunner.withBean(ContextSnapshotFactory.class, () -> nothing).run(context -> {
            logIn("anna");
            CompletableFuture<String> seen = context.getBean(PelTemplate.class).next(() -> who());
            logOut();
            assertThat(seen.get(10, SECONDS)).isEqualTo("null/anna");
        });
    }

    @Test
    void goesAlongIntoASecondLoop() {
        contextRunner.run(context -> {
            try (EventLoop second =
                    context.getBean(PelLoopBuilder.class).name("second").build()) {
                second.start();
                logIn("anna");
                CompletableFuture<String> seen = second.next(() -> who());
                logOut();
                assertThat(seen.get(10, SECONDS)).isEqualTo("anna/anna");
            }
        });
    }

    private static void logIn(String user) {
        USER.set(user);
        MDC.put("user", user);
    }

    private static void logOut() {
        USER.remove();
        MDC.clear();
    }

    /** The user by thread-local and by logging context. */
    private static String who() {
        return USER.get() + "/" + MDC.get("user");
    }

    static class WhoAmI {
        @Next
        public CompletableFuture<String> who() {
            return CompletableFuture.completedFuture(ContextPropagationTests.who());
        }
    }

    static class BlockingWho {
        public String whoIsIt() {
            return who();
        }
    }

    interface AsyncWho {
        @Next
        CompletableFuture<String> whoIsIt();
    }

    private static final class UserAccessor implements ThreadLocalAccessor<String> {
        static final String KEY = "user";

        @Override
        public Object key() {
            return KEY;
        }

        @Override
        public String getValue() {
            return USER.get();
        }

        @Override
        public void setValue(String value) {
            USER.set(value);
        }

        @Override
        public void setValue() {
            USER.remove();
        }
    }
}
