package dev.pel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Leads from a future of {@code thenCompose} to what must end before its function runs. What that function submits is not known
 * before; threads of a pool that wait for the future ask here to be told, so that they can run it.
 */
final class OpenEnd extends Link {
    /** Who asked to be told; null once the function has said what the future waits for. */
    private final AtomicReference<@Nullable List<HelpingWait>> waiting = new AtomicReference<>(List.of());

    OpenEnd(LoopFuture<?> source) {
        super(source);
    }

    /** Asks to be told. False when it is too late: the future leads to what was submitted by now. */
    boolean tell(HelpingWait wait) {
        return waiting.updateAndGet(now -> now == null ? null : with(now, wait)) != null;
    }

    void forget(HelpingWait wait) {
        waiting.updateAndGet(now -> now == null ? null : without(now, wait));
    }

    /** The function has run, and its future leads to another one from now on. */
    void ledTo(LoopFuture<?> next) {
        List<HelpingWait> asked = waiting.getAndSet(null);
        if (asked != null) {
            asked.forEach(wait -> wait.tell(next));
        }
    }

    private static List<HelpingWait> with(List<HelpingWait> before, HelpingWait wait) {
        List<HelpingWait> more = new ArrayList<>(before);
        more.add(wait);
        return more;
    }

    private static List<HelpingWait> without(List<HelpingWait> before, HelpingWait wait) {
        List<HelpingWait> fewer = new ArrayList<>(before);
        fewer.remove(wait);
        return fewer;
    }
}
