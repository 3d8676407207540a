package dev.pel.spring;

import dev.pel.ErrorHandler;
import dev.pel.EventLoop;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

/**
 * Refuses beans of which pel needs one and cannot tell which: several loops, or several error handlers, that may be injected
 * without a qualifier. Runs before any bean is made, so that the start does not fail with a missing {@link PelTemplate} instead.
 * Also says which loop takes the place of pel's own one.
 */
final class SingleCandidates implements BeanFactoryPostProcessor {
    private static final Logger log = LoggerFactory.getLogger(SingleCandidates.class);
    private static final String OWN_LOOP = "pelEventLoop";

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        tellWhichLoopReplacesOurs(beans, single(beans, EventLoop.class));
        single(beans, ErrorHandler.class);
    }

    /** The one that is injected without a qualifier, or null when there is none. */
    private static @Nullable String single(ConfigurableListableBeanFactory beans, Class<?> type) {
        List<String> candidates = names(beans, type)
                .filter(name -> is(beans, name, true, SingleCandidates::isCandidate))
                .toList();
        if (candidates.size() < 2) {
            return candidates.isEmpty() ? null : candidates.get(0);
        }
        List<String> primary = candidates.stream()
                .filter(name -> is(beans, name, false, BeanDefinition::isPrimary))
                .toList();
        List<String> regular = candidates.stream()
                .filter(name -> !is(beans, name, false, BeanDefinition::isFallback))
                .toList();
        if (primary.size() == 1) {
            return primary.get(0);
        }
        if (primary.isEmpty() && regular.size() == 1) {
            return regular.get(0);
        }
        throw ambiguous(type, candidates, primary.size());
    }

    /** A loop that was meant to stand beside pel's own one takes its place when {@code defaultCandidate = false} is forgotten. */
    private static void tellWhichLoopReplacesOurs(ConfigurableListableBeanFactory beans, @Nullable String loop) {
        boolean isInherited = beans.getParentBeanFactory() instanceof ListableBeanFactory parent
                && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(parent, EventLoop.class, true, false).length > 0;
        if (loop != null && !beans.containsBeanDefinition(OWN_LOOP) && !isInherited) {
            log.info(
                    "EventLoop bean '{}' takes the place of pel's own loop; for a loop beside it declare"
                            + " @Bean(defaultCandidate = false)",
                    loop);
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
