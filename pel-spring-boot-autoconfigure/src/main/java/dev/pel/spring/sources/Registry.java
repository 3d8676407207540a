package dev.pel.spring.sources;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The listeners of one library, by the ids that their annotations give them. */
interface Registry {
    /** The name of its bean. */
    String beanName();

    Set<String> ids();

    /** The listener with an id; null when there is none. */
    @Nullable Source find(String id);
}
