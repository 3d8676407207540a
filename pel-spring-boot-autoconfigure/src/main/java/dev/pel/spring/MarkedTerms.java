package dev.pel.spring;

import dev.pel.Priority;
import java.lang.annotation.Annotation;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * The terms that {@link Next} or {@link Work} sets for its calls, as they are given.
 *
 * @param key an expression, maybe empty
 * @param limit the name of a limit, maybe empty
 * @param retries how many attempts come after the first
 * @param retry the name of a bean, maybe empty
 * @param priority within the lane
 */
record MarkedTerms(String key, String limit, int retries, String retry, Priority priority) {

    /** Those of {@link Enqueue}: a body has none. */
    static final MarkedTerms NONE = new MarkedTerms("", "", 0, "", Priority.NORMAL);

    static MarkedTerms of(MergedAnnotation<? extends Annotation> found) {
        return new MarkedTerms(
                found.getString("key"),
                found.getString("limit"),
                found.getInt("retries"),
                found.getString("retry"),
                found.getEnum("priority", Priority.class));
    }
}
