package dev.pel.spring.sources;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;

/** The methods with {@code @RabbitListener}. The broker keeps the messages of one that is stopped. */
record RabbitRegistry(String beanName, RabbitListenerEndpointRegistry registry) implements Registry {

    @Override
    public Set<String> ids() {
        return registry.getListenerContainerIds();
    }

    @Override
    public @Nullable Source find(String id) {
        MessageListenerContainer container = registry.getListenerContainer(id);
        return container == null ? null : new StoppedSource(container);
    }
}
