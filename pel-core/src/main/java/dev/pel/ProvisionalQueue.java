package dev.pel;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provisional: holds the place until the engine is here. */
public final class ProvisionalQueue {

    private static final Logger log = LoggerFactory.getLogger(ProvisionalQueue.class);

    private final MessagePassingQueue<String> names = new MpscVarHandleArrayQueue<>(2);

    /** Provisional. */
    public ProvisionalQueue() {}

    boolean offer(String name) {
        boolean accepted = names.offer(name);
        log.debug("{} accepted: {}", name, accepted);
        return accepted;
    }

    @Nullable String poll() {
        return names.poll();
    }
}
