package dev.pel.spring;

import dev.pel.Lane;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * What {@link Next}, {@link Work} or {@link Enqueue} says, whichever it is.
 *
 * @param lane where the method runs
 * @param label as given, maybe empty
 * @param timeout as given, maybe empty
 * @param terms under which its calls run
 * @param distance how far up the hierarchy it stands: 0 for the element itself
 * @param source the class or method it stands on
 */
record CallMark(Lane lane, String label, String timeout, MarkedTerms terms, int distance, Object source) {

    /** Finds the nearest one on an element or, for a class or method, up its hierarchy, interfaces included. */
    static @Nullable CallMark on(AnnotatedElement element) {
        return nearest(element, allOn(element));
    }

    /** Finds all of an element and its hierarchy, the nearest first. */
    static List<CallMark> allOn(AnnotatedElement element) {
        MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        return Stream.concat(
                        Stream.concat(
                                annotations.stream(Next.class).map(each -> of(each, Lane.PASSIVE)),
                                annotations.stream(Work.class).map(each -> of(each, Lane.WORK))),
                        annotations.stream(Enqueue.class).map(each -> of(each, Lane.ACTIVE)))
                .sorted(Comparator.comparingInt(CallMark::distance))
                .toList();
    }

    /**
     * Chooses among those that mean one element.
     *
     * @param element named when there is no nearest one
     * @param marks the nearest first
     */
    static @Nullable CallMark nearest(AnnotatedElement element, List<CallMark> marks) {
        if (marks.isEmpty()) {
            return null;
        }
        CallMark nearest = marks.get(0);
        if (marks.stream().anyMatch(each -> each.distance == nearest.distance && each.lane != nearest.lane)) {
            throw new InvalidCallMethodException(
                    "%s has both %s, and can run on one lane only.%s"
                            .formatted(
                                    element,
                                    annotations(marks, nearest.distance),
                                    element instanceof Method method ? MethodPlace.sentence(method) : ""),
                    "Keep @Next if it blocks, @Work if it computes, @Enqueue if it touches what only bodies may touch.");
        }
        return nearest;
    }

    private static String annotations(List<CallMark> marks, int distance) {
        return marks.stream()
                .filter(each -> each.distance == distance)
                .map(CallMark::annotation)
                .sorted()
                .collect(Collectors.joining(" and "));
    }

    private static CallMark of(MergedAnnotation<? extends Annotation> found, Lane lane) {
        Object source = found.getSource();
        return new CallMark(
                lane,
                found.getString("label"),
                lane == Lane.ACTIVE ? "" : found.getString("timeout"),
                lane == Lane.ACTIVE ? MarkedTerms.NONE : MarkedTerms.of(found),
                found.getAggregateIndex(),
                source == null ? found.getType() : source);
    }

    /** As a reader knows it. */
    String annotation() {
        return switch (lane) {
            case PASSIVE -> "@Next";
            case WORK -> "@Work";
            case ACTIVE -> "@Enqueue";
        };
    }
}
