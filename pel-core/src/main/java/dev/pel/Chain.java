package dev.pel;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Walks along the links of a future, to what it depends on. */
@SuppressWarnings("ReferenceEquality") // the very same future is meant
final class Chain {
    private static final int MOST_LOOKS = 1_000;

    private Chain() {}

    /** Where a failure began: the first future of the chain, within this run of the loop, that failed with the same throwable. */
    static LoopFuture<?> origin(LoopFuture<?> future, Throwable cause) {
        LoopFuture<?> origin = future;
        Link link = future.link();
        while (link != null) {
            // a concurrent end may let go of either: then the failure is not from there, or another way leads there
            LoopFuture<?> source = link.source();
            LoopFuture<?> other = link.other();
            if (source != null && hasFrom(future, source, cause)) {
                origin = source;
            } else if (other != null && hasFrom(future, other, cause)) {
                origin = other;
            } else {
                break;
            }
            link = origin.link();
        }
        return origin;
    }

    /**
     * Whether the failure came from the source. A failure of another run of a loop counts as beginning in the future that takes it over.
     */
    private static boolean hasFrom(LoopFuture<?> future, LoopFuture<?> source, Throwable cause) {
        return source.run == future.run && source.failedWith(cause);
    }

    /** Whether a future has failed because a call at the beginning of its chain was refused. */
    static boolean beginsWithRefusal(LoopFuture<?> future) {
        Throwable error = future.error();
        Throwable cause = error == null ? null : Causes.cause(error);
        return cause instanceof CallRejectedException && origin(future, cause).isRefused();
    }

    /**
     * The future has failed. Of all that it depended on only the future in which the failure began is of use from here on: so a
     * failed chain keeps neither its links nor their functions, and the next link finds the beginning in one step.
     */
    static void letGo(LoopFuture<?> future, Throwable error) {
        Link link = future.link();
        if (link == null) {
            return;
        }
        LoopFuture<?> origin = origin(future, Causes.cause(error));
        if (origin == future) {
            link.letGo();
        } else if (link instanceof Dependent<?, ?> || link.source() != origin || link.other() != null) {
            future.via(new Link.ToOrigin(origin, link.start()));
            link.letGo();
        }
    }

    /** The label and the place of submission of the call at the beginning of the chain. */
    static @Nullable CallDetails details(LoopFuture<?> last) {
        LoopFuture<?> future = last;
        while (true) {
            CallDetails own = future.ownDetails();
            Link link = future.link();
            if (own != null || link == null) {
                return own;
            }
            Link.Start start = link.start();
            if (start != null || link instanceof Dependent<?, ?>) {
                return start == null ? null : start.details();
            }
            LoopFuture<?> source = link.source();
            if (source == null) {
                return null;
            }
            future = source;
        }
    }

    /** The label of the call at the beginning of the chain. */
    static @Nullable String label(LoopFuture<?> last) {
        CallDetails known = details(last);
        return known == null ? null : known.label();
    }

    /**
     * Whether a future can only end after another one has, or is that very future; false when more futures than the limit must be looked
     * at.
     */
    static boolean needs(LoopFuture<?> future, LoopFuture<?> other) {
        LoopFuture<?> next = future;
        // mostly a row, which takes no memory to follow
        for (int looks = 0; next != null && next != other && looks < MOST_LOOKS; looks++) {
            Link link = next.needsAll() ? next.link() : null;
            if (link == null) {
                return false;
            } else if (link.other() != null) {
                return branchNeeds(next, other);
            }
            next = link.source();
        }
        return next == other;
    }

    private static boolean branchNeeds(LoopFuture<?> future, LoopFuture<?> other) {
        Set<LoopFuture<?>> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<LoopFuture<?>> unvisited = new ArrayDeque<>();
        LoopFuture<?> next = future;
        while (next != null && next != other && visited.size() < MOST_LOOKS) {
            Link link = next.needsAll() && visited.add(next) ? next.link() : null;
            if (link != null) {
                push(unvisited, link.source());
                push(unvisited, link.other());
            }
            next = unvisited.poll();
        }
        return next == other;
    }

    private static void push(Deque<LoopFuture<?>> unvisited, @Nullable LoopFuture<?> future) {
        if (future != null) {
            unvisited.push(future);
        }
    }

    /**
     * Whether very many may wait for the same future, and it is told apart from others by identity. A future of another class may do
     * something of its own when it is listened to, and a handle that counts its dependents counts each of them.
     */
    static boolean mayBeShared(CompletableFuture<?> future) {
        return future instanceof LoopFuture<?> pel
                ? pel.hasMany() && !pel.countsAttached()
                : future.getClass() == CompletableFuture.class;
    }
}
