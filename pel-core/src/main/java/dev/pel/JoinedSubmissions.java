package dev.pel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes calls of several operations that have one body. */
final class JoinedSubmissions {
    private final LoopRun run;
    private final Submissions submissions;

    JoinedSubmissions(LoopRun run, Submissions submissions) {
        this.run = run;
        this.submissions = submissions;
    }

    /**
     * Submits several operations with one body.
     *
     * @param body takes the results of their handles, which have ended with success when it is called
     */
    LoopFuture<@Nullable Void> submit(
            Lane lane,
            List<? extends Callable<?>> operations,
            Function<List<LoopFuture<?>>, Task> body,
            @Nullable CallTerms terms) {
        if (terms != null) {
            terms.refuseWhatIsForOneOperation();
        }
        run.stack.ensureRoom();
        // before the first operation is accepted: all may end before the body is attached, and a concurrent drain has
        // to wait for it
        run.completions.begins();
        try {
            List<LoopFuture<?>> parts = submitParts(lane, operations, terms);
            boolean cancelsUpstream = terms != null && terms.cancelsUpstream();
            JoinedCalls joined = new JoinedCalls(
                    run, parts, body.apply(parts), terms == null ? null : terms.condition(), cancelsUpstream);
            Timeouts.arm(joined, terms == null ? null : terms.timeout());
            return joined;
        } finally {
            run.completions.ends();
        }
    }

    <A extends @Nullable Object, B extends @Nullable Object> LoopFuture<@Nullable Void> submit(
            Lane lane,
            Callable<? extends A> first,
            Callable<? extends B> second,
            BiBody<? super A, ? super B> body,
            @Nullable CallTerms terms) {
        Objects.requireNonNull(body, "body");
        return submit(
                lane,
                List.of(Objects.requireNonNull(first, "first"), Objects.requireNonNull(second, "second")),
                parts -> () -> body.accept(result(parts, 0), result(parts, 1)),
                terms);
    }

    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
            LoopFuture<@Nullable Void> submit(
                    Lane lane,
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    TriBody<? super A, ? super B, ? super C> body,
                    @Nullable CallTerms terms) {
        Objects.requireNonNull(body, "body");
        return submit(
                lane,
                List.of(
                        Objects.requireNonNull(first, "first"),
                        Objects.requireNonNull(second, "second"),
                        Objects.requireNonNull(third, "third")),
                parts -> () -> body.accept(result(parts, 0), result(parts, 1), result(parts, 2)),
                terms);
    }

    <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            LoopFuture<@Nullable Void> submit(
                    Lane lane,
                    Callable<? extends A> first,
                    Callable<? extends B> second,
                    Callable<? extends C> third,
                    Callable<? extends D> fourth,
                    QuadBody<? super A, ? super B, ? super C, ? super D> body,
                    @Nullable CallTerms terms) {
        Objects.requireNonNull(body, "body");
        return submit(
                lane,
                List.of(
                        Objects.requireNonNull(first, "first"),
                        Objects.requireNonNull(second, "second"),
                        Objects.requireNonNull(third, "third"),
                        Objects.requireNonNull(fourth, "fourth")),
                parts -> () -> body.accept(result(parts, 0), result(parts, 1), result(parts, 2), result(parts, 3)),
                terms);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the operation at that place has this type
    private static <V extends @Nullable Object> V result(List<LoopFuture<?>> parts, int index) {
        return (V) parts.get(index).join();
    }

    private List<LoopFuture<?>> submitParts(
            Lane lane, List<? extends Callable<?>> operations, @Nullable CallTerms terms) {
        List<LoopFuture<?>> parts = new ArrayList<>(operations.size());
        boolean areAllSubmitted = false;
        try {
            for (Callable<?> operation : operations) {
                parts.add(submitPart(lane, operation, terms));
            }
            areAllSubmitted = true;
        } finally {
            if (!areAllSubmitted) { // code of users has failed, such as that of a retry: nobody gets a handle
                parts.forEach(part -> part.cancel(true));
            }
        }
        return parts;
    }

    /** One of several operations, whose timeout is that of the whole. */
    private <T extends @Nullable Object> LoopFuture<T> submitPart(
            Lane lane, Callable<? extends T> operation, @Nullable CallTerms terms) {
        return terms != null && terms.needsAdmission()
                ? submissions.submitHeld(lane, operation, null, terms, false, null)
                : submissions.submitWithRoom(lane, operation, null, terms == null ? null : terms.labelled(), null);
    }
}
