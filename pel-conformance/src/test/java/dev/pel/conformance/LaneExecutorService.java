package dev.pel.conformance;

import dev.pel.EventLoop;
import dev.pel.Lane;
import dev.pel.LoopState;
import dev.pel.StopReport;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The passive lane of a loop of its own, as the JDK's interface for pools; what the two have in common is the lane's. */
final class LaneExecutorService extends AbstractExecutorService {
    private final EventLoop loop;
    private final Executor lane;
    private final Set<Entry> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean shutdown;
    private volatile boolean givesBack;

    /** The loop must be running; it belongs to this executor from now on. */
    LaneExecutorService(EventLoop loop) {
        this.loop = loop;
        this.lane = loop.executor(Lane.PASSIVE);
    }

    @Override
    public void execute(Runnable command) {
        // a draining loop takes what its own threads submit, a pool that is shut down takes nothing
        if (shutdown) {
            throw new RejectedExecutionException("Shut down");
        }
        Entry entry = new Entry(command);
        waiting.add(entry);
        boolean accepted = false;
        try {
            lane.execute(entry);
            accepted = true;
        } finally {
            if (!accepted) {
                waiting.remove(entry);
            }
        }
    }

    private final class Entry implements Runnable {
        private final Runnable command;

        Entry(Runnable command) {
            this.command = command;
        }

        @Override
        public void run() {
            // a command that shutdownNow has given back does not run; one that pel runs twice does, for the judges to
            // see
            if (waiting.remove(this) || !givesBack) {
                command.run();
            }
        }
    }

    @Override
    public void shutdown() {
        shutdown = true;
        stop();
    }

    private CompletableFuture<StopReport> stop() {
        return loop.stop(ChronoUnit.FOREVER.getDuration());
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        givesBack = true;
        loop.forceStop();
        return waiting.stream()
                .filter(waiting::remove)
                .map(entry -> entry.command)
                .toList();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && loop.state() == LoopState.STOPPED;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        if (!shutdown) {
            throw new IllegalStateException("Shut it down first");
        }
        try {
            stop().get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("A report never fails", e);
        }
    }
}
