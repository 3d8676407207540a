package dev.pel.spring.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.spring.PelAutoConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** A listener of a real broker that pauses while a lane is under pressure. */
class RabbitPauseTests {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int MESSAGES = 200;

    @TempDir
    private Path folder;

    @Test
    void messagesWaitInTheBrokerWhileTheLaneIsUnderPressureAndNoneIsLost() throws Exception {
        try (RabbitBroker broker = RabbitBroker.start(folder)) {
            new ApplicationContextRunner()
                    .withConfiguration(
                            AutoConfigurations.of(PelAutoConfiguration.class, PelPressureAutoConfiguration.class))
                    .withUserConfiguration(Messages.class)
                    .withPropertyValues(
                            "pel.pressure.pause=orders",
                            "pel.passive.threads=2",
                            "pel.passive.capacity=20",
                            "test.port=" + broker.port())
                    .run(context -> {
                        Orders orders = context.getBean(Orders.class);
                        SourcePause pause = context.getBean(SourcePause.class);
                        RabbitTemplate template = context.getBean(RabbitTemplate.class);
                        for (int i = 0; i < MESSAGES; i++) {
                            template.convertAndSend("orders", "" + i);
                        }
                        await().atMost(LONG).until(() -> pause.isPaused("orders"));
                        RabbitAdmin admin = context.getBean(RabbitAdmin.class);
                        await().atMost(LONG)
                                .until(() -> admin.getQueueInfo("orders").getConsumerCount() == 0);
                        long waiting = admin.getQueueInfo("orders").getMessageCount();
                        assertThat(waiting).as("messages in the broker").isGreaterThan(MESSAGES / 2);
                        assertThat(orders.handled).isEmpty();
                        orders.gate.countDown();
                        await().atMost(LONG).until(() -> orders.handled.size() == MESSAGES);
                        await().atMost(LONG).until(() -> !pause.isPaused("orders"));
                        await().atMost(LONG)
                                .until(() -> admin.getQueueInfo("orders").getConsumerCount() == 1);
                    });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableRabbit
    static class Messages {
        @Bean
        CachingConnectionFactory connections(Environment environment) {
            return new CachingConnectionFactory(
                    "127.0.0.1", environment.getRequiredProperty("test.port", Integer.class));
        }

        @Bean
        SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(ConnectionFactory connections) {
            SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
            factory.setConnectionFactory(connections);
            factory.setPrefetchCount(1);
            return factory;
        }

        @Bean
        RabbitAdmin admin(ConnectionFactory connections) {
            return new RabbitAdmin(connections);
        }

        @Bean
        RabbitTemplate template(ConnectionFactory connections) {
            return new RabbitTemplate(connections);
        }

        @Bean
        Queue queue() {
            return new Queue("orders");
        }

        @Bean
        Orders orders(EventLoop loop) {
            return new Orders(loop);
        }
    }

    static class Orders {
        private final EventLoop loop;
        private final CountDownLatch gate = new CountDownLatch(1);
        private final Set<String> handled = ConcurrentHashMap.newKeySet();

        Orders(EventLoop loop) {
            this.loop = loop;
        }

        @RabbitListener(id = "orders", queues = "orders")
        void handle(String order) {
            LoopFuture<?> call = loop.next(() -> {
                gate.await();
                handled.add(order);
            });
            if (call.outcome() == Outcome.REJECTED) { // it goes back into the broker
                throw new IllegalStateException("lane full with " + loop.size(Lane.PASSIVE));
            }
        }
    }
}
