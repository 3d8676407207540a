package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;
import org.aopalliance.aop.Advice;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

/**
 * Puts the loop in front of marked methods, and refuses beans with marks that could not work.
 *
 * <p>A post-processor, as that of {@code @Async}, and not an advisor: an advisor needs an auto-proxy creator, and without
 * AspectJ, or with {@code spring.aop.auto=false}, there is none that would see it.
 */
final class CallPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {
    private static final long serialVersionUID = 1L;

    private final transient CallMethods methods;
    private final transient StringValueResolver placeholders;

    /**
     * For all beans of a context.
     *
     * @param methods knows the marks
     * @param advice runs instead of a marked method
     * @param placeholders resolves them in timeouts
     */
    CallPostProcessor(CallMethods methods, Advice advice, StringValueResolver placeholders) {
        this.methods = methods;
        this.placeholders = placeholders;
        this.advisor = new DefaultPointcutAdvisor(new MarkedMethods(methods), advice);
        // a transaction, a retry or a cache of the same method belongs around it on its own thread, not around its
        // submission
        setBeforeExistingAdvisors(true);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof AopInfrastructureBean) {
            return bean;
        }
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        Map<Method, CallMark> marks = methods.of(type);
        if (marks.isEmpty() || !isEligible(bean, beanName)) {
            return bean;
        }
        marks.forEach((method, mark) -> check(type, method, mark));
        checkSelfCalls(type, marks);
        Object proxy = super.postProcessAfterInitialization(bean, beanName);
        if (proxy instanceof Advised advised) {
            marks.forEach((method, mark) -> checkIsIntercepted(advised, type, method, mark));
        }
        return proxy;
    }

    private void check(Class<?> type, Method method, CallMark mark) {
        if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
            throw new InvalidCallMethodException(
                    "%s method %s is %s, but must not be: no proxy can come before it."
                            .formatted(
                                    mark.annotation(),
                                    CallMethods.name(type, method),
                                    Modifier.isStatic(method.getModifiers()) ? "static" : "private"),
                    "Make it a public method of the bean, or call it with PelTemplate.next.");
        }
        CallPlan.of(mark, type, method, placeholders);
    }

    private static void checkSelfCalls(Class<?> type, Map<Method, CallMark> marks) {
        for (SelfCalls.SelfCall call : SelfCalls.in(type, marks.keySet())) {
            CallMark mark = marks.get(call.method());
            throw new InvalidCallMethodException(
                    "%s method %s is called on 'this' in %s (%s): such a call passes by the proxy, and would run on the caller."
                            .formatted(
                                    mark == null ? "@Next" : mark.annotation(),
                                    CallMethods.name(type, call.method()),
                                    call.caller(),
                                    call.place()),
                    "Move the method to another bean, or call a method without the annotation with PelTemplate.next.");
        }
    }

    /** A proxy of a final class would fail later, without a word about the annotation. */
    @Override
    protected void customizeProxyFactory(ProxyFactory proxyFactory) {
        Class<?> type = proxyFactory.getTargetClass();
        if (type != null
                && proxyFactory.isProxyTargetClass()
                && Modifier.isFinal(type.getModifiers())
                && !Proxy.isProxyClass(type)) {
            Method method = methods.of(type).keySet().iterator().next();
            throw new InvalidCallMethodException(
                    "Class %s is final, but has the method %s with @Next or @Work: no proxy can extend it."
                            .formatted(type.getName(), CallMethods.name(type, method)),
                    "Remove 'final', or let the class implement an interface that declares the method and set"
                            + " spring.aop.proxy-target-class=false.");
        }
    }

    private static void checkIsIntercepted(Advised proxy, Class<?> type, Method method, CallMark mark) {
        if (AopUtils.isCglibProxy(proxy)) {
            if (Modifier.isFinal(method.getModifiers())) {
                throw new InvalidCallMethodException(
                        "%s method %s is final, but must not be: the proxy of its class cannot override it."
                                .formatted(mark.annotation(), CallMethods.name(type, method)),
                        "Remove 'final'.");
            }
        } else if (!isDeclared(proxy.getProxiedInterfaces(), type, method)) {
            throw new InvalidCallMethodException(
                    "%s method %s is declared by none of the interfaces of its class, by which alone the bean can be called."
                            .formatted(mark.annotation(), CallMethods.name(type, method)),
                    "Declare it in an interface, or set spring.aop.proxy-target-class=true.");
        }
    }

    private static boolean isDeclared(Class<?>[] interfaces, Class<?> type, Method method) {
        return Arrays.stream(interfaces)
                .flatMap(declaring -> Arrays.stream(declaring.getMethods()))
                .anyMatch(declared -> CallMethods.specific(declared, type).equals(method));
    }

    /** All methods with a mark. */
    private static final class MarkedMethods extends StaticMethodMatcherPointcut {
        private final CallMethods methods;

        MarkedMethods(CallMethods methods) {
            this.methods = methods;
            setClassFilter(type -> !methods.of(type).isEmpty());
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return methods.mark(method, targetClass) != null;
        }
    }
}
