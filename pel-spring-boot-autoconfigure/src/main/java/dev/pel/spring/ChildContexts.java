package dev.pel.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Finds marked methods in child contexts without pel. Post-processors work in their own context only, so such a method would
 * run on its caller; a child tells its parents when it has been made. A child that has switched pel off wants just that.
 */
final class ChildContexts implements ApplicationListener<ContextRefreshedEvent> {
    private final ApplicationContext own;
    private final CallMethods methods;
    private final StartChecks checks;

    /**
     * For all children of a context.
     *
     * @param own the context with pel
     * @param methods knows the marks
     * @param checks say what is to be done
     */
    ChildContexts(ApplicationContext own, CallMethods methods, StartChecks checks) {
        this.own = own;
        this.methods = methods;
        this.checks = checks;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        ApplicationContext child = event.getApplicationContext();
        if (!child.equals(own)
                && PelIsEnabled.in(child.getEnvironment())
                && child.getBeanNamesForType(CallPostProcessor.class, true, false).length == 0) {
            marked(child).forEach((bean, method) -> checks.checkIsNotInChild(child, bean, method));
        }
    }

    /** One method of each bean, by the bean's name. Nothing is made for that. */
    private Map<String, MarkedMethod> marked(ListableBeanFactory beans) {
        Map<String, MarkedMethod> found = new LinkedHashMap<>();
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> type = beans.getType(name, false);
            if (type != null) {
                methods.of(type).values().stream().findFirst().ifPresent(method -> found.put(name, method));
            }
        }
        return found;
    }
}
