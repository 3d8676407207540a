package dev.pel.spring;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.jdbc.autoconfigure.DataJdbcRepositoriesAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.jdbc.repository.config.EnableJdbcRepositories;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.relational.core.mapping.Table;
import org.springframework.data.relational.core.mapping.event.AfterConvertCallback;
import org.springframework.data.repository.CrudRepository;
import org.springframework.data.repository.Repository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Marked methods of Spring Data repositories, whose beans are proxies in front of a class that knows nothing of them. */
class RepositoryTests {

    private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
            .withPropertyValues("spring.datasource.generate-unique-name=true")
            .withConfiguration(AutoConfigurations.of(
                    PelAutoConfiguration.class,
                    AopAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    JdbcTemplateAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class,
                    PersistenceExceptionTranslationAutoConfiguration.class,
                    DataJdbcRepositoriesAutoConfiguration.class))
            .withBean(Loads.class)
            .withUserConfiguration(Repositories.class);

    // ------------------------------------------------------------------ where the query runs

    @Test
    void theQueryRunsOnceOnAPassiveThread() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            CompletableFuture<List<Person>> handle =
                    context.getBean(People.class).findByName("Ann");
            assertThat(handle).isInstanceOf(LoopFuture.class);
            assertThat(handle.get(10, SECONDS)).extracting(Person::name).containsExactly("Ann");
            assertThat(context.getBean(Loads.class).threads)
                    .singleElement()
                    .asString()
                    .startsWith("pel-passive-");
            assertThat(context.getBean(EventLoop.class)
                            .stats()
                            .lane(Lane.PASSIVE)
                            .submitted())
                    .isEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"spring.aop.auto=false", "spring.aop.proxy-target-class=false"})
    void itRunsThereHoweverProxiesAreMade(String property) {
        contextRunner.withPropertyValues(property).run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            context.getBean(People.class).findByName("Ann").get(10, SECONDS);
            assertThat(context.getBean(Loads.class).threads)
                    .singleElement()
                    .asString()
                    .startsWith("pel-passive-");
        });
    }

    @Test
    void theBodyRunsOnTheActiveThread() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            assertThat(context.getBean(People.class)
                            .findByName("Ann")
                            .thenApply(people -> Thread.currentThread().getName())
                            .get(10, SECONDS))
                    .isEqualTo("pel-active");
        });
    }

    @Test
    void aMethodWithoutMarkRunsOnTheCaller() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            context.getBean(People.class).findAll();
            assertThat(context.getBean(Loads.class).threads)
                    .containsOnly(Thread.currentThread().getName());
        });
    }

    @Test
    void aMarkOnARedeclaredMethodOfTheBaseCounts() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            People people = context.getBean(People.class);
            people.deleteAll();
            assertThat(context.getBean(EventLoop.class)
                            .stats()
                            .lane(Lane.PASSIVE)
                            .submitted())
                    .isEqualTo(1);
        });
    }

    @Test
    void aMarkOnTheInterfaceCounts() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            assertThat(context.getBean(AllNext.class).findByName("Ann").get(10, SECONDS))
                    .isPresent();
            assertThat(context.getBean(Loads.class).threads)
                    .singleElement()
                    .asString()
                    .startsWith("pel-passive-");
        });
    }

    @Test
    void aSingleResultThatIsNotThereIsANull() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            assertThat(context.getBean(People.class).findOneByName("Nobody").get(10, SECONDS))
                    .isNull();
        });
    }

    // ------------------------------------------------------------------ what runs around it

    @Test
    void itsTransactionIsOnThePassiveThread() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            context.getBean(People.class).findInTransaction("Ann").get(10, SECONDS);
            assertThat(context.getBean(Loads.class).transactions).containsExactly(true);
        });
    }

    @Test
    void aFailureIsTranslatedBeforeTheHandleCarriesIt() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            assertThatThrownBy(
                            () -> context.getBean(People.class).insert(1, "Ann").get(10, SECONDS))
                    .hasCauseInstanceOf(DuplicateKeyException.class);
        });
    }

    // ------------------------------------------------------------------ facade

    @Test
    void aFacadeStandsInFrontOfTheInheritedMethodsOfARepository() {
        contextRunner.run(context -> {
            fill(context.getBean(JdbcTemplate.class));
            AsyncPeople people =
                    context.getBean(PelTemplate.class).offload(AsyncPeople.class, context.getBean(People.class));
            assertThat(people.findById(1L).get(10, SECONDS)).map(Person::name).contains("Ann");
            assertThat(people.save(new Person(2, "Bill")).get(10, SECONDS).name())
                    .isEqualTo("Bill");
            assertThat(people.saveAll(List.of(new Person(2, "Ben"))).get(10, SECONDS))
                    .extracting(Person::name)
                    .containsExactly("Ben");
            assertThat(people.findAll().get(10, SECONDS))
                    .extracting(Person::name)
                    .containsExactlyInAnyOrder("Ann", "Ben");
            assertThat(people.count().get(10, SECONDS)).isEqualTo(2);
            people.deleteById(2L).get(10, SECONDS);
            assertThat(people.existsById(2L).get(10, SECONDS)).isFalse();
            assertThat(context.getBean(Loads.class).threads)
                    .isNotEmpty()
                    .allMatch(thread -> thread.startsWith("pel-passive-"));
        });
    }

    // ------------------------------------------------------------------ checks at the start

    @Test
    void anotherReturnTypeStopsTheStart() {
        new ApplicationContextRunner()
                .withPropertyValues("spring.datasource.generate-unique-name=true")
                .withConfiguration(AutoConfigurations.of(
                        PelAutoConfiguration.class,
                        DataSourceAutoConfiguration.class,
                        JdbcTemplateAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        DataJdbcRepositoriesAutoConfiguration.class))
                .withUserConfiguration(WrongRepositories.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("@Next method " + WrongPeople.class.getName()
                                + ".findByName(String) returns List, but must return CompletableFuture"));
    }

    private static void fill(JdbcTemplate jdbc) {
        jdbc.execute("create table person (id bigint primary key, name varchar(20) unique)");
        jdbc.update("insert into person (id, name) values (1, 'Ann'), (2, 'Bob')");
    }

    // ------------------------------------------------------------------ repositories

    @Table("PERSON")
    record Person(@Id long id, String name) {}

    interface People extends CrudRepository<Person, Long> {
        @Next
        CompletableFuture<List<Person>> findByName(String name);

        @Next
        CompletableFuture<Person> findOneByName(String name);

        @Next
        @Transactional
        @Query("select * from person where name = :name")
        CompletableFuture<List<Person>> findInTransaction(String name);

        @Next
        @Modifying
        @Query("insert into person (id, name) values (:id, :name)")
        CompletableFuture<Integer> insert(long id, String name);

        @Next
        @Override
        void deleteAll();
    }

    @Next
    interface AllNext extends Repository<Person, Long> {
        CompletableFuture<Optional<Person>> findByName(String name);
    }

    @Next
    interface AsyncPeople {
        CompletableFuture<Optional<Person>> findById(Long id);

        CompletableFuture<Person> save(Person person);

        CompletableFuture<Iterable<Person>> saveAll(Iterable<Person> people);

        CompletableFuture<Iterable<Person>> findAll();

        CompletableFuture<Long> count();

        CompletableFuture<Boolean> existsById(Long id);

        CompletableFuture<Void> deleteById(Long id);
    }

    interface WrongPeople extends CrudRepository<Person, Long> {
        @Next
        List<Person> findByName(String name);
    }

    /** Sees on which thread, and whether in a transaction, a row becomes an object. */
    static class Loads implements AfterConvertCallback<Person> {
        private final Queue<String> threads = new ConcurrentLinkedQueue<>();
        private final Queue<Boolean> transactions = new ConcurrentLinkedQueue<>();

        @Override
        public Person onAfterConvert(Person person) {
            threads.add(Thread.currentThread().getName());
            transactions.add(TransactionSynchronizationManager.isActualTransactionActive());
            return person;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableJdbcRepositories(
            considerNestedRepositories = true,
            includeFilters =
                    @Filter(
                            type = FilterType.ASSIGNABLE_TYPE,
                            classes = {People.class, AllNext.class}),
            excludeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = WrongPeople.class))
    static class Repositories {}

    @Configuration(proxyBeanMethods = false)
    @EnableJdbcRepositories(
            considerNestedRepositories = true,
            excludeFilters =
                    @Filter(
                            type = FilterType.ASSIGNABLE_TYPE,
                            classes = {People.class, AllNext.class}))
    static class WrongRepositories {}
}
