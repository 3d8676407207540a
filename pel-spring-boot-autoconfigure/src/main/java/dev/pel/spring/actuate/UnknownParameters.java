package dev.pel.spring.actuate;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.StringUtils;

/**
 * Refuses writes to the endpoint with parameters that it does not know. Boot passes on what the operation declares and drops the rest,
 * so that a deadline with a slip in its name would be none.
 */
final class UnknownParameters implements OperationInvokerAdvisor {
    private static final EndpointId PEL = EndpointId.of("pel");
    private static final int SHOWN = 100;

    private final RequestQuery query;

    /**
     * For requests that have no query.
     *
     * @param query tells whether a request has one, which the endpoint itself refuses
     */
    UnknownParameters(RequestQuery query) {
        this.query = query;
    }

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        if (!endpoint.equals(PEL) || type != OperationType.WRITE) {
            return invoker;
        }
        Set<String> known =
                parameters.stream().map(OperationParameter::getName).collect(Collectors.toUnmodifiableSet());
        String names = parameters.stream().map(OperationParameter::getName).collect(Collectors.joining(", "));
        return context -> invoke(context, known, names, invoker);
    }

    private @Nullable Object invoke(
            InvocationContext context, Set<String> known, String names, OperationInvoker invoker) {
        String unknown = context.getArguments().keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .orElse(null);
        if (unknown == null || query.isPresent()) {
            return invoker.invoke(context);
        }
        String rule =
                "'%s' is no parameter: the parameters are %s".formatted(StringUtils.truncate(unknown, SHOWN), names);
        return new WebEndpointResponse<>(Map.of("error", rule), WebEndpointResponse.STATUS_BAD_REQUEST);
    }
}
