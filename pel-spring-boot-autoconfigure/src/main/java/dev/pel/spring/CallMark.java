package dev.pel.spring;

import dev.pel.Lane;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * What {@link Next} or {@link Work} says, whichever it is.
 *
 * @param lane where the method runs
 * @param label as given, maybe empty
 * @param timeout as given, maybe empty
 * @param distance how far up the hierarchy it stands: 0 for the element itself
 * @param source the class or method it stands on
 */
record CallMark(Lane lane, String label, String timeout, int distance, Object source) {

    /** Finds the nearest one on an element or, for a class or method, up its hierarchy, interfaces included. */
    static @Nullable CallMark on(AnnotatedElement element) {
        MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        CallMark next = from(annotations, Next.class, Lane.PASSIVE);
        CallMark work = from(annotations, Work.class, Lane.WORK);
        if (next == null || work == null) {
            return next == null ? work : next;
        }
        if (next.distance == work.distance) {
            throw new InvalidCallMethodException(
                    "%s has both @Next and @Work, and can run on one lane only.".formatted(element),
                    "Keep @Next if it blocks, @Work if it computes.");
        }
        return next.distance < work.distance ? next : work;
    }

    private static @Nullable CallMark from(MergedAnnotations annotations, Class<? extends Annotation> type, Lane lane) {
        MergedAnnotation<? extends Annotation> found = annotations.get(type);
        if (!found.isPresent()) {
            return null;
        }
        Object source = found.getSource();
        return new CallMark(
                lane,
                found.getString("label"),
                found.getString("timeout"),
                found.getAggregateIndex(),
                source == null ? type : source);
    }

    /** As a reader knows it. */
    String annotation() {
        return lane == Lane.WORK ? "@Work" : "@Next";
    }
}
