package dev.pel.spring;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Brings the advice of {@link CallPostProcessor} to the front when another post-processor has put its own before it, as the
 * translation of exceptions does: what is around a marked method is then a part of the operation, and not of its submission.
 *
 * <p>A {@link MergedBeanDefinitionPostProcessor}, because Spring runs those after all others.
 */
final class CallAdviceFirst implements MergedBeanDefinitionPostProcessor {

    /** Nothing: only beans are of interest. */
    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String beanName) {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            for (Advisor advisor : advised.getAdvisors()) {
                if (advisor.getAdvice() instanceof CallInterceptor && advised.indexOf(advisor) > 0) {
                    advised.removeAdvisor(advisor);
                    advised.addAdvisor(0, advisor);
                }
            }
        }
        return bean;
    }
}
