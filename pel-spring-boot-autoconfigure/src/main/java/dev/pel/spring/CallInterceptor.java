package dev.pel.spring;

import dev.pel.EventLoop;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringValueResolver;

/** Turns a call of a marked method into a call on the loop. */
final class CallInterceptor implements MethodInterceptor {
    private final ObjectProvider<EventLoop> loop;
    private final CallMethods methods;
    private final StringValueResolver placeholders;
    private final RetryBeans rules;

    /** By class and then by method, because a key of both would have to be made for each call. */
    private final Map<Class<?>, Map<Method, PreparedCall>> prepared = new ConcurrentHashMap<>();

    private volatile @Nullable EventLoop found;

    /**
     * For all beans of a context.
     *
     * @param loop asked at the first call, so that post-processing does not make the loop too early
     * @param methods knows the marks
     * @param placeholders resolves them in what marks say
     * @param rules the beans with rules for retries
     */
    CallInterceptor(
            ObjectProvider<EventLoop> loop, CallMethods methods, StringValueResolver placeholders, RetryBeans rules) {
        this.loop = loop;
        this.methods = methods;
        this.placeholders = placeholders;
        this.rules = rules;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        Method method = invocation.getMethod();
        Class<?> type = target == null ? method.getDeclaringClass() : target.getClass();
        Map<Method, PreparedCall> ofType = prepared.get(type);
        PreparedCall call = ofType == null ? null : ofType.get(method);
        if (call == null) {
            call = prepare(method, type);
        }
        return call.submit(
                call.plan().terms().isRepeated()
                        ? MethodOperation.repeated(invocation)
                        : new MethodOperation(invocation),
                invocation.getArguments());
    }

    private PreparedCall prepare(Method method, Class<?> type) {
        EventLoop known = loop();
        return prepared.computeIfAbsent(type, absent -> new ConcurrentHashMap<>())
                .computeIfAbsent(method, absent -> PreparedCall.of(plan(method, type), known, rules));
    }

    private CallPlan plan(Method method, Class<?> type) {
        MarkedMethod marked = methods.find(method, type);
        if (marked == null) {
            throw new IllegalStateException("%s is not marked".formatted(MarkedMethod.name(type, method)));
        }
        return CallPlan.of(marked, placeholders);
    }

    /** Looked up once: every lookup by type costs more than the call. */
    private EventLoop loop() {
        EventLoop known = found;
        if (known == null) {
            known = loop.getObject();
            found = known;
        }
        return known;
    }
}
