package dev.pel.spring;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

/**
 * Refuses beans of which pel needs one and cannot tell which: several loops, or several error handlers, that may be injected
 * without a qualifier. Runs before any bean is made, so that the start does not fail with a missing {@link PelTemplate} instead.
 */
final class SingleCandidates implements BeanFactoryPostProcessor {
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        check(beans, EventLoop.class);
        check(beans, ErrorHandler.class);
    }

    private static void check(ConfigurableListableBeanFactory beans, Class<?> type) {
        List<String> candidates = names(beans, type)
                .filter(name -> is(beans, name, true, SingleCandidates::isCandidate))
                .toList();
        if (candidates.size() < 2) {
            return;
        }
        long primary = candidates.stream()
                .filter(name -> is(beans, name, false, BeanDefinition::isPrimary))
                .count();
        long regular = candidates.stream()
                .filter(name -> !is(beans, name, false, BeanDefinition::isFallback))
                .count();
        if (primary != 1 && (primary > 1 || regular != 1)) {
            throw ambiguous(type, candidates, primary);
        }
    }

    private static Stream<String> names(ConfigurableListableBeanFactory beans, Class<?> type) {
        return Stream.of(beans.getBeanNamesForType(type, true, false));
    }

    /** What holds for a bean that was registered without a definition is given. */
    private static boolean is(
            ConfigurableListableBeanFactory beans, String name, boolean undefined, Predicate<BeanDefinition> property) {
        return beans.containsBeanDefinition(name) ? property.test(beans.getMergedBeanDefinition(name)) : undefined;
    }

    private static boolean isCandidate(BeanDefinition bean) {
        return bean.isAutowireCandidate()
                && (!(bean instanceof AbstractBeanDefinition definition) || definition.isDefaultCandidate());
    }

    private static AmbiguousBeansException ambiguous(Class<?> type, List<String> names, long primary) {
        return new AmbiguousBeansException(
                "pel needs one bean of type %s, but there are %d: '%s', of which %s primary."
                        .formatted(
                                type.getName(),
                                names.size(),
                                String.join("', '", names),
                                primary == 0 ? "none is" : primary + " are"),
                "Mark the one that the application uses by default as @Primary, or declare those that are only"
                        + " injected with @Qualifier as @Bean(defaultCandidate = false).");
    }
}
