package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.EventLoopOptions;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An operation that runs inside the join of another one has no part in that one's transaction. */
class TransactionBarrierTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withPropertyValues("spring.datasource.generate-unique-name=true", "pel.passive.threads=1")
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class));

    /** The parts that the tests use. */
    private record Parts(EventLoop loop, JdbcTemplate jdbc, TransactionTemplate transaction) {
        void insert(String name) {
            jdbc.update("insert into person values (?)", name);
        }

        List<String> names() {
            return jdbc.queryForList("select name from person order by name", String.class);
        }
    }

    /** A test that may throw. */
    private interface Trial {
        void run(Parts parts) throws Exception;
    }

    private void run(Trial trial) {
        contextRunner.run(context -> {
            Parts parts = new Parts(
                    context.getBean(EventLoop.class),
                    context.getBean(JdbcTemplate.class),
                    context.getBean(TransactionTemplate.class));
            parts.jdbc.execute("create table person (name varchar(20))");
            trial.run(parts);
        });
    }

    @Test
    void rowsOfACallThatHasSucceededStayWhenTheOneThatWaitsIsRolledBack() {
        run(parts -> {
            LoopFuture<Integer> outer = parts.loop.next(() -> parts.transaction.execute(status -> {
                parts.insert("outer");
                // the one thread is this one, so the operation runs inside the join
                parts.loop.next(() -> parts.insert("inner")).join();
                status.setRollbackOnly();
                return 1;
            }));
            assertThat(outer.get(10, SECONDS)).isEqualTo(1);
            assertThat(parts.names()).containsExactly("inner");
        });
    }

    @Test
    void transactionInsideAJoinIsOneOfItsOwn() {
        run(parts -> {
            LoopFuture<Integer> outer = parts.loop.next(() -> parts.transaction.execute(status -> {
                LoopFuture<Integer> inner = parts.loop.next(() -> parts.transaction.execute(own -> {
                    assertThat(own.isNewTransaction()).isTrue();
                    parts.insert("inner");
                    throw new IllegalStateException("of the inner one");
                }));
                assertThatThrownBy(inner::join).hasRootCauseMessage("of the inner one");
                parts.insert("outer");
                return 1;
            }));
            assertThat(outer.get(10, SECONDS)).isEqualTo(1);
            assertThat(parts.names()).containsExactly("outer");
        });
    }

    @Test
    void transactionOfTheOneThatWaitsGoesOnAsItWas() {
        run(parts -> {
            List<String> told = new CopyOnWriteArrayList<>();
            LoopFuture<Integer> outer = parts.loop.next(() -> parts.transaction.execute(status -> {
                TransactionSynchronizationManager.registerSynchronization(new Told(told));
                TransactionSynchronizationManager.setCurrentTransactionName("outer");
                parts.loop
                        .next(() -> {
                            told.add("inside " + TransactionSynchronizationManager.getCurrentTransactionName());
                            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                                    .isFalse();
                            // what an operation leaves bound must not reach the one that waits
                            TransactionSynchronizationManager.bindResource("key", "value");
                        })
                        .join();
                assertThat(TransactionSynchronizationManager.hasResource("key")).isFalse();
                assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                        .isTrue();
                told.add("after " + TransactionSynchronizationManager.getCurrentTransactionName());
                parts.insert("outer");
                return 1;
            }));
            assertThat(outer.get(10, SECONDS)).isEqualTo(1);
            assertThat(told).containsExactly("suspend", "inside null", "resume", "after outer", "commit");
            assertThat(parts.names()).containsExactly("outer");
        });
    }

    /** Tells what a transaction tells its synchronizations. */
    private record Told(List<String> told) implements TransactionSynchronization {
        @Override
        public void suspend() {
            told.add("suspend");
        }

        @Override
        public void resume() {
            told.add("resume");
        }

        @Override
        public void afterCommit() {
            told.add("commit");
        }
    }

    // ------------------------------------------------------------------ synchronizations that throw

    /** Throws from one of its methods. */
    private record Throwing(boolean suspends) implements TransactionSynchronization {
        @Override
        public void suspend() {
            if (suspends) {
                throw new IllegalStateException("of suspend");
            }
        }

        @Override
        public void resume() {
            throw new IllegalStateException("of resume");
        }
    }

    @Test
    void transactionIsAsBeforeWhenASynchronizationThrowsAsItIsSuspended() {
        run(parts -> {
            LoopFuture<Integer> outer = parts.loop.next(() -> parts.transaction.execute(status -> {
                parts.insert("before");
                TransactionSynchronizationManager.registerSynchronization(new Throwing(true));
                parts.loop.next(() -> 1).join();
                parts.insert("after");
                return TransactionSynchronizationManager.getSynchronizations().size();
            }));
            assertThat(outer.get(10, SECONDS)).isPositive();
            assertThat(parts.names()).containsExactly("after", "before");
        });
    }

    @Test
    void transactionIsRolledBackWhenASynchronizationThrowsAsItGoesOn() {
        run(parts -> {
            List<String> told = new CopyOnWriteArrayList<>();
            LoopFuture<Integer> outer = parts.loop.next(() -> parts.transaction.execute(status -> {
                parts.insert("outer");
                TransactionSynchronizationManager.registerSynchronization(new Throwing(false));
                TransactionSynchronizationManager.registerSynchronization(new Told(told));
                parts.loop.next(() -> 1).join();
                return 1;
            }));
            assertThatThrownBy(() -> outer.get(10, SECONDS)).hasCauseInstanceOf(UnexpectedRollbackException.class);
            assertThat(told).as("those behind it go on").containsExactly("suspend", "resume");
            assertThat(parts.names()).isEmpty();
        });
    }

    // ------------------------------------------------------------------ threads of the loop

    @Test
    void whatAnOperationLeavesBoundIsTakenOffItsThread() {
        run(parts -> {
            parts.loop
                    .next(() -> TransactionSynchronizationManager.bindResource("key", "value"))
                    .get(10, SECONDS);
            assertThat(parts.loop
                            .next(() -> TransactionSynchronizationManager.hasResource("key"))
                            .get(10, SECONDS))
                    .isFalse();
        });
    }

    @Test
    void bodiesOfALoopThatRunsInsideATransactionHaveNoPartInIt() {
        EventLoop loop = EventLoop.create(EventLoopOptions.defaults().withPropagator(new TransactionBarrier()));
        TransactionSynchronizationManager.initSynchronization();
        TransactionSynchronizationManager.bindResource("key", "value");
        List<Boolean> seen = new CopyOnWriteArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                loop.next(() -> {}, () -> seen.add(TransactionSynchronizationManager.hasResource("key")));
            }
            loop.enqueue(Lane.ACTIVE, () -> {
                loop.stop(Duration.ofSeconds(10));
            });
            loop.runOnCurrentThread();
            assertThat(seen).containsExactly(false, false, false);
            assertThat(TransactionSynchronizationManager.hasResource("key")).isTrue();
            assertThat(TransactionSynchronizationManager.isSynchronizationActive())
                    .isTrue();
        } finally {
            SuspendedTransaction.clear();
        }
    }

    @Test
    void thereIsNoBarrierWithoutSpringsTransactions() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(PelAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.transaction"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("pelTransactionBarrier"));
    }
}
