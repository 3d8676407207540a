package dev.pel.spring.sources;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.jms.listener.MessageListenerContainer;

/** The methods with {@code @JmsListener}. The broker keeps the messages of one that is stopped, but those of a topic that is not durable. */
record JmsRegistry(String beanName, JmsListenerEndpointRegistry registry) implements Registry {

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
