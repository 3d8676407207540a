package dev.pel;

import org.jspecify.annotations.Nullable;

/** A call that is cancelled when all that was attached to its handle has been ended by somebody, see {@link CallSpec#cancelUpstream}. */
final class CancellingCall<T extends @Nullable Object> extends Call<T> {
    private final Attachments attachments = new Attachments();

    CancellingCall(
            RunServices run,
            Lane lane,
            @Nullable Object operation,
            @Nullable Object body,
            @Nullable CallDetails labelled) {
        super(run, lane, operation, body, labelled);
    }

    @Override
    Attachments attachments() {
        return attachments;
    }
}
