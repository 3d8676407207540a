package dev.pel.spring.web;

import dev.pel.LoopFuture;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ReactiveTypeDescriptor;
import reactor.core.publisher.Mono;

/**
 * Lets WebFlux wait for handles without cancelling them. By itself it cancels any future when the subscriber leaves; that is what
 * {@code pel.web.cancel-abandoned} says, so this is there only when it is false.
 */
final class HandleKeepingPostProcessor implements BeanPostProcessor {

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // Spring takes the futures as objects
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof ReactiveAdapterRegistry registry) {
            registry.registerReactiveTypeOverride(
                    ReactiveTypeDescriptor.nonDeferredAsyncValue(
                            LoopFuture.class, () -> CompletableFuture.completedFuture(null)),
                    handle -> Mono.fromFuture((LoopFuture<?>) handle, true),
                    publisher -> Mono.from(publisher).toFuture());
        }
        return bean;
    }
}
