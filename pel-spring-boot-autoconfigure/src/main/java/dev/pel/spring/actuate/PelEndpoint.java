package dev.pel.spring.actuate;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.spring.actuate.LoopDescription.LaneDescription;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Shows the loops, and where access allows it stops, starts and resizes them. Where no loop is named, the application's own one is
 * meant.
 *
 * <p>The rule that a request breaks stands in the body of the answer, because Boot leaves the messages of exceptions out.
 */
@Endpoint(id = "pel", defaultAccess = Access.READ_ONLY)
final class PelEndpoint {
    private static final int BAD_REQUEST = 400;

    private final LoopsByName loops;
    private final int mostThreads;
    private final ShownFailures failures;
    private final RequestQuery query;

    /**
     * For all loops of a context.
     *
     * @param loops are shown and steered
     * @param mostThreads how many threads a lane may get here
     * @param failures what of the latest failures is shown
     * @param query tells whether the request that is being served has a query
     */
    PelEndpoint(LoopsByName loops, int mostThreads, ShownFailures failures, RequestQuery query) {
        this.loops = loops;
        this.mostThreads = mostThreads;
        this.failures = failures;
        this.query = query;
    }

    @ReadOperation
    LoopDescription loop(SecurityContext viewer) {
        Map<String, LoopDescription> others = new LinkedHashMap<>();
        loops.others().forEach((name, loop) -> others.put(name, describe(loop, viewer)));
        return describe(loops.main(), viewer).beside(others);
    }

    /** A lane of the application's own loop, or a loop by its name. Null, which is 404, for an unknown one. */
    @ReadOperation
    @Nullable OperationResponseBody part(SecurityContext viewer, @Selector String part) {
        Lane lane = LaneNames.find(part);
        if (lane != null) {
            return describe(loops.main(), lane);
        }
        EventLoop loop = loops.find(part);
        return loop == null ? null : describe(loop, viewer);
    }

    /** Null, which is 404, for an unknown loop or lane. */
    @ReadOperation
    @Nullable LaneDescription laneOfLoop(@Selector String loop, @Selector String lane) {
        EventLoop found = loops.find(loop);
        Lane known = LaneNames.find(lane);
        return found == null || known == null ? null : describe(found, known);
    }

    private LoopDescription describe(EventLoop loop, SecurityContext viewer) {
        return LoopDescription.of(loop, failures.of(loop, viewer));
    }

    private static LaneDescription describe(EventLoop loop, Lane lane) {
        return LaneDescription.of(loop.stats().lane(lane), loop);
    }

    /** The parameters are texts, so that a wrong one is answered here, with its rule. */
    @WriteOperation
    WebEndpointResponse<Object> act(
            @Nullable String action,
            @Nullable String loop,
            @Nullable String deadline,
            @Nullable String lane,
            @Nullable String threads)
            throws InterruptedException {
        if (query.isPresent()) {
            return badRequest(RequestQuery.RULE);
        }
        try {
            return new LoopActions(named(loop), mostThreads).act(action, deadline, lane, threads);
        } catch (BadRequest e) {
            return badRequest(String.valueOf(e.getMessage()));
        }
    }

    private EventLoop named(@Nullable String name) {
        EventLoop loop = name == null ? loops.main() : loops.find(name);
        if (loop == null) {
            throw new BadRequest(
                    "loop", "one of " + String.join(", ", loops.byName().keySet()), name);
        }
        return loop;
    }

    private static WebEndpointResponse<Object> badRequest(String rule) {
        return new WebEndpointResponse<>(Map.of("error", rule), BAD_REQUEST);
    }
}
