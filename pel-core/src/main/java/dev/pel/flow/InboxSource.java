package dev.pel.flow;

import org.jspecify.annotations.Nullable;

/** A source whose items other threads put into an inbox, as many as it has asked for. Its methods run on the active thread. */
abstract class InboxSource<T> implements Source<T> {
    final Inbox<T> inbox;

    /** How many items have been asked for and not been taken; confined to the active thread. */
    private int expected;

    InboxSource(Wake wake) {
        this.inbox = new Inbox<>(wake::fire);
    }

    /** How many more items are to be asked for, so that as many are expected as have a place; zero or less means none. */
    final int lacking(int places) {
        return places - expected;
    }

    final void expect(int more) {
        expected += more;
    }

    @Override
    public final @Nullable T poll() {
        T item = inbox.poll();
        if (item != null) {
            expected--;
        }
        return item;
    }

    @Override
    public boolean hasNews() {
        return inbox.hasNews();
    }

    @Override
    public final boolean isAtEnd() {
        return inbox.isAtEnd();
    }

    @Override
    public final @Nullable Throwable failure() {
        return inbox.failure();
    }
}
