package dev.pel;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The handle of several operations with one body. Ending it ends all of them. */
@SuppressWarnings("ReferenceEquality") // the very same operation is meant
final class JoinedCalls extends LoopFuture<@Nullable Void> {
    private final List<LoopFuture<?>> parts;
    private final @Nullable Attachments attachments;

    /** The handle of the body; null when an operation was not accepted. */
    private final @Nullable LoopFuture<@Nullable Void> joined;

    /** One whose parts have been submitted, at least two. */
    JoinedCalls(
            RunServices run,
            List<LoopFuture<?>> parts,
            Task body,
            @Nullable Condition condition,
            boolean cancelsUpstream) {
        super(run);
        this.parts = parts;
        this.attachments = cancelsUpstream ? new Attachments() : null;
        LoopFuture<?> refused = refused();
        if (refused != null) {
            this.joined = null;
            // nothing is attached: the active thread would report the refusal as a failure before it is dealt with here
            refuse(refused);
            return;
        }
        this.joined = join(new JoinedBody<>(condition == null ? body : () -> runIfWanted(condition, body)));
        via(new Link(joined));
        joined.observe(); // this takes its failure over
        joined.tell(new WaitingFuture.Relay<>(this));
    }

    private void runIfWanted(Condition condition, Task body) throws Exception {
        NobodyWantsIt reason = condition.look(e -> run.report(failure(e, run.machine.nanoTime()), context()));
        if (reason != null) {
            throw reason;
        }
        body.run();
    }

    private @Nullable LoopFuture<?> refused() {
        for (LoopFuture<?> part : parts) {
            if (part.isRefused()) {
                return part;
            }
        }
        return null;
    }

    /** When one is not accepted the others have lost their purpose. */
    private void refuse(LoopFuture<?> refused) {
        refused.observe(); // the refusal stays counted: it is that of this handle now
        for (LoopFuture<?> part : parts) {
            if (part != refused) {
                part.lookedAt();
            }
        }
        end(Outcome.REJECTED, null, Causes.cause(Objects.requireNonNull(refused.error())), true);
    }

    private LoopFuture<@Nullable Void> join(JoinedBody<Object> body) {
        LoopFuture<?> before = parts.get(0);
        for (LoopFuture<?> part : parts.subList(1, parts.size() - 1)) {
            before = Gate.attach(before, part, true, defaultExecutor(), Causes::value);
        }
        return Gate.attach(before, parts.get(parts.size() - 1), true, defaultExecutor(), body);
    }

    @Override
    @Nullable Attachments attachments() {
        return attachments;
    }

    /** Whether it was refused itself; false when its body has thrown the refusal of another loop. */
    @Override
    boolean isRefused() {
        return joined == null && isDone();
    }

    @Override
    public @Nullable Outcome outcome() {
        if (isRefused()) {
            lookedAt();
        }
        return super.outcome();
    }

    /** Ends one of the operations with the whole: as timed out when that has timed out, and as cancelled after any other end. */
    private static void endPart(LoopFuture<?> part, Outcome outcome, @Nullable Throwable error, boolean interrupt) {
        if (outcome == Outcome.TIMED_OUT) {
            part.end(outcome, null, error, interrupt);
        } else {
            part.end(Outcome.CANCELLED, null, Causes.cancellation(), interrupt);
        }
    }

    @Override
    String description() {
        return CallNames.ofCall("call", Chain.label(this));
    }

    /** The operations have the same label, if any. */
    @Override
    @Nullable CallDetails ownDetails() {
        return parts.get(0).ownDetails();
    }

    /** Ends as its part has ended: when an operation or the body was stopped or cancelled, so is the whole. */
    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    void take(@Nullable Void value, @Nullable Throwable error) {
        Throwable cause = error == null ? null : Causes.cause(error);
        Outcome outcome = cause == null || joined == null
                ? null
                : Chain.origin(joined, cause).outcome();
        if (cause != null) {
            Joins.addFailures(parts, cause); // nobody else tells of them
        }
        if (cause instanceof NobodyWantsIt) {
            end(Outcome.CANCELLED, null, cause, false);
        } else if (cause == null || outcome == null || outcome == Outcome.FAILED) {
            super.take(value, error);
        } else {
            end(outcome, null, cause, false);
        }
    }

    @Override
    @SuppressWarnings("VoidUsed") // its only value is null
    boolean end(Outcome outcome, @Nullable Void value, @Nullable Throwable error, boolean interrupt) {
        boolean ended = super.end(outcome, value, error, interrupt);
        if (ended) {
            // without effect on an operation that has ended; one that has not is no longer needed
            parts.forEach(part -> endPart(part, outcome, error, interrupt));
            if (joined != null) {
                // the body may wait for the active thread by now
                joined.end(Outcome.CANCELLED, null, Causes.cancellation(), false);
            }
        }
        return ended;
    }
}
