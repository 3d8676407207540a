package dev.pel.spring.actuate;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** The query of the request that Spring has bound to the thread. */
final class ServletRequestQuery implements RequestQuery {
    @Override
    public boolean isPresent() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                && attributes.getRequest().getQueryString() != null;
    }
}
