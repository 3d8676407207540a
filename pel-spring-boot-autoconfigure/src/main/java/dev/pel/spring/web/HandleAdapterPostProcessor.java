package dev.pel.spring.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Puts the handler of handles before all others. Those that applications add come after Spring's own, which would take the handle
 * before; so this is done when an adapter is ready, however the application has set it up.
 */
final class HandleAdapterPostProcessor implements BeanPostProcessor {
    private final BooleanSupplier cancelAbandoned;

    /**
     * For all adapters of a context.
     *
     * @param cancelAbandoned whether handles are cancelled when their requests are over; asked when an adapter is made
     */
    HandleAdapterPostProcessor(BooleanSupplier cancelAbandoned) {
        this.cancelAbandoned = cancelAbandoned;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof RequestMappingHandlerAdapter adapter) {
            List<HandlerMethodReturnValueHandler> handlers = new ArrayList<>();
            handlers.add(new HandleReturnValueHandler(cancelAbandoned.getAsBoolean()));
            List<HandlerMethodReturnValueHandler> others = adapter.getReturnValueHandlers();
            if (others != null) {
                handlers.addAll(others);
            }
            adapter.setReturnValueHandlers(handlers);
        }
        return bean;
    }
}
