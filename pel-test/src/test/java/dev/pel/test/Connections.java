package dev.pel.test;

import dev.pel.LoopFuture;
import dev.pel.Outcome;
import dev.pel.flow.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Calls that are bound to connections, which break and are closed: those of a key never overlap, and each runs or is skipped and counted. */
final class Connections {
    private final World world;
    private final List<Connection> connections = new ArrayList<>();

    /** What has begun and not left; both connections have the same key. */
    private Entry inside;

    Connections(World world) {
        this.world = world;
        connections.add(new Connection());
        connections.add(new Connection());
    }

    void submitAny() {
        connections.get(world.random(connections.size())).submit();
    }

    /** Closes or breaks a connection, or cancels one of its calls. */
    void endAny() {
        Connection connection = connections.get(world.random(connections.size()));
        switch (world.random(6)) {
            case 0 -> connection.close();
            case 1 -> connection.isOpen = false;
            default -> connection.cutAny();
        }
    }

    /** When the loop has stopped. */
    void check() {
        connections.forEach(Connection::check);
    }

    private final class Connection {
        private final Bound bound;
        private final List<Entry> entries = new ArrayList<>();
        private final List<Entry> cut = new ArrayList<>();
        private final List<Entry> late = new ArrayList<>();
        private boolean isOpen = true;
        private boolean isClosed;

        Connection() {
            bound = world.loop.bind("the same", () -> {
                world.simulation.step();
                return isOpen;
            });
        }

        void submit() {
            int kind = world.random(4);
            Entry entry = world.entry("bound", kind > 0 ? 1 : 0, kind != 1);
            entry.mayBeCut = true;
            if (isClosed) {
                late.add(entry);
            }
            LoopFuture<?> call = switch (kind) {
                case 0 -> bound.defer(() -> body(entry));
                case 1 -> bound.next(() -> operation(entry));
                case 2 -> bound.next(() -> operation(entry), () -> body(entry));
                default ->
                    bound.work(
                            () -> {
                                operation(entry);
                                return 1;
                            },
                            one -> body(entry));
            };
            entry.handle = call;
            entries.add(entry);
        }

        private void operation(Entry entry) throws Exception {
            enters(entry);
            try {
                world.operation(entry, 3);
            } finally {
                inside = null;
            }
        }

        private void body(Entry entry) throws Exception {
            enters(entry);
            try {
                world.body(entry, 3).run();
            } finally {
                inside = null;
            }
        }

        private void enters(Entry entry) {
            if (inside != null) {
                world.alarm("while this has the key: %s: %s".formatted(inside, entry));
            }
            if (late.contains(entry)) {
                world.alarm("runs after the close: " + entry);
            }
            inside = entry;
        }

        void close() {
            bound.close();
            isClosed = true;
        }

        void cutAny() {
            if (!entries.isEmpty()) {
                Entry entry = entries.get(world.random(entries.size()));
                if (entry.handle.completeExceptionally(new CancellationException())) {
                    cut.add(entry);
                }
            }
        }

        void check() {
            long skipped = entries.stream()
                    .filter(entry -> entry.outcome() == Outcome.CANCELLED && !cut.contains(entry))
                    .count();
            if (skipped != bound.skipped()) {
                world.alarm("%d were skipped: %s".formatted(skipped, bound));
            }
        }
    }
}
