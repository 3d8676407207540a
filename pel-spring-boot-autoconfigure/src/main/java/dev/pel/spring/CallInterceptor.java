package dev.pel.spring;

import dev.pel.EventLoop;
import dev.pel.LoopFuture;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodClassKey;
import org.springframework.util.StringValueResolver;

/** Turns a call of a marked method into a call on the loop. */
final class CallInterceptor implements MethodInterceptor {
    private final ObjectProvider<EventLoop> loop;
    private final CallMethods methods;
    private final StringValueResolver placeholders;
    private final RefusedCalls refused = new RefusedCalls(System::nanoTime);
    private final Map<MethodClassKey, CallPlan> plans = new ConcurrentHashMap<>();
    private volatile @Nullable EventLoop found;

    /**
     * For all beans of a context.
     *
     * @param loop asked at the first call, so that post-processing does not make the loop too early
     * @param methods knows the marks
     * @param placeholders resolves them in timeouts
     */
    CallInterceptor(ObjectProvider<EventLoop> loop, CallMethods methods, StringValueResolver placeholders) {
        this.loop = loop;
        this.methods = methods;
        this.placeholders = placeholders;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Object target = invocation.getThis();
        Method method = invocation.getMethod();
        Class<?> type = target == null ? method.getDeclaringClass() : target.getClass();
        MethodClassKey key = new MethodClassKey(method, type);
        CallPlan plan = plans.get(key);
        if (plan == null) {
            plan = plans.computeIfAbsent(key, absent -> plan(method, type));
        }
        LoopFuture<@Nullable Object> handle = plan.submit(loop(), new MethodOperation(invocation));
        if (plan.returnsHandle()) {
            return handle;
        }
        refused.check(handle, plan.label());
        return null;
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
