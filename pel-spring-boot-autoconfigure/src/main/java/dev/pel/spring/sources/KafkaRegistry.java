package dev.pel.spring.sources;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/** The methods with {@code @KafkaListener}. A paused one stays in its group and keeps its partitions. */
record KafkaRegistry(String beanName, KafkaListenerEndpointRegistry registry) implements Registry {

    @Override
    public Set<String> ids() {
        return registry.getListenerContainerIds();
    }

    @Override
    public @Nullable Source find(String id) {
        MessageListenerContainer container = registry.getListenerContainer(id);
        return container == null ? null : new KafkaSource(container);
    }

    private record KafkaSource(MessageListenerContainer container) implements Source {
        @Override
        public boolean pause() {
            if (container.isPauseRequested()) {
                return false;
            }
            container.pause();
            return true;
        }

        @Override
        public void resume() {
            container.resume();
        }
    }
}
