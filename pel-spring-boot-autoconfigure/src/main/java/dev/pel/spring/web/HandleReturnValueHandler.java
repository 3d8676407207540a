package dev.pel.spring.web;

import dev.pel.LoopFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.DeferredResultMethodReturnValueHandler;

/**
 * Answers a request with the end of a handle that a controller of Spring MVC returned, as Spring does with any {@code
 * CompletionStage}, and cancels the handle when the request is over before it. It looks at the value, not at the declared type, so it
 * leaves all other futures to Spring.
 */
final class HandleReturnValueHandler implements HandlerMethodReturnValueHandler {
    private final HandlerMethodReturnValueHandler deferredResults = new DeferredResultMethodReturnValueHandler();
    private final boolean cancelAbandoned;

    /**
     * For all controllers.
     *
     * @param cancelAbandoned whether handles are cancelled when their requests are over
     */
    HandleReturnValueHandler(boolean cancelAbandoned) {
        this.cancelAbandoned = cancelAbandoned;
    }

    /** Spring asks with the type of the value when there is one. */
    @Override
    public boolean supportsReturnType(MethodParameter returnType) {
        return LoopFuture.class.isAssignableFrom(returnType.getParameterType());
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value,
            MethodParameter returnType,
            ModelAndViewContainer container,
            NativeWebRequest request)
            throws Exception {
        if (!(value instanceof LoopFuture<?> handle)) { // null, of a method that declares a handle
            deferredResults.handleReturnValue(value, returnType, container, request);
            return;
        }
        try {
            deferredResults.handleReturnValue(deferred(handle), returnType, container, request);
        } catch (Throwable e) {
            abandon(handle); // nobody waits for it, such as behind a filter without asynchronous requests
            throw e;
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it hands on, and cannot fail
    private DeferredResult<Object> deferred(LoopFuture<?> handle) {
        DeferredResult<Object> result = new DeferredResult<>();
        // called whenever the request is over: answered, timed out, or failed because the client has left
        result.onCompletion(() -> abandon(handle));
        handle.handle((value, error) -> error == null ? result.setResult(value) : result.setErrorResult(cause(error)));
        return result;
    }

    private void abandon(LoopFuture<?> handle) {
        if (cancelAbandoned) {
            handle.cancel(true);
        }
    }

    /** As Spring does it, so that exception handlers see what the operation threw. */
    private static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }
}
