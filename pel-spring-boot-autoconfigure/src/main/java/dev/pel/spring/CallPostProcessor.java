package dev.pel.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.util.ClassUtils;

/**
 * Puts the loop in front of marked methods, and refuses beans with marks that could not work.
 *
 * <p>A post-processor, as that of {@code @Async}, and not an advisor: an advisor needs an auto-proxy creator, and without
 * AspectJ, or with {@code spring.aop.auto=false}, there is none that would see it.
 *
 * <p>It comes before the post-processors that take down which method of which bean to call, as those of {@code @Scheduled} and
 * of message listeners, so that they call the proxy.
 */
final class CallPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {
    private static final long serialVersionUID = 1L;

    private final transient Advisor own;
    private final transient CallMethods methods;
    private final transient StartChecks checks;
    /** By name, the beans that others got before they were initialized. */
    private final transient Map<String, Object> early = new ConcurrentHashMap<>();

    /**
     * For all beans of a context.
     *
     * @param methods knows the marks
     * @param interceptor runs instead of a marked method
     * @param checks refuse marks that could not work
     */
    CallPostProcessor(CallMethods methods, CallInterceptor interceptor, StartChecks checks) {
        this.methods = methods;
        this.checks = checks;
        this.own = new DefaultPointcutAdvisor(new MarkedMethods(methods), interceptor);
        this.advisor = own;
        // a transaction, a retry or a cache of the same method belongs around it on its own thread, not around its
        // submission
        setBeforeExistingAdvisors(true);
        setOrder(Ordered.LOWEST_PRECEDENCE - 1);
    }

    /** Beans in a circle get each other before they are initialized: by then the proxy must be there. */
    @Override
    public Object getEarlyBeanReference(Object bean, String beanName) {
        early.put(beanName, target(bean));
        return proxied(bean, beanName);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // of a creation that failed, another bean of the same name may be left
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Object before = early.remove(beanName);
        boolean isProxiedAlready = before != null && before == target(bean);
        return isProxiedAlready ? bean : proxied(bean, beanName);
    }

    /** The object behind all proxies. */
    private static Object target(Object bean) {
        Object target = AopProxyUtils.getSingletonTarget(bean);
        return target == null ? bean : target(target);
    }

    private Object proxied(Object bean, String beanName) {
        if (bean instanceof AopInfrastructureBean
                || beanName.endsWith(AutowireCapableBeanFactory.ORIGINAL_INSTANCE_SUFFIX)) {
            return bean;
        }
        if (bean instanceof FactoryBean<?> factory) {
            checkProductOf(factory);
        }
        Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
        Collection<MarkedMethod> ofClass = methods.of(type).values();
        Collection<MarkedMethod> ofProxy = methods.ofProxy(bean.getClass(), type);
        if (ofClass.isEmpty() && ofProxy.isEmpty()) {
            return bean;
        }
        List<MarkedMethod> all = new ArrayList<>(ofClass);
        all.addAll(ofProxy);
        checks.check(all);
        Object proxy = bean instanceof Advised && !ofProxy.isEmpty()
                ? inFrontOf(bean, beanName)
                : super.postProcessAfterInitialization(bean, beanName);
        if (proxy instanceof Advised advised) {
            all.forEach(method -> checkIsIntercepted(advised, method));
        }
        return proxy;
    }

    /** What it makes may be made late, at the first injection; its type can be looked at now. */
    private void checkProductOf(FactoryBean<?> factory) {
        Class<?> type = factory.getObjectType();
        if (type != null) {
            checks.check(methods.of(type).values());
        }
    }

    /** Another proxy, because the one there is matches methods by the class behind it, which has not the marks. */
    private Object inFrontOf(Object bean, String beanName) {
        ProxyFactory factory = prepareProxyFactory(bean, beanName);
        if (!factory.isProxyTargetClass() && factory.getProxiedInterfaces().length == 0) {
            evaluateProxyInterfaces(bean.getClass(), factory);
        }
        factory.addAdvisor(own);
        return factory.getProxy(bean.getClass().getClassLoader());
    }

    /** A proxy of a class that cannot be extended would fail later, without a word about the annotation. */
    @Override
    protected void customizeProxyFactory(ProxyFactory proxyFactory) {
        Class<?> type = proxyFactory.getTargetClass();
        if (type != null
                && proxyFactory.isProxyTargetClass()
                && (Modifier.isFinal(type.getModifiers()) || type.isSealed())
                && !Proxy.isProxyClass(type)
                && !ClassUtils.isLambdaClass(type)) {
            String kind = kind(type);
            MarkedMethod marked = methods.of(type).values().iterator().next();
            throw new InvalidCallMethodException(
                    marked,
                    "Class %s is %s, but has the method %s with @Next or @Work: no proxy can extend it."
                            .formatted(type.getName(), kind, marked.name()),
                    howToOpen(kind)
                            + ", or let the class implement an interface that declares the method and set"
                            + " spring.aop.proxy-target-class=false.");
        }
    }

    /** Why it cannot be extended. */
    private static String kind(Class<?> type) {
        if (type.isRecord()) {
            return "a record";
        }
        if (Enum.class.isAssignableFrom(type)) {
            return "an enum";
        }
        return type.isSealed() ? "sealed" : "final";
    }

    private static String howToOpen(String kind) {
        return switch (kind) {
            case "final", "sealed" -> "Remove '" + kind + "'";
            default -> "Make it a class that is not final";
        };
    }

    private void checkIsIntercepted(Advised proxy, MarkedMethod marked) {
        if (AopUtils.isCglibProxy(proxy)) {
            if (Modifier.isFinal(marked.method().getModifiers())) {
                throw new InvalidCallMethodException(
                        marked,
                        "%s is final, but must not be: the proxy of its class cannot override it."
                                .formatted(marked.title()),
                        "Remove 'final'.");
            }
            checkIsSeen(proxy.getClass(), marked);
            return;
        }
        List<Method> declared = Arrays.stream(proxy.getProxiedInterfaces())
                .flatMap(each -> Arrays.stream(each.getMethods()))
                .filter(each -> CallMethods.specific(each, marked.type()).equals(marked.method()))
                .toList();
        if (declared.isEmpty()) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s is declared by none of the interfaces of its class, by which alone the bean can be called."
                            .formatted(marked.title()),
                    "Declare it in an interface, or set spring.aop.proxy-target-class=true.");
        }
        Class<?> target = AopUtils.getTargetClass(proxy);
        if (proxy.indexOf(own) < 0 || declared.stream().noneMatch(each -> methods.find(each, target) != null)) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s is behind a proxy that takes no advice, and that shows nothing but its interfaces."
                            .formatted(marked.title()),
                    "Put the annotation on the method of the interface.");
        }
    }

    /** A package-private method can be overridden in its own package only. */
    private static void checkIsSeen(Class<?> proxy, MarkedMethod marked) {
        Method method = marked.method();
        int visible = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.PRIVATE;
        String declaring = method.getDeclaringClass().getPackageName();
        if ((method.getModifiers() & visible) == 0 && !declaring.equals(proxy.getPackageName())) {
            throw new InvalidCallMethodException(
                    marked,
                    "%s is package-private in %s, but the bean's class is in %s: its proxy cannot override it."
                            .formatted(marked.title(), declaring, marked.type().getPackageName()),
                    "Make it public or protected.");
        }
    }

    /** All methods with a mark. */
    private static final class MarkedMethods extends StaticMethodMatcherPointcut {
        private final CallMethods methods;

        MarkedMethods(CallMethods methods) {
            this.methods = methods;
            setClassFilter(methods::isMarked);
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return methods.find(method, targetClass) != null;
        }
    }
}
